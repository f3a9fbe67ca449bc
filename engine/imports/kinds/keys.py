"""Keys in the office's keeping (钥匙清册): one row a bunch, and whoever has it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from engine.imports.cells import as_choice, as_code, as_date, as_name, as_text
from engine.imports.columns import Column, Layout
from engine.imports.kinds.values import (
    as_count,
    as_yes,
    house_code,
    house_columns,
    facts,
    needed,
)
from engine.imports.table import Table, TableRow, read_table

KINDS = {
    "未交房": "not_handed_over",
    "开发商移交": "developer",
    "业主委托": "entrusted",
    "整改留置": "retained",
}
STATES = {
    "在柜": "in_cabinet",
    "借出": "lent",
    "已移交": "handed_over",
    "已退还": "returned",
    "遗失": "lost",
}


@dataclass(frozen=True)
class KeyRow:
    number: int
    code: str
    key: str
    kind: str
    quantity: int | None
    vacant: bool | None
    received_on: date | None
    place: str | None
    state: str | None
    who: str | None
    company: str | None
    lent_on: date | None
    due_on: date | None
    back_on: date | None
    approved_by: str | None
    remark: str | None


def layout() -> Layout:
    return Layout(
        "钥匙清册",
        (
            Column("serial", "序号", as_text(40)),
            Column("key", "钥匙编号", as_code(20), ("钥匙号", "编号"), True),
            *house_columns(),
            Column(
                "kind", "钥匙类别", as_choice("钥匙", KINDS), ("类别", "来源"), True
            ),
            Column("quantity", "数量", as_count("数量", 1), ("把数", "钥匙数量")),
            Column("vacant", "是否空置", as_yes, ("空置",), answers=True),
            Column("received_on", "接收日期", as_date, ("接收时间", "移交日期")),
            Column("place", "存放位置", as_name(60), ("柜号", "位置")),
            Column("state", "状态", as_choice("状态", STATES), ("钥匙状态",)),
            *_loan_columns(),
            Column("remark", "备注", as_text(500), ("说明",)),
        ),
    )


def _loan_columns() -> tuple[Column, ...]:
    return (
        Column("who", "借用人", as_name(100), ("领用人", "借出人")),
        Column("company", "借用单位", as_name(100), ("领用单位",)),
        Column("lent_on", "借出日期", as_date, ("借用日期", "领用日期")),
        Column("due_on", "应还日期", as_date, ("约定归还日期",)),
        Column("back_on", "归还日期", as_date, ("实际归还日期",)),
        Column("approved_by", "批准人", as_name(60), ("审批人",)),
    )


def read_keys(file: BinaryIO) -> tuple[Table, list[KeyRow]]:
    """Raises a kind of ``WorkbookRefused``."""
    table = read_table(file, layout())
    rows = [row for row in (_key(table, each) for each in table.rows) if row]
    first: dict[str, int] = {}
    for row in rows:
        twin = first.setdefault(row.key, row.number)
        if twin != row.number:
            table.find(row.number, "key", f"钥匙编号“{row.key}”与第 {twin} 行重复")
    return table, rows


def _key(table: Table, row: TableRow) -> KeyRow | None:
    code = house_code(table, row)
    if not needed(table, row, "key", "kind") or code is None:
        return None
    values = facts(row)
    _check_loan(table, row)
    return KeyRow(number=row.number, code=code, **values)


def _check_loan(table: Table, row: TableRow) -> None:
    """Lent means: to whom and since when is known."""
    values = row.values
    if values["state"] == "lent":
        needed(table, row, "who", "lent_on")
    elif values["who"] is not None and values["lent_on"] is None:
        needed(table, row, "lent_on")
    for key in ("due_on", "back_on"):
        if values[key] and values["lent_on"] and values[key] < values["lent_on"]:
            table.find(row.number, key, f"{table.title(key)}早于借出日期")
    if values["state"] == "lent" and values["back_on"] is not None:
        table.find(row.number, "state", "已有归还日期，状态却还是借出")
