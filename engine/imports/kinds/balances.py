"""The table of balances (欠费余额): what each house owes by item and period on one day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from engine.imports.cells import BadCell, Cell, as_date, as_name, as_text
from engine.imports.columns import Column, Layout
from engine.imports.kinds.values import (
    as_money,
    as_names,
    house_code,
    house_columns,
    facts,
    needed,
)
from engine.imports.table import Table, TableRow, read_table

DAY = r"([0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?)"
SAID = re.compile(
    rf"(?:数据)?(?:截止|截至|统计|数据)(?:日期|时间|日|到|至)*[::]?\s*{DAY}"
)
SAID_AFTER = re.compile(rf"截[止至]\s*{DAY}|{DAY}\s*(?:止|为止|余额)")


@dataclass(frozen=True)
class BalanceRow:
    """One item and period; ``due`` and ``paid`` in fen."""

    number: int
    code: str
    owner: str | None
    item: str
    begins: date | None
    ends: date | None
    due: int
    paid: int
    due_on: date | None
    remark: str | None


def layout() -> Layout:
    return Layout(
        "欠费余额",
        (
            Column("serial", "序号", as_text(40), ("编号",)),
            *house_columns(),
            Column(
                "owner", "业主名称", as_names(200), ("业主", "业主姓名", "客户名称")
            ),
            Column("item", "收费项目", as_name(40), ("费用项目", "费项", "项目"), True),
            Column("begins", "账期起", as_date, ("账期开始", "计费开始", "费用起")),
            Column("ends", "账期止", as_date, ("账期结束", "计费结束", "费用止")),
            Column("due", "应缴金额", as_money, ("应收金额", "应收", "应缴"), True),
            Column("paid", "实缴金额", as_money, ("实收金额", "实收", "已缴", "实缴")),
            Column("due_on", "应缴日期", as_date, ("应收日期", "缴费期限")),
            Column("remark", "备注", as_text(500), ("说明",)),
        ),
    )


def read_balances(file: BinaryIO) -> tuple[Table, date | None, list[BalanceRow]]:
    """The rows, and the day their figures hold for: it stands above the header. Raises a
    kind of ``WorkbookRefused``."""
    table = read_table(file, layout())
    as_of = _as_of(table)
    rows = [_balance(table, row) for row in table.rows]
    return table, as_of, [row for row in rows if row is not None]


def _as_of(table: Table) -> date | None:
    above = unicodedata.normalize("NFKC", " ".join(table.above))
    found = SAID.search(above) or SAID_AFTER.search(above)
    if found is None:
        sentence = (
            "表头上方没有写明数据截止日期，请加一行，例如“数据截止日期：2026-11-20”"
        )
        table.find(1, "", sentence)
        return None
    try:
        day: date = as_date(Cell(next(filter(None, found.groups()))))
        return day
    except BadCell as wrong:
        table.find(1, "", f"数据截止日期有误：{wrong}")
        return None


def _balance(table: Table, row: TableRow) -> BalanceRow | None:
    if _is_total(row):
        return None
    code = house_code(table, row)
    if not needed(table, row, "item", "due") or code is None:
        return None
    values = facts(row)
    if values["begins"] and values["ends"] and values["ends"] < values["begins"]:
        table.find(row.number, "ends", "账期止早于账期起")
    values["paid"] = values["paid"] or 0
    return BalanceRow(number=row.number, code=code, **values)


def _is_total(row: TableRow) -> bool:
    """The sum that a billing system prints under its table names no house and no item."""
    known = (row.values[key] for key in ("room", "item", "due_on", "begins"))
    words = f"{row.values['serial'] or ''}{row.values['owner'] or ''}"
    return not any(known) and not row.bad and "计" in words
