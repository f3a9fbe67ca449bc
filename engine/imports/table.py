"""A register's rows with typed values, read from the sheet whose header fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from openpyxl.utils import get_column_letter

from engine.imports.cells import UNCALCULATED, BadCell, Cell, Convert, says_none
from engine.imports.columns import (
    HEADER_DEPTH,
    Column,
    Header,
    Layout,
    find_header,
)
from engine.imports.result import Finding
from engine.imports.refusals import (
    MissingColumns,
    NoHeader,
    NoRows,
    SeveralSheets,
    TooManyRows,
)
from engine.imports.workbook import Book, Row, open_book

MAX_ROWS = 100_000  # of data in one register


@dataclass(frozen=True)
class TableRow:
    """``values`` by column key, None where empty; ``bad`` keys had a finding."""

    number: int
    values: dict[str, Any]
    bad: frozenset[str]


@dataclass
class Table:
    """``sheet`` is named where several are read; ``above``: what stands over the header."""

    layout: Layout
    header: Header
    sheet: str = ""
    above: tuple[str, ...] = ()
    rows: list[TableRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def find(self, row: int, key: str, sentence: str) -> None:
        """Adds a finding at a row and column."""
        place = self.header.places.get(key)
        letter = "" if place is None else place.letter
        found = Finding(row, letter, self.title(key), sentence, self.sheet)
        self.findings.append(found)

    def title(self, key: str) -> str:
        """A column's title: as written in this file, else as the layout has it; none for
        what is wrong with no column."""
        if key in self.header.places:
            return self.header.places[key].title
        return next((c.title for c in self.layout.columns if c.key == key), "")


def read_table(file: BinaryIO, layout: Layout) -> Table:
    """Read the one sheet that is laid out so. Raises a kind of ``WorkbookRefused``."""
    with open_book(file) as book:
        table = _read(book, layout)
    if not table.rows:
        raise NoRows(name=layout.name)
    return table


def read_tables(file: BinaryIO, *layouts: Layout) -> list[Table | None]:
    """Read a sheet for each layout; one may be missing (None), not all of them.

    Raises a kind of ``WorkbookRefused``, of the first layout where no sheet fits any.
    """
    with open_book(file) as book:
        tables = [_read_optional(book, layout) for layout in layouts]
        if not any(tables):
            sheet_of(book, layouts[0])
    if not any(table and table.rows for table in tables):
        raise NoRows(name=layouts[0].name)
    return tables


def _read_optional(book: Book, layout: Layout) -> Table | None:
    """Sheets of one book share columns: one that fits half is no mistake here."""
    try:
        title, _ = sheet_of(book, layout)
    except (NoHeader, MissingColumns):
        return None
    return _read(book, layout, title)


def _read(book: Book, layout: Layout, named: str = "") -> Table:
    title, header = sheet_of(book, layout)
    findings = [replace(found, sheet=named) for found in header.findings]
    above = tuple(_above(book, title, header))
    table = Table(layout, header, named, above, findings=findings)
    untitled: set[int] = set()
    for row in _data(book, title, header):
        _note_untitled(table, row, untitled)
        read = _read_row(table, row)
        if any(v is not None for v in read.values.values()) or read.bad:
            table.rows.append(read)
    return table


def _above(book: Book, title: str, header: Header) -> Iterator[str]:
    for row in book.top(title, header.number - 1) if header.number > 1 else ():
        yield " ".join(str(cell.value) for cell in row.cells if cell is not None)


def sheet_of(book: Book, layout: Layout) -> tuple[str, Header]:
    """The one sheet that is laid out so, by its title."""
    found = {
        title: header
        for title in book.titles()
        if (header := find_header(book.top(title, HEADER_DEPTH), layout)) is not None
    }
    whole = {t: header for t, header in found.items() if not header.missing(layout)}
    if len(whole) > 1:
        # an empty copy of the form beside the filled one does no harm
        filled = {t: h for t, h in whole.items() if any(_data(book, t, h))}
        if len(filled) > 1:
            raise SeveralSheets(name=layout.name, sheets="、".join(filled))
        whole = filled or whole
    if whole:
        return next(iter(whole.items()))
    return _no_sheet(found, layout)


def _no_sheet(found: dict[str, Header], layout: Layout) -> tuple[str, Header]:
    near = min(found.values(), key=lambda h: len(h.missing(layout)), default=None)
    if near is not None and len(near.missing(layout)) < len(layout.needed):
        missing = "、".join(near.missing(layout))
        raise MissingColumns(name=layout.name, missing=missing)
    expected = "、".join(column.title for column in layout.needed)
    raise NoHeader(name=layout.name, depth=HEADER_DEPTH, expected=expected)


def _data(book: Book, title: str, header: Header) -> Iterator[Row]:
    count = 0
    for row in book.rows(title):
        if row.number > header.number:
            count += 1
            if count > MAX_ROWS:
                raise TooManyRows(limit=MAX_ROWS)
            yield row


def _note_untitled(table: Table, row: Row, noted: set[int]) -> None:
    for index, cell in enumerate(row.cells):
        known = index in table.header.titled or index in noted
        if cell is None or known or says_none(cell.value):
            continue
        noted.add(index)
        sentence = "这一列没有列名却有内容，没有读取；请补上列名或清空该列"
        letter = get_column_letter(index + 1)
        found = Finding(row.number, letter, "", sentence, table.sheet)
        table.findings.append(found)


def _read_row(table: Table, row: Row) -> TableRow:
    values: dict[str, Any] = {}
    bad = set()
    for column in table.layout.columns:
        place = table.header.places.get(column.key)
        cell = None if place is None else row.cell(place.index)
        values[column.key] = None
        if cell is None or _empty(cell, column):
            continue
        try:
            values[column.key] = _value(cell, column.convert)
        except BadCell as wrong:
            bad.add(column.key)
            table.find(row.number, column.key, str(wrong))
    return TableRow(row.number, values, frozenset(bad))


def _empty(cell: Cell, column: Column) -> bool:
    return says_none(cell.value) and not column.answers


def _value(cell: Cell, convert: Convert) -> Any:
    if cell.value is UNCALCULATED:
        raise BadCell(
            "公式没有保存计算结果；请在 Excel 里打开并保存后再导入，或直接填值"
        )
    return convert(cell)
