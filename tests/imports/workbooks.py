"""Small workbooks for tests: rows of values in, a file to read out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from stdnum.cn import ric

PLANTED = Path(__file__).parent / "data" / "业主清册-有误.xlsx"
HOUSE = ["楼号", "单元", "房间"]
OWNERS = [*HOUSE, "业主名称"]

Touch = Callable[[Worksheet], object]


def workbook(rows: Iterable[Sequence[Any]], *touches: Touch) -> io.BytesIO:
    return sheets({"清册": rows}, *touches)


def sheets(named: dict[str, Iterable[Sequence[Any]]], *touches: Touch) -> io.BytesIO:
    """``touches`` are applied to the first sheet before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in named.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for touch in touches:
        touch(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    return file


def merged(area: str) -> Touch:
    return lambda sheet: sheet.merge_cells(area)


def formatted(cell: str, number_format: str) -> Touch:
    def touch(sheet: Worksheet) -> None:
        sheet[cell].number_format = number_format

    return touch


def repacked(file: io.BytesIO, **parts: bytes | None) -> io.BytesIO:
    """The same archive with parts replaced or added (``xl__a_bin`` is ``xl/a.bin``), or
    with None left out."""
    wanted = {_part(name): content for name, content in parts.items()}
    fresh = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(
        fresh, "w", zipfile.ZIP_DEFLATED
    ) as new:
        for name in old.namelist():
            if name not in wanted:
                new.writestr(name, old.read(name))
        for name, content in wanted.items():
            if content is not None:
                new.writestr(name, content)
    return fresh


def _part(name: str) -> str:
    return re.sub(r"_(bin|xml)$", r".\1", name.replace("__", "/"))


def sheet_xml(file: io.BytesIO) -> bytes:
    with zipfile.ZipFile(file) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def owners(*rows: dict[str, Any]) -> io.BytesIO:
    """A register of the columns that the rows name, houses 1-1-0101 unless they say so."""
    titles = list(dict.fromkeys([*OWNERS, *(title for row in rows for title in row)]))
    first = {"楼号": "1栋", "单元": "1", "房间": "0101"}
    return workbook([titles, *([{**first, **r}.get(t) for t in titles] for r in rows)])


def id_number(serial: int, born: str = "19800101") -> str:
    """A valid number of nobody: region 990101 does not exist."""
    number = f"990101{born}{serial:03d}"
    return number + ric.calc_check_digit(number + "0")
