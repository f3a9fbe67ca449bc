"""Tables of balances: one day's figures, kept and replaced as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from engine.actions.import_balances import sheet_in_force
from engine.imports.result import ImportResult
from engine.store.tables import Balance, BalanceSheet
from tests.actions.taking import book, tallies, told
from tests.actions.taking import take as take_in
from tests.cast import Office

FEE = {"房号": "1-1-0101", "收费项目": "物业服务费", "应缴金额": 817.8, "实缴金额": 0.1}
FEE |= {"账期起": "2026-10-01", "账期止": "2026-12-31", "应缴日期": "2026-10-31"}
DAY = "数据截止日期：2026-11-20    单位：元"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel("2026-11-20T04:00:00Z", tick=False):
        yield


def take(office: Office, *rows: dict[str, Any], above: str = DAY) -> ImportResult:
    return take_in(office, "balances", book(*rows, above=above))


def in_force(office: Office) -> str | None:
    with office.sessions() as session:
        sheet = sheet_in_force(session, office.site_id)
        return None if sheet is None else sheet.as_of


def test_what_a_row_becomes(office: Office) -> None:
    result = take(office, FEE, {**FEE, "应缴金额": "¥1,234.56", "实缴金额": None})
    assert result.changes == (
        "余额表截至 2026-11-20：应缴 2,052.36 元，未缴 2,052.26 元",
    )
    with office.sessions() as session:
        items = session.scalars(select(Balance).order_by(Balance.id)).all()
    assert [(item.due, item.paid) for item in items] == [(81_780, 10), (123_456, 0)]
    assert (items[0].begins, items[0].due_on) == ("2026-10-01", "2026-10-31")


@pytest.mark.parametrize(
    "above",
    [
        "截至2026年11月20日",
        "收费余额表（截止日期:２０２６/１１/２０）",
        "统计日期 2026.11.20",
    ],
)
def test_the_day_stands_above_the_header(desk: Office, above: str) -> None:
    assert take(desk, FEE, above=above).findings == ()
    assert in_force(desk) == "2026-11-20"


@pytest.mark.parametrize(
    ("above", "part"),
    [
        ("示范里小区", "表头上方没有写明数据截止日期"),
        ("截至2026年2月30日", "没有这一天"),
    ],
)
def test_a_table_of_no_day_is_refused(desk: Office, above: str, part: str) -> None:
    result = take(desk, FEE, above=above)
    assert [part in sentence for _, sentence in told(result)] == [True]
    assert in_force(desk) is None


def test_a_newer_table_takes_the_place_of_the_one_before(office: Office) -> None:
    take(office, FEE, above="截至2026-10-31")
    result = take(office, FEE)
    assert "取代截至 2026-10-31 的表" in result.changes[0]
    assert in_force(office) == "2026-11-20"
    result = take(office, FEE, above="截至2026-09-30")
    assert any("只存档" in notice for notice in result.notices)
    assert in_force(office) == "2026-11-20"
    with office.sessions() as session:
        assert len(session.scalars(select(BalanceSheet)).all()) == 3


def test_one_fen_makes_another_table(desk: Office) -> None:
    take(desk, FEE)
    assert tallies(take(desk, FEE)) == [(0, 0, 0, 1)]
    assert take(desk, {**FEE, "实缴金额": 0.11}).to_add == 1


@pytest.mark.parametrize(
    ("row", "cell", "part"),
    [
        ({"房号": "9-9-0101"}, "A3", "系统里没有房屋 9-9-0101"),
        ({"应缴金额": None}, "C3", "缺少应缴金额"),
        ({"应缴金额": "1.005"}, "C3", "最多两位小数"),
        ({"账期止": "2026-09-30"}, "F3", "账期止早于账期起"),
    ],
)
def test_what_is_wrong_is_named(
    desk: Office, row: dict[str, Any], cell: str, part: str
) -> None:
    result = take(desk, {**FEE, **row})
    assert [(c, part in s) for c, s in told(result)] == [(cell, True)], told(result)
    assert in_force(desk) is None


def test_a_sum_below_and_another_name_do_no_harm(desk: Office) -> None:
    total = {"序号": "合计", "应缴金额": 817.8}
    result = take(desk, {"序号": 1, "业主名称": "路人甲", **FEE}, total)
    assert tallies(result) == [(1, 0, 0, 0)]
    assert any("业主名称与系统不同" in notice for notice in result.notices)
    assert "另有 2 套房屋不在表中，没有余额资料" in result.notices
