"""A paper that is void from now on: it keeps its number and its place in the register."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.store.database import changed_rows
from engine.store.records import Record, row_of
from engine.store.terms import terms_of


def void_paper(
    session: Session,
    record: Record,
    columns: Collection[str],
    by: int | None,
    at: datetime,
    reason: str,
) -> bool:
    """Whether it held until now. ``columns`` are those its register always has, ``by``
    is the member of staff, None where the clock acted."""
    holding = update(Record).where(Record.id == record.id, Record.voided_at.is_(None))
    voided = changed_rows(
        session,
        holding,
        voided_at=at,
        voided_by=by,
        void_reason=reason,
        terms=terms_of({**row_of(record), "voided_at": at}, [*columns]),
    )
    return voided == 1
