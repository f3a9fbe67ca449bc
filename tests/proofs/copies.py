"""Many cases like one, quickly: its rows copied under fresh ids."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.store.database import Base, insert_rows
from engine.store.tables import Case, Event, Task, Wait

CHUNK = 500
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Row = dict[str, Any]


def copy_case(session: Session, case_id: int, count: int) -> list[int]:
    """So many copies of a running case with its tasks, waits and history; their ids."""
    case = _rows(session, Case, Case.id == case_id)[0]
    parts = {
        table: _rows(session, table, table.case_id == case_id)
        for table in (Task, Wait, Event)
    }
    first = (session.scalar(select(func.max(Case.id))) or 0) + 1
    ids = list(range(first, first + count))
    for start in range(0, count, CHUNK):
        found: dict[type[Base], list[Row]] = {Case: [], Task: [], Wait: [], Event: []}
        for copy_id in ids[start : start + CHUNK]:
            _copy(case, parts, copy_id, found)
        for table, rows in found.items():
            insert_rows(session, table, rows)
    return ids


def _rows(session: Session, table: Any, where: Any) -> list[Row]:
    query = select(*table.__table__.columns).where(where)
    return [dict(row) for row in session.execute(query).mappings()]


def _copy(
    case: Row,
    parts: dict[Any, list[Row]],
    copy_id: int,
    found: dict[type[Base], list[Row]],
) -> None:
    fresh = {old: str(uuid4()).encode() for old in set(_UUID.findall(case["state"]))}
    by_hex = {
        UUID(old.decode()).hex: UUID(new.decode()).hex for old, new in fresh.items()
    }
    state = _UUID.sub(lambda match: fresh[match[0]], case["state"])
    own = {"id": copy_id, "number": f"copy-{copy_id:06d}", "state": state, "once": None}
    found[Case].append({**case, **own})
    for table, rows in parts.items():
        for row in rows:
            copied = {**row, "case_id": copy_id}
            if table is Event:
                del copied["id"]
                copied["task_id"] = by_hex.get(row["task_id"], row["task_id"])
            else:
                copied["id"] = by_hex.get(row["id"], uuid4().hex)
            found[table].append(copied)
