"""Which kind of workbook a file is, by its headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from engine.errors import Refused
from engine.imports.columns import HEADER_DEPTH, Layout, find_header
from engine.imports.kinds import (
    balances,
    keys,
    meters,
    owners,
    staff,
    tenants,
    vehicles,
)
from engine.imports.workbook import Book, open_book


class UnknownWorkbook(Refused):
    """看不出这是哪一种表：前 {depth} 行里没有认识的表头。请选择种类，或核对表头。"""

    status = 422


def layouts(
    states: Mapping[str, str], roles: Mapping[str, Mapping[str, Any]]
) -> dict[str, tuple[Layout, ...]]:
    """The sheets of each kind of workbook. ``states`` of houses, ``roles`` of staff."""
    return {
        "owners": (owners.layout(states),),
        "tenants": (tenants.layout(),),
        "vehicles": (vehicles.vehicle_layout(), vehicles.space_layout()),
        "balances": (balances.layout(),),
        "meters": (meters.layout(),),
        "keys": (keys.layout(),),
        "staff": (staff.layout(roles),),
    }


def recognise(file: BinaryIO, known: Mapping[str, tuple[Layout, ...]]) -> str:
    """The kind whose columns a sheet shows, the one with most of them. Raises
    ``UnknownWorkbook`` and the kinds of ``WorkbookRefused``."""
    with open_book(file) as book:
        scores = {
            kind: max(score for layout in some for score in _scores(book, layout))
            for kind, some in known.items()
        }
    best = max(scores, key=lambda kind: scores[kind])
    if scores[best] == 0:
        raise UnknownWorkbook(depth=HEADER_DEPTH)
    return best


def _scores(book: Book, layout: Layout) -> Iterator[int]:
    """Columns known less columns unknown, 0 where one that is needed is missing."""
    yield 0
    for title in book.titles():
        header = find_header(book.top(title, HEADER_DEPTH), layout)
        if header is not None and not header.missing(layout):
            yield max(len(header.places) * 2 - len(header.titled), 1)
