"""Does the house owe nothing? By the balance sheet in force, unless that is too old."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from engine.gates.question import Answer, Question
from engine.store.estate import Balance, BalanceSheet, balances_of


def run(question: Question, unit_no: str, up_to: str | None = None) -> Answer:
    """Counts what was due on or before ``up_to`` (a day, by default today) and is unpaid.
    Too much paid for one item does not make up for another. A sheet older than the site's
    ``balance_max_days`` says nothing any more."""
    found = balances_of(question.session, question.site_id, str(unit_no))
    if found is None:
        return Answer.no_house(unit_no)
    sheet, balances = found
    if sheet is None:
        return Answer.unknown("还没有导入收费余额表，不知道是否欠费。")
    answer = _stale(question, sheet) or _owed(balances, unit_no, question.day(up_to))
    return Answer(answer.answer, answer.reason, answer.rows, sheet.as_of)


def _stale(question: Question, sheet: BalanceSheet) -> Answer | None:
    limit = int(question.param("balance_max_days"))
    age = (question.today - date.fromisoformat(sheet.as_of)).days
    if 0 <= age <= limit:
        return None
    told = f"收费余额表截至 {sheet.as_of}，"
    if age < 0:
        return Answer.unknown(f"{told}日期在今天之后，请核对后重新导入。")
    return Answer.unknown(f"{told}已过 {age} 天，超过 {limit} 天，请导入新的余额表。")


def _owed(balances: Iterable[Balance], unit_no: str, last: date) -> Answer:
    listed = list(balances)
    if not listed:
        return Answer.unknown(f"收费余额表里没有 {unit_no}，不知道是否欠费。")
    day = last.isoformat()
    due = [each for each in listed if each.owed and each.is_due(day)]
    if not due:
        return Answer.ok(f"截至 {last.isoformat()} 到期的款项均已缴清。")
    total = sum(each.owed for each in due)
    told = f"有 {len(due)} 笔到期未缴，共 {total / 100:,.2f} 元。"
    return Answer.not_ok(told, *map(_row, due))


def _row(balance: Balance) -> dict[str, Any]:
    return {
        "item": balance.item,
        "begins": balance.begins,
        "ends": balance.ends,
        "due_on": balance.due_on,
        "owed_fen": balance.owed,
    }
