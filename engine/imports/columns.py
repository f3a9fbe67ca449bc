"""Which columns a register has, and where they are in this file.

Columns stand in any order under a header row that is found by its titles, below whatever
titles of the sheet; a column that is not known is a finding, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from openpyxl.utils import get_column_letter

from engine.imports.cells import UNCALCULATED, BadCell, Convert, compact, plain
from engine.imports.result import Finding
from engine.imports.workbook import Row

LONGEST_TITLE = 40
ERROR_TITLE = "导入问题"  # a column of our own in a file that is given back
HEADER_DEPTH = 10  # rows from the top among which the header is looked for
MARKS = re.compile(r"[*:]")
BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")


@dataclass(frozen=True)
class Column:
    """``key`` names the value, ``title`` the column; ``needed``: no header without it;
    ``answers``: 无 says no there, elsewhere it is an empty cell."""

    key: str
    title: str
    convert: Convert
    aliases: tuple[str, ...] = ()
    needed: bool = False
    answers: bool = False


@dataclass(frozen=True)
class Layout:
    """A kind of register. Of two columns with one title or alias the first wins."""

    name: str
    columns: tuple[Column, ...]

    @cached_property
    def by_title(self) -> dict[str, Column]:
        return {
            _normal(title): column
            for column in reversed(self.columns)
            for title in (column.title, *column.aliases)
        }

    @cached_property
    def needed(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.needed)

    def column(self, title: str) -> Column | None:
        """By the title as written; else without what stands in brackets: 面积(㎡)."""
        whole = _normal(title)
        return self.by_title.get(whole) or self.by_title.get(BRACKETS.sub("", whole))


@dataclass(frozen=True)
class Place:
    """Where a column stands in this file: ``index`` from 0, ``title`` as written."""

    index: int
    title: str

    @property
    def letter(self) -> str:
        return get_column_letter(self.index + 1)


@dataclass(frozen=True)
class Header:
    number: int
    places: dict[str, Place]
    findings: tuple[Finding, ...]
    titled: frozenset[int]

    def missing(self, layout: Layout) -> list[str]:
        return [c.title for c in layout.needed if c.key not in self.places]


def find_header(rows: Sequence[Row], layout: Layout) -> Header | None:
    """The row of most known titles, if it has two of them at least.

    A header of two rows, merged down where a column has no sub-title, is its lower row:
    no row of data scores as much.
    """
    if not rows:
        return None
    scores = [_score(row, layout) for row in rows]
    best = scores.index(max(scores))
    if scores[best] < 2:
        return None
    while scores[best + 1 : best + 2] == [scores[best]]:
        best += 1
    return _header(rows[best], layout)


def _score(row: Row, layout: Layout) -> int:
    titles = (layout.column(title) for _, title in _titles(row))
    return len({column.key for column in titles if column is not None})


def _header(row: Row, layout: Layout) -> Header:
    places: dict[str, Place] = {}
    findings = []
    titled = set()
    for index, title in _titles(row):
        titled.add(index)
        if title == ERROR_TITLE:
            continue
        here, column = Place(index, title), layout.column(title)
        if column is not None and column.key not in places:
            places[column.key] = here
            continue
        if column is None:
            sentence = (
                f"不认识的列“{title}”，没有读取；请删去该列，或改用{layout.name}的列名"
            )
        else:
            twin = places[column.key]
            sentence = f"与 {twin.letter} 列“{twin.title}”是同一项，请只留一列"
        findings.append(Finding(row.number, here.letter, title, sentence))
    return Header(row.number, places, tuple(findings), frozenset(titled))


def _titles(row: Row) -> Iterable[tuple[int, str]]:
    for index, cell in enumerate(row.cells):
        if cell is None:
            continue
        try:
            title = " ".join(plain(cell).split())
        except BadCell:
            title = "公式" if cell.value is UNCALCULATED else str(cell.value)
        yield index, title[:LONGEST_TITLE]


def _normal(title: str) -> str:
    return MARKS.sub("", compact(title)).casefold()
