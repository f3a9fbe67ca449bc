"""The owner register (业主清册): one row an owner of a house, or a house without one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, BinaryIO

from engine.imports.cells import (
    as_area,
    as_choice,
    as_code,
    as_code_part,
    as_date,
    as_floor,
    as_name,
    as_phone,
    as_room,
    as_share,
    as_text,
)
from engine.imports.columns import Column, Layout
from engine.imports.identity import COMPANY, PERSON, wrong_company, wrong_person
from engine.imports.kinds.values import BUILDING_WORDS, BUILDINGS, UNIT_WORDS
from engine.imports.table import Table, TableRow, read_table

PARTY_KINDS = {
    "个人": PERSON,
    "自然人": PERSON,
    "单位": COMPANY,
    "企业": COMPANY,
    "公司": COMPANY,
    "法人": COMPANY,
}
PHONES = ("手机", "手机号码", "联系电话", "电话", "联系方式", "移动电话")
ID_NUMBERS = ("身份证", "身份证号码", "证件号", "证件号码", "统一社会信用代码")
GENDERS = {"男": "男", "女": "女"}
SEVERAL = re.compile(r"[、,，;；/]")
# what only an owner has: a row with any of it must name the owner
OF_AN_OWNER = (
    "gender",
    "phone",
    "id_no",
    "party_kind",
    "contract_no",
    "other_phone",
    "share",
)


@dataclass(frozen=True)
class OwnerRow:
    """A row that names its house. ``area`` in m², ``share`` of 1; None is unknown."""

    number: int
    building: str
    unit: str
    room: str
    floor: int | None
    house_kind: str | None
    area: Decimal | None
    status: str | None
    name: str | None
    gender: str | None
    phone: str | None
    id_no: str | None
    party_kind: str | None
    contract_no: str | None
    handed_over_on: date | None
    other_phone: str | None
    emergency_contact: str | None
    share: Fraction | None
    remark: str | None

    @property
    def code(self) -> str:
        return f"{self.building}-{self.unit}-{self.room}"


def layout(states: Mapping[str, str]) -> Layout:
    """``states``: the house states, id -> Chinese label. Aliases are from registers that
    companies keep today (context.md, "Names and imports")."""
    labels = {label: state for state, label in states.items()}
    return Layout(
        "业主清册",
        (
            Column("serial", "序号", as_text(40), ("编号",)),
            *_house_columns(labels),
            *_owner_columns(),
            Column("contract_no", "合同编号", as_code(60), ("合同号", "购房合同号")),
            Column("handed_over_on", "交房日期", as_date, ("交付日期", "收房日期")),
            Column("share", "产权份额", as_share, ("份额", "产权比例", "产权占比")),
            Column("remark", "备注", as_text(500), ("说明",)),
        ),
    )


def _house_columns(labels: Mapping[str, str]) -> tuple[Column, ...]:
    building, unit = as_code_part(BUILDING_WORDS), as_code_part(UNIT_WORDS)
    return (
        Column("building", BUILDINGS[0], building, BUILDINGS[1:], True),
        Column("unit", "单元", unit, ("单元号",), True),
        Column("room", "房间", as_room, ("房号", "室", "室号", "房间号"), True),
        Column("floor", "楼层", as_floor, ("层", "所在层", "所在楼层")),
        Column("house_kind", "房屋类型", as_name(20), ("房屋用途", "物业类型")),
        Column("area", "建筑面积", as_area, ("面积", "产权面积", "建面")),
        Column(
            "status",
            "房屋状态",
            as_choice("房屋状态", labels),
            ("状态", "使用状态", "入住状态"),
        ),
    )


def _owner_columns() -> tuple[Column, ...]:
    return (
        Column(
            "name",
            "业主名称",
            as_name(100),
            ("业主姓名", "业主", "产权人", "姓名"),
            True,
        ),
        Column("gender", "性别", as_choice("性别", GENDERS)),
        Column("phone", "手机号", as_phone, PHONES),
        Column("id_no", "身份证号", as_code(40), ID_NUMBERS),
        Column(
            "party_kind",
            "业主类型",
            as_choice("业主类型", PARTY_KINDS),
            ("业主性质", "客户类型"),
        ),
        Column("other_phone", "备用电话", as_phone, ("其他电话", "备用联系电话")),
        Column("emergency_contact", "紧急联系人", as_name(100), ("应急联系人",)),
    )


def read_owner_rows(
    file: BinaryIO, states: Mapping[str, str], room_width: int | None = None
) -> tuple[Table, list[OwnerRow]]:
    """The rows that name their house; everything wrong is in the table's findings.

    ``room_width``: digits of the room numbers known already, for a file that has only
    numbers. Raises a kind of ``WorkbookRefused``.
    """
    table = read_table(file, layout(states))
    width = _room_width(table.rows) or room_width or 0
    rows = []
    for row in table.rows:
        _check_number(table, row)
        _check_owner(table, row)
        if _names_house(table, row):
            rows.append(_owner_row(row, width))
    return table, rows


def _room_width(rows: list[TableRow]) -> int | None:
    """How many digits the rooms written as text have, where all have as many."""
    rooms = (row.values["room"] for row in rows)
    widths = {len(room) for room in rooms if isinstance(room, str) and room.isdigit()}
    return widths.pop() if len(widths) == 1 else None


def _check_number(table: Table, row: TableRow) -> None:
    """A certificate is checked as what the row says the owner is, else as either."""
    number = row.values["id_no"]
    if number is None or "party_kind" in row.bad:
        return
    number = row.values["id_no"] = number.upper()
    wrong = {
        PERSON: wrong_person(number),
        COMPANY: wrong_company(number),
    }
    kind = row.values["party_kind"]
    if kind is None and None in wrong.values():
        return
    sentence = wrong[kind or PERSON]
    if sentence is not None:
        row.values["id_no"] = None
        table.find(row.number, "id_no", sentence)


def _check_owner(table: Table, row: TableRow) -> None:
    name = row.values["name"]
    if name is not None and SEVERAL.search(name):
        table.find(row.number, "name", "一行只写一位业主；共有的请各写一行")
    if name is not None or "name" in row.bad:
        return
    if row.values["status"] == "owner_occupied":
        table.find(row.number, "name", "缺少业主名称：房屋状态为自住的必须有业主")
    elif any(row.values[key] is not None for key in OF_AN_OWNER):
        table.find(row.number, "name", "缺少业主名称：填了业主的资料，却没有名称")


def _names_house(table: Table, row: TableRow) -> bool:
    named = True
    for key, sentence in (
        ("building", "缺少楼号，无法定位房屋"),
        ("unit", "缺少单元，无法定位房屋；没有单元的商铺请填 0"),
        ("room", "缺少房间号，无法定位房屋"),
    ):
        if row.values[key] is None:
            named = False
            if key not in row.bad:
                table.find(row.number, key, sentence)
    return named


def _owner_row(row: TableRow, width: int) -> OwnerRow:
    values: dict[str, Any] = dict(row.values)
    del values["serial"]
    if isinstance(values["room"], int):
        values["room"] = str(values["room"]).zfill(width)
    return OwnerRow(number=row.number, **values)
