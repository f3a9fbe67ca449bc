"""What a house owes: due, unpaid, by a sheet that is not too old."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.gates import GateAsked
from tests.actions.running import at
from tests.cast import Office
from tests.estate import add_sheet, set_parameters
from tests.gates.conftest import Asked

FEE, WATER = "物业服务费", "公摊水电费"


def test_what_is_due_and_unpaid_is_an_arrear(desk: Office, asked: Asked) -> None:
    rows = [(FEE, 81780, 81780, "2026-01-31"), (WATER, 1996, 0, "2026-02-15")]
    add_sheet(desk, "2026-03-10", *rows, (FEE, 500, 100, "2026-03-01"))
    found = asked("no_arrears")
    assert (found["answer"], found["passed"]) == ("not_ok", False)
    assert found["reason"] == "有 2 笔到期未缴，共 23.96 元。"
    assert [row["owed_fen"] for row in found["rows"]] == [1996, 400]
    assert found["as_of"] == "2026-03-10"
    assert found["asked_at"] == "2026-03-10T09:00:00+08:00"


def test_paid_up_is_ok(desk: Office, asked: Asked) -> None:
    add_sheet(desk, "2026-03-10", (FEE, 81780, 81780, "2026-01-31"))
    found = asked("no_arrears")
    assert (found["answer"], found["rows"]) == ("ok", [])


@pytest.mark.parametrize(
    "due_on, answer",
    [("2026-03-09", "not_ok"), ("2026-03-10", "not_ok"), ("2026-03-11", "ok")],
)
def test_what_is_not_yet_due_is_none(
    desk: Office, asked: Asked, due_on: str, answer: str
) -> None:
    add_sheet(desk, "2026-03-10", (FEE, 100, 99, due_on))
    assert asked("no_arrears")["answer"] == answer


def test_a_day_later_in_the_sites_zone_it_is_due(desk: Office, asked: Asked) -> None:
    add_sheet(desk, "2026-03-10", (FEE, 100, 0, "2026-03-11"))
    midnight = at("2026-03-11 00:00")  # still the 10th by UTC
    before = midnight - timedelta(microseconds=1)
    assert asked("no_arrears", before)["answer"] == "ok"
    assert asked("no_arrears", midnight)["answer"] == "not_ok"


def test_up_to_the_day_of_leaving(desk: Office, asked: Asked) -> None:
    add_sheet(desk, "2026-03-10", (FEE, 100, 0, "2026-03-20"))
    assert asked("no_arrears", up_to="2026-03-19")["answer"] == "ok"
    assert asked("no_arrears", up_to="2026-03-20")["answer"] == "not_ok"
    with pytest.raises(GateAsked):
        asked("no_arrears", up_to="下周")


def test_what_was_paid_too_much_pays_nothing_else(desk: Office, asked: Asked) -> None:
    rows = [(FEE, 1000, 9000, "2026-03-01"), (WATER, 100, 0, "2026-03-01")]
    add_sheet(desk, "2026-03-10", *rows)
    assert asked("no_arrears")["answer"] == "not_ok"


def test_without_a_day_to_pay_by_it_is_due(desk: Office, asked: Asked) -> None:
    add_sheet(desk, "2026-03-10", (FEE, 100, 0, None))
    assert asked("no_arrears")["answer"] == "not_ok"


@pytest.mark.parametrize(
    "as_of, limit, answer",
    [
        ("2026-03-07", 3, "ok"),
        ("2026-03-06", 3, "unknown"),
        ("2026-03-06", 4, "ok"),
        ("2026-03-10", 0, "ok"),
        ("2026-03-09", 0, "unknown"),
        ("2026-03-11", 3, "unknown"),
    ],
)
def test_an_old_sheet_says_nothing(
    desk: Office, asked: Asked, as_of: str, limit: int, answer: str
) -> None:
    set_parameters(desk, balance_max_days=limit)
    add_sheet(desk, as_of, (FEE, 100, 100, "2026-03-01"))
    found = asked("no_arrears")
    assert (found["answer"], found["as_of"]) == (answer, as_of)
    assert found["passed"] is (answer == "ok")


def test_the_newest_sheet_in_force_counts(desk: Office, asked: Asked) -> None:
    add_sheet(desk, "2026-03-08", (FEE, 100, 0, "2026-03-01"))
    add_sheet(desk, "2026-03-09", (FEE, 100, 100, "2026-03-01"))
    add_sheet(desk, "2026-03-10", (FEE, 100, 0, "2026-03-01"), withdrawn=True)
    found = asked("no_arrears")
    assert (found["answer"], found["as_of"]) == ("ok", "2026-03-09")


def test_without_a_sheet_or_a_row_nobody_knows(desk: Office, asked: Asked) -> None:
    assert "还没有导入" in asked("no_arrears")["reason"]
    add_sheet(desk, "2026-03-10", (FEE, 100, 100, "2026-03-01"))
    for unit_no, told in (("1-1-0101", "里没有"), ("9-9-9999", "登记中没有房号")):
        found = asked("no_arrears", unit_no=unit_no)
        assert found["answer"] == "unknown" and told in found["reason"]
