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

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from engine.store.database import Base
from engine.store.tables import House, ProcessVersion, Staff

FOLDER = Path(__file__).parent
Row = dict[str, Any]
Saved = dict[str, Any]
World = dict[str, list[Row]]
# what is published stands beside, and what triggers write comes by itself
LEFT_OUT = {"process", "process_version", "record_term", "record_party", "search_term"}
VERSIONS = Base.metadata.tables["process_version"]


def tables() -> list[Table]:
    """What a recording holds, in the order in which they refer to each other."""
    return [t for t in Base.metadata.sorted_tables if t.name not in LEFT_OUT]


def rows(session: Session, table: Table) -> list[Row]:
    """All rows of a table in JSON types; bytes are packed, staff are named."""
    names = dict(session.execute(select(Staff.id, Staff.username)).all())
    staff = _staff_columns(table)
    found = session.execute(select(table).order_by(*table.primary_key)).mappings()
    return [
        {
            name: names.get(value) if name in staff else _packed(value)
            for name, value in row.items()
        }
        for row in found
    ]


def world(session: Session) -> World:
    return {table.name: rows(session, table) for table in tables()}


def changed(now: World, before: World) -> World:
    """What is not as it was in the office that a story began in."""
    found = {
        name: [row for row in there if row not in before[name]]
        for name, there in now.items()
    }
    return {name: there for name, there in found.items() if there}


def _staff_columns(table: Table) -> set[str]:
    return {
        c.name
        for c in table.c
        if any(key.target_fullname == "staff.id" for key in c.foreign_keys)
    }


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
    """The rows of a recording, and its versions, into an office that has no case yet."""
    versions = saved.get("versions") or {process: [saved["version"]]}
    for own, wanted in versions.items():
        for version in wanted:
            found = read(FOLDER / own / f"{version}.json")
            if session.get(ProcessVersion, found["id"]) is None:
                _put(session, VERSIONS, {**found, "number": 1_000})
    for table in tables():
        for row in saved["rows"].get(table.name, []):
            _put(session, table, row)
    for code, status in saved.get("houses", {}).items():
        session.execute(update(House).where(House.code == code).values(status=status))


def _put(session: Session, table: Table, row: Row) -> None:
    """Columns that have gone since are left out, new ones get their defaults."""
    ids = dict(session.execute(select(Staff.username, Staff.id)).all())
    staff = _staff_columns(table)
    known = {
        name: ids.get(value) if name in staff else _unpacked(value)
        for name, value in row.items()
        if name in table.c
    }
    own = [column == known.get(column.name) for column in table.primary_key]
    there = session.execute(select(*table.primary_key).where(*own)).first()
    put = insert(table) if there is None else update(table).where(*own)
    session.execute(put.values(known))


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
