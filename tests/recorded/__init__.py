"""Running cases as they were saved, with what was left to do: today's code must still end
them.

A case is ``<process>/<date>.<version>.<element>.json``, the published version it runs on
``<process>/<version>.json``. They are written once, by ``python -m tests.recorded``.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.store.database import insert_rows
from engine.store.tables import (
    Case,
    Event,
    House,
    HouseKey,
    KeyMove,
    Message,
    NumberSeries,
    OutboxCall,
    ProcessVersion,
    Record,
    Staff,
    StoredFile,
    Task,
    Wait,
)

FOLDER = Path(__file__).parent
Row = dict[str, Any]
Saved = dict[str, Any]
# in the order in which they refer to each other
TABLES = (
    Case,
    Task,
    Wait,
    OutboxCall,
    Message,
    Event,
    NumberSeries,
    Record,
    StoredFile,
    HouseKey,
    KeyMove,
)
STAFF = (
    "assignee_id ended_by actor_id started_by created_by uploaded_by sent_by by".split()
)


def rows(session: Session, table: Any) -> list[Row]:
    """All rows of a table in JSON types; bytes are packed, staff are named."""
    names = dict(session.execute(select(Staff.id, Staff.username)).all())
    found = session.execute(select(*table.__table__.columns)).mappings()
    return [
        {
            name: names.get(value) if name in STAFF else _packed(value)
            for name, value in row.items()
        }
        for row in found
    ]


def _packed(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"zlib": b64encode(zlib.compress(value, 9)).decode()}
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"zlib"}:
        return zlib.decompress(b64decode(value["zlib"]))
    if isinstance(value, dict) and value.keys() == {"at"}:
        return datetime.fromisoformat(value["at"])
    return value


def put_back(session: Session, process: str, saved: Saved) -> None:
    """The rows of a recording, and its version, into an office that has no case yet."""
    version = read(FOLDER / process / f"{saved['version']}.json")
    if session.get(ProcessVersion, version["id"]) is None:
        _insert(session, ProcessVersion, [{**version, "number": 1_000}])
    for table in TABLES:
        _insert(session, table, saved["rows"].get(table.__tablename__, []))
    for code, status in saved["houses"].items():
        session.execute(update(House).where(House.code == code).values(status=status))


def _insert(session: Session, table: Any, found: list[Row]) -> None:
    """Columns that have gone since are left out, new ones get their defaults."""
    ids = dict(session.execute(select(Staff.username, Staff.id)).all())
    columns = table.__table__.columns.keys()
    for row in found:
        known = {
            name: ids.get(value) if name in STAFF else _unpacked(value)
            for name, value in row.items()
            if name in columns
        }
        insert_rows(session, table, [known])


def read(path: Path) -> Saved:
    saved: Saved = json.loads(path.read_text(encoding="utf-8"))
    return saved


def write(path: Path, saved: Saved) -> None:
    """Raises ``FileExistsError``: what was recorded is never rewritten."""
    path.parent.mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        json.dump(saved, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


def recordings() -> list[Path]:
    return sorted(FOLDER.glob("*/*.*.*.json"))
