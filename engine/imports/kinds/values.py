"""Cells that several registers have: houses, money, plates, yes and no."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.imports.cells import (
    CODE_PART,
    BadCell,
    Cell,
    Convert,
    as_code_part,
    as_name,
    as_room,
    compact,
    plain,
    quoted,
)
from engine.imports.columns import Column
from engine.imports.table import Table, TableRow

BUILDING_WORDS, UNIT_WORDS = "号楼|[栋幢座楼号#]", "单元|门"
WHOLE_CODE = re.compile(
    rf"(?:(.+?)(?:{BUILDING_WORDS})?-(.+?)(?:{UNIT_WORDS})?-"
    r"|(.+?)(?:号楼|[栋幢座])(.+?)单元)(.+?)(?:号房|室|房|号)?"
)
BUILDINGS = ("楼号", "楼栋", "幢", "栋", "楼", "楼幢", "幢号", "栋号", "楼栋号")
ROOMS = ("房号", "房间", "室", "室号", "房间号", "房屋编号", "房屋", "单元房号")
LARGEST_AMOUNT = 1_000_000_000  # yuan
LARGEST_READING = 20_000_000  # of a meter: an integer column holds its hundredths
YES = ("有", "是", "已", "已签", "已签订", "已收", "√", "Y", "YES")
NO = ("无", "否", "没有", "未", "未签", "未签订", "未收", "×", "N", "NO")
DOTS = re.compile(r"[•‧∙・･.．・]")
PLATE = re.compile(r"[A-Z0-9\u3400-\u9fff·-]{4,12}")
COMMON_PLATE = re.compile(r"([\u3400-\u9fff][A-Z])([A-Z0-9]{4,6}[学警挂领港澳试超]?)")
SEPARATORS = re.compile(r"[、,，;；/|\n]+")


def house_columns() -> tuple[Column, ...]:
    """A house by its whole code in one column, or by building, unit and room in three."""
    return (
        Column("building", BUILDINGS[0], as_code_part(BUILDING_WORDS), BUILDINGS[1:]),
        Column("unit", "单元", as_code_part(UNIT_WORDS), ("单元号",)),
        Column("room", ROOMS[0], as_house, ROOMS[1:], True),
    )


def as_house(cell: Cell) -> str | int:
    """A whole code ``1-1-0101``, also written ``1栋1单元0101室``; else a room alone, a
    number where the cell is one (see ``as_room``)."""
    if isinstance(cell.value, date):
        raise BadCell(
            "房号被 Excel 变成了日期；请把单元格设为文本格式，写成 1-1-0101 的样子"
        )
    if not isinstance(cell.value, str):
        return as_room(cell)
    given = compact(plain(cell)).upper().replace("—", "-").replace("–", "-")
    found = WHOLE_CODE.fullmatch(given)
    if found is None:
        return as_room(cell)
    parts = [part.removeprefix("第") for part in found.groups() if part]
    if not all(CODE_PART.fullmatch(part) for part in parts):
        raise BadCell(f"房号{quoted(given)}读不懂，请写成 1-1-0101 的样子")
    return "-".join(parts)


def house_code(table: Table, row: TableRow) -> str | None:
    """The house a row names; None, with a finding, where it names none."""
    room = row.values["room"]
    if room is None:
        if "room" not in row.bad:
            table.find(row.number, "room", "缺少房号，不知道是哪套房屋")
        return None
    if isinstance(room, str) and "-" in room:
        return room
    for key, what in (("building", "楼号"), ("unit", "单元")):
        if row.values[key] is None:
            if key not in row.bad:
                sentence = f"缺少{what}，无法定位房屋；也可以把房号写成 1-1-0101 的样子"
                table.find(row.number, key, sentence)
            return None
    return f"{row.values['building']}-{row.values['unit']}-{room}"


def labels(choices: Mapping[str, str]) -> dict[str, str]:
    """Value -> the first of its labels, from the choices of a column."""
    return {value: label for label, value in reversed([*choices.items()])}


def facts(row: TableRow) -> dict[str, Any]:
    """A row's values beside those that say which house it is about."""
    place = ("serial", "building", "unit", "room")
    return {key: value for key, value in row.values.items() if key not in place}


def needed(table: Table, row: TableRow, *keys: str) -> bool:
    """Whether a row has all of these; what is missing becomes a finding."""
    missing = [key for key in keys if row.values[key] is None]
    for key in missing:
        if key not in row.bad:
            table.find(row.number, key, f"缺少{table.title(key)}")
    return not missing


def as_money(cell: Cell) -> int:
    """Yuan as fen; a reversal is below 0."""
    text = re.sub(r"^[¥￥]|元$", "", compact(plain(cell))).replace(",", "")
    amount = _decimal(text, "金额")
    if abs(amount) > LARGEST_AMOUNT:
        raise BadCell(f"金额大得不合情理：{quoted(text)}")
    if amount != round(amount, 2):
        raise BadCell(f"金额最多两位小数，现在是{quoted(text)}")
    return int(amount * 100)


def as_reading(cell: Cell) -> int:
    """What a meter shows, in hundredths of its unit."""
    text = compact(plain(cell)).replace(",", "")
    value = _decimal(text, "读数")
    if not 0 <= value <= LARGEST_READING:
        raise BadCell(f"读数不合情理：{quoted(text)}")
    if value != round(value, 2):
        raise BadCell(f"读数最多两位小数，现在是{quoted(text)}")
    return int(value * 100)


def _decimal(text: str, what: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,12})?", text):
        raise BadCell(f"{what}应是数字，现在是{quoted(text)}")
    return Decimal(text)


def as_count(what: str, least: int = 0) -> Convert:
    def convert(cell: Cell) -> int:
        text = re.sub(r"[人把个套]$", "", compact(plain(cell)))
        if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) < least:
            raise BadCell(f"{what}应是 {least} 至 999 的整数，现在是{quoted(text)}")
        return int(text)

    return convert


def as_yes(cell: Cell) -> bool:
    text = compact(plain(cell)).upper()
    if text not in YES and text not in NO:
        raise BadCell(f"请填“有”或“无”、“是”或“否”，现在是{quoted(text)}")
    return text in YES


def as_plate(cell: Cell) -> str:
    """Capitals without blanks, the dot after the office's letter: 示A·12345."""
    text = DOTS.sub("·", compact(plain(cell)).upper())
    common = COMMON_PLATE.fullmatch(text.replace("·", ""))
    if common:
        return f"{common[1]}·{common[2]}"
    if not PLATE.fullmatch(text) or not re.search("[A-Z0-9]", text):
        raise BadCell(f"不是车牌号：{quoted(text)}；还没有上牌的请填临时牌号")
    return text


def as_names(limit: int) -> Convert:
    """Several names, joined by 、."""

    def convert(cell: Cell) -> str:
        joined = "、".join(filter(None, map(str.strip, SEPARATORS.split(plain(cell)))))
        return str(as_name(limit)(Cell(joined)))

    return convert
