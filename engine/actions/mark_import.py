"""Give an uploaded workbook back as it is, with what is wrong in a column of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from sqlalchemy.orm import Session

from engine.actions.import_kinds import PLANS
from engine.actions.import_run import import_path
from engine.errors import NotFound, Refused
from engine.imports.columns import ERROR_TITLE, Layout
from engine.imports.kinds.layouts import layouts
from engine.imports.refusals import MissingColumns, NoHeader
from engine.imports.result import Finding
from engine.imports.table import sheet_of
from engine.imports.workbook import Book, open_book
from engine.people import Person
from engine.registers.cells import harmless
from engine.runtime import Runtime
from engine.store.estate import HOUSE_STATES, import_run

MOST_BYTES = 8_000_000  # of a workbook that is held in memory as a whole
RED, PINK = "FFB42318", "FFFDECEA"


class TooBigToMark(Refused):
    """文件太大，不能生成带问题列的表；请按页面上列出的单元格修改。"""

    status = 413


def marked_workbook(
    session: Session, runtime: Runtime, person: Person, run_id: int
) -> tuple[str, bytes]:
    """Its name and content. Raises ``NotFound``, also where the file is gone, and
    ``TooBigToMark``."""
    run = import_run(session, person, run_id)
    path = import_path(runtime, run.id)
    if run.state != "checked" or not path.exists():
        raise NotFound()
    if path.stat().st_size > MOST_BYTES:
        raise TooBigToMark()
    file = BytesIO(path.read_bytes())
    result, _ = PLANS[run.kind](session, runtime, run.site_id, file, run.file_name)
    known = layouts(HOUSE_STATES, runtime.roles)[run.kind]
    return run.file_name, _marked(file, result.findings, known)


def _marked(
    file: BytesIO, findings: Collection[Finding], known: tuple[Layout, ...]
) -> bytes:
    with open_book(file) as book:
        heads = dict(_heads(book, known))
    file.seek(0)
    opened = load_workbook(file)
    first = next(iter(heads))
    columns = {title: _column(opened[title], row) for title, row in heads.items()}
    by_row: dict[tuple[str, int], list[str]] = {}
    for found in findings:
        place = found.sheet or first, found.row
        said = f"{found.cell} {found.title}".strip()
        by_row.setdefault(place, []).append(f"{said}：{found.sentence}")
    for title, row in heads.items():
        _write(opened[title], row, columns[title], ERROR_TITLE)
    for (title, row), sentences in by_row.items():
        if row > heads[title]:
            _write(opened[title], row, columns[title], "；".join(sentences))
    for found in findings:
        title = found.sheet or first
        if found.row <= heads[title]:  # a title beside it would be a column of its own
            cell = opened[title][f"{found.column or 'A'}{found.row}"]
            cell.comment = Comment(found.sentence, "")
    out = BytesIO()
    opened.save(out)
    return out.getvalue()


def _heads(book: Book, known: tuple[Layout, ...]) -> Iterator[tuple[str, int]]:
    """The sheets that are read, with the rows of their headers."""
    for layout in known:
        try:
            title, header = sheet_of(book, layout)
        except (NoHeader, MissingColumns):
            continue
        yield title, header.number


def _column(sheet: Any, row: int) -> int:
    """Behind the last title; the column of an earlier time is used again."""
    last = 0
    for cell in sheet[row]:
        if cell.value == ERROR_TITLE:
            return int(cell.column)
        last = int(cell.column) if cell.value is not None else last
    return last + 1


def _write(sheet: Any, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    cell.value = harmless(text)
    cell.data_type = "s"
    cell.font = Font(color=RED, bold=text == ERROR_TITLE)
    cell.fill = PatternFill("solid", fgColor=PINK)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions[cell.column_letter].width = 48
