"""The sheets of a workbook as rows of cells, read once and only as far as there is data.

Values are the results Excel saved. Vertically merged cells all show the merged value, as
a person reads them.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from engine.imports.archive import Marks, check_archive, marks_of
from engine.imports.cells import UNCALCULATED, Cell, blank
from engine.imports.refusals import CorruptWorkbook

EMPTY_ROWS_END = 1_000  # rows past so many empty ones in a row are not looked for

# What openpyxl and the libraries under it raise on damaged files (it promises nothing).
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    InvalidFileException,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,  # both XML parsers' errors are kinds of it
    TypeError,
    ValueError,
    zlib.error,
)


@dataclass(frozen=True)
class Row:
    """``number`` as Excel shows it; cells from column A on, None where there is none."""

    number: int
    cells: tuple[Cell | None, ...]

    def cell(self, index: int) -> Cell | None:
        return self.cells[index] if index < len(self.cells) else None


class Book:
    """An open workbook; see ``open_book``."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._values = _load(file, data_only=True)
        self._marks: dict[str, Marks] = {}

    def close(self) -> None:
        self._values.close()

    def titles(self) -> list[str]:
        """The visible sheets, in their order. Raises ``CorruptWorkbook`` without any
        sheet, as a file of the Strict variant (ISO/IEC 29500) looks to openpyxl."""
        sheets = self._values.worksheets
        if not sheets:
            raise CorruptWorkbook()
        return [ws.title for ws in sheets if ws.sheet_state == "visible"]

    def top(self, title: str, count: int) -> list[Row]:
        """The rows that are not empty among the first ``count``."""
        return list(self._rows(title, count))

    def rows(self, title: str) -> Iterator[Row]:
        """All rows that are not empty."""
        return self._rows(title, None)

    def _rows(self, title: str, last: int | None) -> Iterator[Row]:
        marks = self._marks_of(title)
        fill = _Merges(marks.merges)
        for number, cells in _filled_rows(self._cells(title, marks, last)):
            yield Row(number, fill.complete(number, cells))

    def _marks_of(self, title: str) -> Marks:
        if title not in self._marks:
            # neither name is public in openpyxl 3.1: which part of the ZIP a sheet is
            sheet: Any = self._values[title]
            with _quiet():
                self._marks[title] = marks_of(
                    sheet.parent._archive, sheet._worksheet_path
                )
        return self._marks[title]

    def _cells(
        self, title: str, marks: Marks, last: int | None
    ) -> Iterator[list[Cell | None]]:
        values = _read(self._values, title, last)
        if not marks.formulas:
            for row in values:
                yield [_cell(cell) for cell in row]
            return
        book = _load(self._file, data_only=False)
        try:
            for row, formulas in zip(values, _read(book, title, last), strict=True):
                yield [_result(*pair) for pair in zip(row, formulas, strict=True)]
        finally:
            book.close()


@contextmanager
def open_book(file: BinaryIO) -> Iterator[Book]:
    """Raises a kind of ``WorkbookRefused`` where the file is not a safe workbook."""
    check_archive(file)
    book = Book(file)
    try:
        yield book
    finally:
        book.close()


class _Merges:
    """Carries the value of a vertically merged range down its rows."""

    def __init__(self, merges: dict[tuple[int, int], int]) -> None:
        self._merges = merges
        self._running: dict[int, tuple[Cell | None, int]] = {}

    def complete(
        self, number: int, cells: list[Cell | None]
    ) -> tuple[Cell | None, ...]:
        if not self._merges:
            return tuple(cells)
        for column, (cell, last) in list(self._running.items()):
            if number > last:
                del self._running[column]
                continue
            cells += [None] * (column - len(cells))
            cells[column - 1] = cells[column - 1] or cell
        for index, cell in enumerate(cells, start=1):
            if (index, number) in self._merges:
                self._running[index] = cell, self._merges[index, number]
        return tuple(cells)


def _load(file: BinaryIO, data_only: bool) -> Workbook:
    with _quiet():
        return load_workbook(
            file, read_only=True, data_only=data_only, keep_links=False
        )


def _read(book: Workbook, title: str, last: int | None) -> Iterator[tuple[Any, ...]]:
    """The rows as openpyxl's cells, from row 1 on."""
    sheet: Any = book[title]
    sheet.reset_dimensions()  # files that lie about their size would cut rows off
    rows = sheet.iter_rows(max_row=last)
    while True:
        with _quiet():
            row = next(rows, None)
        if row is None:
            return
        yield row


def _cell(cell: Any) -> Cell | None:
    return None if blank(cell.value) else Cell(cell.value, cell.number_format)


def _result(cell: Any, formula: Any) -> Cell | None:
    """A formula's saved result. One that is an empty text has the type str, one that was
    never calculated has none."""
    if cell.value is None and formula.value is not None and cell.data_type != "str":
        return Cell(UNCALCULATED)
    return _cell(cell)


def _filled_rows(
    rows: Iterator[list[Cell | None]],
) -> Iterator[tuple[int, list[Cell | None]]]:
    empty = 0
    for number, cells in enumerate(rows, start=1):
        empty = 0 if any(cells) else empty + 1
        if not empty:
            yield number, cells
        elif empty >= EMPTY_ROWS_END:
            return


@contextmanager
def _quiet() -> Iterator[None]:
    """Its warnings tell of styles and extensions we do not read; its errors, of damage."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except UNREADABLE as broken:
            raise CorruptWorkbook() from broken
