"""Small workbooks of every kind taken in, and what became of them."""

from __future__ import annotations

import io
from typing import Any

from engine.actions.import_workbook import import_workbook
from engine.imports.result import ImportResult
from engine.store.database import transact
from tests.cast import Office
from tests.imports.workbooks import sheets


def take(office: Office, kind: str, file: io.BytesIO) -> ImportResult:
    with office.sessions() as session:
        asked = (office.runtime, kind, office.site_id, file, f"{kind}.xlsx")
        return transact(session, import_workbook, *asked)


def table(*rows: dict[str, Any], above: str = "") -> list[tuple[Any, ...]]:
    """A sheet of the columns that the rows name."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    body = [tuple(row.get(title) for title in titles) for row in rows]
    return [*([(above,)] if above else []), tuple(titles), *body]


def book(*rows: dict[str, Any], above: str = "") -> io.BytesIO:
    return sheets({"表": table(*rows, above=above)})


def told(result: ImportResult) -> list[tuple[str, str]]:
    return [(found.cell, found.sentence) for found in result.findings]


def tallies(result: ImportResult) -> list[tuple[int, int, int, int]]:
    return [(t.new, t.changed, t.ended, t.same) for t in result.tallies]
