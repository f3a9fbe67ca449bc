"""Meter readings (抄表记录): one row a meter, with what it read before and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from engine.imports.cells import as_choice, as_code, as_date, as_name, as_text
from engine.imports.columns import Column, Layout
from engine.imports.kinds.values import (
    as_reading,
    facts,
    house_code,
    house_columns,
    needed,
)
from engine.imports.table import Table, TableRow, read_table

KINDS = {
    "水表": "water",
    "水": "water",
    "电表": "power",
    "电": "power",
    "燃气表": "gas",
    "气表": "gas",
    "燃气": "gas",
}


@dataclass(frozen=True)
class MeterRow:
    """Readings in hundredths of the meter's unit. One that fell is taken as it stands:
    what became of the meter is for a procedure to find out."""

    number: int
    code: str
    kind: str
    meter: str
    before: int | None
    before_on: date | None
    value: int | None
    read_on: date | None
    reader: str | None
    remark: str | None

    @property
    def fell(self) -> bool:
        return (self.value or 0) < (self.before or 0) and self.value is not None


def layout() -> Layout:
    return Layout(
        "抄表记录",
        (
            Column("serial", "序号", as_text(40), ("编号",)),
            *house_columns(),
            Column(
                "kind",
                "表类型",
                as_choice("表", KINDS),
                ("表别", "仪表类型", "类型"),
                True,
            ),
            Column(
                "meter", "表号", as_code(30), ("仪表编号", "表编号", "表具号"), True
            ),
            Column("before", "上期读数", as_reading, ("上次读数", "起数", "上期表底")),
            Column("before_on", "上期日期", as_date, ("上次日期", "上期抄表日期")),
            Column("value", "本期读数", as_reading, ("本次读数", "止数", "读数"), True),
            Column("read_on", "本期日期", as_date, ("抄表日期", "本次日期"), True),
            Column("reader", "抄表人", as_name(60), ("抄表员",)),
            Column("remark", "备注", as_text(500), ("说明",)),
        ),
    )


def read_meters(file: BinaryIO) -> tuple[Table, list[MeterRow]]:
    """Raises a kind of ``WorkbookRefused``."""
    table = read_table(file, layout())
    rows = [_reading(table, row) for row in table.rows]
    kept = [row for row in rows if row is not None]
    _find_contradictions(table, kept)
    return table, kept


def _reading(table: Table, row: TableRow) -> MeterRow | None:
    code = house_code(table, row)
    if not needed(table, row, "kind", "meter") or code is None:
        return None
    values = facts(row)
    for value, day in (("before", "before_on"), ("value", "read_on")):
        if (values[value] is None) != (values[day] is None):
            missing = day if values[day] is None else value
            needed(table, row, missing)
    _check_order(table, row, values)
    return MeterRow(number=row.number, code=code, **values)


def _check_order(table: Table, row: TableRow, values: dict[str, Any]) -> None:
    if None in (values["before_on"], values["read_on"]):
        return
    if values["read_on"] <= values["before_on"]:
        table.find(row.number, "read_on", "本期日期须晚于上期日期")


def _find_contradictions(table: Table, rows: list[MeterRow]) -> None:
    """A meter hangs at one house, is of one kind, and shows one number on one day."""
    homes: dict[str, MeterRow] = {}
    shown: dict[tuple[str, date], tuple[int, int]] = {}
    for row in rows:
        first = homes.setdefault(row.meter, row)
        if (first.code, first.kind) != (row.code, row.kind):
            sentence = f"表号“{row.meter}”与第 {first.number} 行的房屋或表类型不一致"
            table.find(row.number, "meter", sentence)
        pairs = (
            ("before", row.before, row.before_on),
            ("value", row.value, row.read_on),
        )
        for key, value, day in pairs:
            if value is None or day is None:
                continue
            said, at = shown.setdefault((row.meter, day), (value, row.number))
            if said != value:
                sentence = f"与第 {at} 行同一块表 {day.isoformat()} 的读数不一致"
                table.find(row.number, key, sentence)
