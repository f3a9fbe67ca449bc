"""Vehicles and parking spaces (车辆车位): two sheets of one workbook, either may miss."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, TypeVar

from engine.imports.cells import as_choice, as_code, as_date, as_name, as_phone, as_text
from engine.imports.columns import Column, Layout
from engine.imports.kinds.owners import PHONES
from engine.imports.kinds.values import (
    as_money,
    as_plate,
    facts,
    house_code,
    house_columns,
    needed,
)
from engine.imports.table import Table, TableRow, read_tables

RELATIONS = {
    "业主": "owner",
    "产权人": "owner",
    "租户": "tenant",
    "承租人": "tenant",
    "家属": "family",
    "家庭成员": "family",
}
TENURES = {"产权": "owned", "公共": "public"}
STATUSES = {"已售": "sold", "出租": "let", "空闲": "free"}


@dataclass(frozen=True)
class VehicleRow:
    number: int
    code: str
    plate: str
    keeper: str | None
    phone: str | None
    relation: str | None
    brand: str | None
    kind: str | None
    colour: str | None
    energy: str | None
    space_code: str | None
    since: date | None
    remark: str | None


@dataclass(frozen=True)
class SpaceRow:
    """A space and who uses it. ``monthly`` in fen; ``code`` None: of no house."""

    number: int
    code: str | None
    space: str
    place: str | None
    tenure: str | None
    status: str | None
    owner: str | None
    user: str | None
    phone: str | None
    plate: str | None
    since: date | None
    ends_on: date | None
    monthly: int | None
    remark: str | None


Row = TypeVar("Row", VehicleRow, SpaceRow)


def vehicle_layout() -> Layout:
    plates = ("车牌", "号牌", "车号", "车牌号码")
    return Layout(
        "车辆登记",
        (
            Column("serial", "序号", as_text(40), ("编号",)),
            Column("plate", "车牌号", as_plate, plates, True),
            *house_columns(),
            Column("keeper", "车主", as_name(100), ("车主姓名", "姓名"), True),
            Column("phone", "手机号", as_phone, PHONES),
            Column(
                "relation", "与房屋关系", as_choice("关系", RELATIONS), ("关系", "身份")
            ),
            Column("brand", "品牌", as_name(40), ("车辆品牌", "品牌型号")),
            Column("kind", "车辆类型", as_name(20), ("车型", "类型")),
            Column("colour", "颜色", as_name(20), ("车身颜色",)),
            Column("energy", "能源类型", as_name(12), ("燃料类型", "能源")),
            Column("space_code", "车位编号", as_code(20), ("车位号", "车位")),
            Column("since", "登记日期", as_date, ("登记时间", "办理日期")),
            Column("remark", "备注", as_text(500), ("说明",)),
        ),
    )


def space_layout() -> Layout:
    codes = ("车位号", "泊位号", "车位编码")
    return Layout(
        "车位",
        (
            Column("serial", "序号", as_text(40), ("编号",)),
            Column("space", "车位编号", as_code(20), codes, True),
            Column("place", "位置", as_name(40), ("区域", "车位位置")),
            Column(
                "tenure",
                "车位性质",
                as_choice("车位性质", TENURES),
                ("产权性质",),
                True,
            ),
            Column(
                "status",
                "车位状态",
                as_choice("车位状态", STATUSES),
                ("使用状态",),
                True,
            ),
            *(_optional(column) for column in house_columns()),
            Column("owner", "产权人", as_name(100), ("车位产权人", "车位业主")),
            Column("user", "使用人", as_name(100), ("承租人", "租用人", "车主")),
            Column("phone", "手机号", as_phone, PHONES),
            Column("plate", "车牌号", as_plate, ("车牌", "号牌", "停放车辆")),
            Column("since", "起租日期", as_date, ("租期起", "开始日期", "起始日期")),
            Column("ends_on", "截止日期", as_date, ("租期止", "到期日期", "结束日期")),
            Column("monthly", "月租金", as_money, ("月租", "租金", "月租金额")),
            Column("remark", "备注", as_text(500), ("说明",)),
        ),
    )


def _optional(column: Column) -> Column:
    return Column(column.key, column.title, column.convert, column.aliases)


def read_vehicles(
    file: BinaryIO,
) -> tuple[Table | None, list[VehicleRow], Table | None, list[SpaceRow]]:
    """The rows of both sheets. Raises a kind of ``WorkbookRefused``."""
    cars, spaces = read_tables(file, vehicle_layout(), space_layout())
    vehicles = [_vehicle(cars, row) for row in cars.rows] if cars else []
    places = [_space(spaces, row) for row in spaces.rows] if spaces else []
    return cars, _once(cars, vehicles, "plate"), spaces, _once(spaces, places, "space")


def _vehicle(table: Table, row: TableRow) -> VehicleRow | None:
    code = house_code(table, row)
    if not needed(table, row, "plate") or code is None:
        return None
    return VehicleRow(number=row.number, code=code, **facts(row))


def _space(table: Table, row: TableRow) -> SpaceRow | None:
    named = row.values["room"] is not None or "room" in row.bad
    code = house_code(table, row) if named else None
    if not needed(table, row, "space"):
        return None
    begins, ends = row.values["since"], row.values["ends_on"]
    if begins and ends and ends < begins:
        table.find(row.number, "ends_on", "截止日期早于起租日期")
    if row.values["status"] == "let" and row.values["user"] is None:
        table.find(row.number, "user", "车位状态为出租，却没有使用人")
    return SpaceRow(number=row.number, code=code, **facts(row))


def _once(table: Table | None, rows: list[Row | None], key: str) -> list[Row]:
    first: dict[str, int] = {}
    kept = [row for row in rows if row is not None]
    for row in kept:
        name = getattr(row, key)
        twin = first.setdefault(name, row.number)
        if table is not None and twin != row.number:
            sentence = f"{table.title(key)}“{name}”与第 {twin} 行重复"
            table.find(row.number, key, sentence)
    return kept
