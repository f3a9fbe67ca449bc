"""Write one numbered record (台账) of a kind, or amend the one with the same key."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.operations.act import Act
from engine.store.records import Record, next_numbers

SITE_ZONE = ZoneInfo("Asia/Shanghai")


def run(act: Act, kind: str, title: str, key: str | None = None, **data: Any) -> None:
    """Add a record of ``kind`` (R01 …) with ``data``; numbers are unbroken per site,
    kind and year. With ``key``, a record of this case with that key is completed by
    ``data`` instead: a paper that several steps fill."""
    existing = _with_key(act, kind, key) if key is not None else None
    if existing is not None:
        existing.data = {**existing.data, **data}
    else:
        add(act, kind, [(title, key, data)])


def add(
    act: Act, kind: str, papers: list[tuple[str, str | None, dict[str, Any]]]
) -> list[Record]:
    """Number and add records of one kind, given as (title, key, data)."""
    year = act.at.astimezone(SITE_ZONE).year
    first = next_numbers(act.session, act.site_id, kind, year, len(papers))
    records = [
        Record(
            site_id=act.site_id,
            kind=kind,
            year=year,
            serial=serial,
            number=f"{kind}-{year}-{serial:05d}",
            case_id=act.case_id,
            task_id=act.task_id,
            element=act.element,
            house_code=act.house_code,
            title=title,
            key=key,
            data=data,
            created_by=act.person.id if act.person else None,
            created_at=act.at,
        )
        for serial, (title, key, data) in enumerate(papers, start=first)
    ]
    act.session.add_all(records)
    return records


def _with_key(act: Act, kind: str, key: str) -> Record | None:
    return act.session.scalar(
        select(Record).where(
            Record.case_id == act.case_id, Record.kind == kind, Record.key == str(key)
        )
    )
