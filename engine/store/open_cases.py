"""The running cases of a house."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.cases import Case


def open_cases(
    session: Session,
    site_id: int,
    house_code: str,
    without: int | None = None,
    processes: Collection[str] | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Number, title and first day of each, oldest first; not ``without``, nor the case it
    belongs to, nor those that belong to it. One statement."""
    query = select(Case.number, Case.title, Case.started_at).where(
        Case.site_id == site_id, Case.house_code == house_code, Case.status == "running"
    )
    if without is not None:
        above = select(Case.parent_id).where(
            Case.id == without, Case.parent_id.is_not(None)
        )
        query = query.where(
            Case.id != without,
            Case.parent_id.is_(None) | (Case.parent_id != without),
            Case.id.not_in(above),
        )
    if processes is not None:
        query = query.where(Case.process_id.in_([str(name) for name in processes]))
    rows = session.execute(query.order_by(Case.id).limit(limit))
    return [
        {"case": number, "title": title, "since": started.isoformat()}
        for number, title, started in rows
    ]
