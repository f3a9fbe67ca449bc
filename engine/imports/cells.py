"""One cell -> one typed value, or the sentence that says what to put right.

Values come as openpyxl gives them (text, int, float, datetime). Full-width letters and
digits count as half-width; blanks inside codes and numbers are ignored. Nothing is
guessed: a number whose digits are lost is refused, not mended.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from openpyxl.utils.datetime import from_excel

from engine.imports.identity import telephone


class Cell(NamedTuple):
    value: object
    number_format: str | None = None


class BadCell(Exception):
    """A cell that cannot be taken; its text is the sentence for the finding."""


Convert = Callable[[Cell], Any]

UNCALCULATED = object()  # a formula whose result was never saved
ERRORS = frozenset(
    "#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A #GETTING_DATA".split()
)
EMPTY_MARKS = frozenset({"", "-", "--", "—", "——", "/"})
NONE = "无"  # most columns mean empty by it; one asked whether there is one means no
# What neither a person sees nor a database keeps: controls, zero-width and direction marks.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")

DIGITS_LOST = "数字被存成科学计数，后几位已丢失；请把单元格设为文本格式，按原件补录"
EXCEL_DIGITS = 15
SCIENTIFIC_TEXT = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
SCIENTIFIC_FORMAT = re.compile(r"0(?:\.([0#?]+))?E[+-]", re.IGNORECASE)
# no telephone or certificate number ends in this many zeros by chance
LEAST_SIGNIFICANT, LONG_NUMBER = 5, 10

DATE = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]*[0-9:.]+)?"
)
COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
SERIALS = range(18_264, 73_051)  # 1950-01-01 to 2100-01-01 in Excel's 1900 system
YEARS = range(1950, 2101)
LARGEST_AREA = 1_000_000  # square metres
CODE_PART = re.compile(r"[0-9A-Z\u3400-\u9fff]{1,12}")


def blank(value: object) -> bool:
    return value is None or isinstance(value, str) and value.strip() in EMPTY_MARKS


def says_none(value: object) -> bool:
    return isinstance(value, str) and value.strip() == NONE


def compact(text: str) -> str:
    """Half-width, without any blanks or unseen marks."""
    return "".join(unicodedata.normalize("NFKC", UNSEEN.sub("", text)).split())


def quoted(text: object) -> str:
    shown = " ".join(str(text).split())
    return f"“{shown if len(shown) <= 30 else shown[:29] + '…'}”"


def plain(cell: Cell) -> str:
    """The text of a cell; a number as it is written without exponent."""
    value = cell.value
    if isinstance(value, str):
        if value in ERRORS:
            raise BadCell(f"单元格里是公式错误 {value}")
        return UNSEEN.sub("", value.replace("\r\n", "\n"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadCell("应填文字，现在是日期或其他内容")
    return number_text(cell)


def number_text(cell: Cell) -> str:
    value = cell.value
    assert isinstance(value, int | float)
    if isinstance(value, float) and not abs(value) < 10**EXCEL_DIGITS:  # nor NaN
        raise BadCell(DIGITS_LOST)
    if value != int(value):
        return f"{value:.12g}"
    text = str(int(value))
    if len(text) >= LONG_NUMBER and len(text.rstrip("0")) <= _shown_digits(cell, text):
        raise BadCell(DIGITS_LOST)
    return text


def _shown_digits(cell: Cell, text: str) -> int:
    """How many digits survive where the number went through what the cell shows."""
    if len(text) > EXCEL_DIGITS:
        return EXCEL_DIGITS
    format_ = SCIENTIFIC_FORMAT.search(cell.number_format or "")
    shown = 1 + len(format_[1] or "") if format_ else 0
    return max(shown, LEAST_SIGNIFICANT)


def as_text(limit: int) -> Convert:
    def convert(cell: Cell) -> str:
        return _at_most(limit, plain(cell).strip())

    return convert


def as_name(limit: int) -> Convert:
    """A name: one line; the blanks that centre a Chinese name are dropped."""

    def convert(cell: Cell) -> str:
        return _at_most(limit, CJK_GAP.sub("", " ".join(plain(cell).split())))

    return convert


def as_code(limit: int) -> Convert:
    """A number made of letters and digits: contract, badge, certificate."""

    def convert(cell: Cell) -> str:
        text = compact(plain(cell))
        if SCIENTIFIC_TEXT.fullmatch(text):
            raise BadCell(DIGITS_LOST)
        return _at_most(limit, text)

    return convert


def _at_most(limit: int, text: str) -> str:
    if len(text) > limit:
        raise BadCell(f"太长：最多 {limit} 个字")
    return text


def as_phone(cell: Cell) -> str:
    """A mobile number bare, a landline with its hyphens, abroad with its plus."""
    given = plain(cell)
    text = compact(given)
    if SCIENTIFIC_TEXT.fullmatch(text):
        raise BadCell(DIGITS_LOST)
    if sum(len(part) >= 7 for part in re.split(r"[/,，、;；|\s]+", given)) > 1:
        raise BadCell("一格只能填一个电话，另一个请填到备用电话")
    number = telephone(text)
    if number is not None:
        return number
    raise BadCell("不是电话号码：手机号 11 位，座机写区号和号码；不知道就空着")


def as_date(cell: Cell) -> date:
    """From a date cell, a serial of the 1900 system, or ``2025-09-08``, ``2025/9/8``,
    ``2025年9月8日``, ``20250908``."""
    value = cell.value
    if isinstance(value, datetime):
        return _sensible(value.date(), value)
    if isinstance(value, date):
        return _sensible(value, value)
    text = unicodedata.normalize("NFKC", plain(cell)).strip()
    if text.isascii() and text.isdigit() and int(text) in SERIALS:
        return _day_of_serial(int(text))
    found = DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)
    if found is None:
        raise BadCell(f"日期{quoted(text)}读不懂，请写成 2025-09-08 的样子")
    try:
        return _sensible(date(int(found[1]), int(found[2]), int(found[3])), text)
    except ValueError as wrong:
        raise BadCell(f"没有这一天：{quoted(text)}") from wrong


def _day_of_serial(serial: int) -> date:
    moment = from_excel(serial)
    assert isinstance(moment, datetime)
    return moment.date()


def _sensible(day: date, given: object) -> date:
    if day.year not in YEARS:
        raise BadCell(f"年份不合情理：{quoted(given)}")
    return day


def as_area(cell: Cell) -> Decimal:
    """Square metres, above 0, at most two decimals."""
    text = re.sub(r"(?:m2|m²|平方米|平米|平)$", "", compact(plain(cell)).lower())
    area = _decimal(text.replace(",", ""))
    if area <= 0:
        raise BadCell(f"面积须大于 0，现在是{quoted(text)}")
    if area > LARGEST_AREA:
        raise BadCell(f"面积大得不合情理：{quoted(text)}")
    if area != round(area, 2):
        raise BadCell(f"面积最多两位小数，现在是{quoted(text)}")
    return round(area, 2)


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", text):
        raise BadCell(f"面积应是数字，现在是{quoted(text)}")
    return Decimal(text)


def as_share(cell: Cell) -> Fraction:
    """A part of the whole: ``50%``, ``0.5``, ``1/2``, a bare 50 as percent."""
    share = _share(cell)
    if not 0 < share <= 1:
        raise BadCell("份额须大于 0、不超过 100%")
    return share


def _share(cell: Cell) -> Fraction:
    if isinstance(cell.value, date):
        raise BadCell(
            "份额被 Excel 变成了日期；请把单元格设为文本格式，写成 50% 或 1/2"
        )
    text = compact(plain(cell))
    part = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if part and int(part[2]):
        return Fraction(int(part[1]), int(part[2]))
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,12})?%?", text):
        raise BadCell("份额请写成 50%、0.5 或 1/2；共同共有不分份额的请空着")
    share = Fraction(text.removesuffix("%"))
    formatted = not isinstance(cell.value, str) and "%" in (cell.number_format or "")
    percent = text.endswith("%") or share > 1 and not formatted
    return share / 100 if percent else share


def as_floor(cell: Cell) -> int:
    text = re.sub(r"(?:层|楼|F)$", "", compact(plain(cell)).upper())
    if not re.fullmatch(r"-?[0-9]{1,3}", text):
        raise BadCell(f"楼层应是整数，现在是{quoted(text)}")
    return int(text)


def as_code_part(suffixes: str) -> Convert:
    """Building, unit or room for a house code: ``1栋`` -> ``1``, zeros kept.

    ``suffixes``: a pattern of the words that may follow. No hyphen, which parts codes.
    """
    ending = re.compile(f"(?:{suffixes})$")

    def convert(cell: Cell) -> str:
        given = compact(plain(cell)).upper()
        text = ending.sub("", given).removeprefix("第")
        if not CODE_PART.fullmatch(text):
            raise BadCell(f"只能是数字、字母或汉字，最多 12 个，现在是{quoted(given)}")
        return text

    return convert


def as_room(cell: Cell) -> str | int:
    """A text keeps its zeros; a number has lost them, so it stays a number."""
    room: str = as_code_part("号房|室|房|号")(cell)
    if isinstance(cell.value, str) or not room.isdigit():
        return room
    return int(room)


def as_choice(what: str, choices: Mapping[str, str]) -> Convert:
    """The value of one of the labels in ``choices`` (label -> value)."""

    def convert(cell: Cell) -> str:
        label = compact(plain(cell))
        if label not in choices:
            offered = "、".join(choices)
            raise BadCell(f"没有{quoted(label)}这种{what}，可填：{offered}")
        return choices[label]

    return convert
