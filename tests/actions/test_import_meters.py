"""Meter readings and keys against the database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.store.tables import HouseKey, KeyMove, Meter, MeterReading
from tests.actions.taking import book, take, tallies, told
from tests.cast import Office

WATER = {"楼栋": "1栋", "单元": "1", "房号": "0101", "表类型": "水表", "表号": "W1"}
SEPTEMBER = {"上期读数": 100, "上期日期": "2026-08-31"}
SEPTEMBER |= {"本期读数": 112.5, "本期日期": "2026-09-30", "抄表人": "廖海波"}
OCTOBER = {"上期读数": 112.5, "上期日期": "2026-09-30"}
OCTOBER |= {"本期读数": 130, "本期日期": "2026-10-31", "抄表人": "廖海波"}
KEY = {"钥匙编号": "K001", "房号": "1-1-0101", "钥匙类别": "业主委托", "数量": 2}
KEY |= {"接收日期": "2026-01-05", "状态": "在柜"}
LENT = {"状态": "借出", "借用人": "宋凤琴", "借用单位": "示例维修部"}
LENT |= {"借出日期": "2026-11-17", "应还日期": "2026-11-24", "批准人": "范春梅"}


def readings(office: Office) -> list[tuple[Any, ...]]:
    query = select(MeterReading.read_on, MeterReading.value, MeterReading.reader)
    with office.sessions() as session:
        return [tuple(r) for r in session.execute(query.order_by(MeterReading.read_on))]


def test_a_reading_that_two_rows_tell_of_is_one(office: Office) -> None:
    both = book({**WATER, **SEPTEMBER}, {**WATER, **OCTOBER})
    assert tallies(take(office, "meters", both)) == [(1, 0, 0, 0), (3, 0, 0, 0)]
    assert readings(office) == [
        ("2026-08-31", 10_000, None),
        ("2026-09-30", 11_250, "廖海波"),
        ("2026-10-31", 13_000, "廖海波"),
    ]


def test_the_next_month_goes_on(desk: Office) -> None:
    take(desk, "meters", book({**WATER, **SEPTEMBER}))
    result = take(desk, "meters", book({**WATER, **OCTOBER}))
    assert tallies(result) == [(0, 0, 0, 1), (1, 0, 0, 1)]
    wrong = {**WATER, **OCTOBER, "上期读数": 113}
    result = take(desk, "meters", book(wrong))
    (found,) = told(result)
    assert "上期读数与系统里 2026-09-30 的读数 112.5 不一致" in found[1]
    corrected = {**WATER, **OCTOBER, "本期读数": 131}
    result = take(desk, "meters", book(corrected))
    assert result.changes == ("1-1-0101 W1 2026-10-31 读数：130.00 → 131.00",)


def test_one_that_fell_is_taken_and_told(desk: Office) -> None:
    result = take(desk, "meters", book({**WATER, **SEPTEMBER, "本期读数": 99.99}))
    assert result.written and any("小于上期" in notice for notice in result.notices)
    same = take(desk, "meters", book({**WATER, **SEPTEMBER, "本期读数": 99.99}))
    assert (same.to_add, same.to_change) == (0, 0)


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        ([{**WATER, **SEPTEMBER, "房号": "9901"}], "系统里没有房屋 1-1-9901"),
        ([{**WATER, **SEPTEMBER, "本期日期": "2026-08-30"}], "本期日期须晚于上期日期"),
        ([{**WATER, **SEPTEMBER, "本期读数": None}], "缺少本期读数"),
        ([{**WATER, **SEPTEMBER, "本期读数": -1}], "读数不合情理"),
        (
            [{**WATER, **SEPTEMBER}, {**WATER, **OCTOBER, "房号": "0102"}],
            "表号“W1”与第 2 行的房屋或表类型不一致",
        ),
        (
            [{**WATER, **SEPTEMBER}, {**WATER, **OCTOBER, "上期读数": 112}],
            "与第 2 行同一块表 2026-09-30 的读数不一致",
        ),
    ],
)
def test_what_is_wrong_is_named(
    desk: Office, rows: list[dict[str, Any]], part: str
) -> None:
    result = take(desk, "meters", book(*rows))
    assert [part in sentence for _, sentence in told(result)] == [True], told(result)
    assert readings(desk) == []


def test_a_meter_hangs_at_its_house(desk: Office) -> None:
    take(desk, "meters", book({**WATER, **SEPTEMBER}))
    result = take(desk, "meters", book({**WATER, **OCTOBER, "房号": "0102"}))
    assert ["是另一套房屋的表" in s for _, s in told(result)] == [True]
    with desk.sessions() as session:
        assert session.scalars(select(Meter.kind)).all() == ["water"]


def moves(office: Office) -> list[tuple[Any, ...]]:
    query = select(KeyMove.act, KeyMove.on, KeyMove.who, KeyMove.due_on)
    with office.sessions() as session:
        return [tuple(row) for row in session.execute(query.order_by(KeyMove.id))]


def test_a_key_is_lent_and_comes_back(office: Office) -> None:
    take(office, "keys", book(KEY))
    result = take(office, "keys", book({**KEY, **LENT}))
    assert result.changes == (
        "钥匙 K001 状态：在柜 → 借出",
        "钥匙 K001 2026-11-17 借出：宋凤琴",
    )
    take(
        office, "keys", book({**KEY, **LENT, "状态": "在柜", "归还日期": "2026-11-20"})
    )
    assert moves(office) == [
        ("received", "2026-01-05", None, None),
        ("lent", "2026-11-17", "宋凤琴", "2026-11-24"),
        ("back", "2026-11-20", None, None),
    ]
    with office.sessions() as session:
        assert session.scalars(select(HouseKey.state)).one() == "in_cabinet"


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"房号": "9-9-0101"}, "系统里没有房屋 9-9-0101"),
        ({**LENT, "借用人": None}, "缺少借用人"),
        ({**LENT, "应还日期": "2026-11-16"}, "应还日期早于借出日期"),
        ({**LENT, "归还日期": "2026-11-18"}, "已有归还日期，状态却还是借出"),
        ({"数量": 0}, "数量应是 1 至 999 的整数"),
        ({"钥匙类别": "捡到"}, "没有“捡到”这种钥匙"),
    ],
)
def test_what_is_wrong_with_a_key_is_named(
    desk: Office, more: dict[str, Any], part: str
) -> None:
    result = take(desk, "keys", book({**KEY, **more}))
    assert [part in sentence for _, sentence in told(result)] == [True], told(result)
    assert moves(desk) == []


def test_a_key_does_not_change_its_house(desk: Office) -> None:
    take(desk, "keys", book(KEY))
    result = take(desk, "keys", book({**KEY, "房号": "1-1-0102"}))
    assert ["是另一套房屋的" in sentence for _, sentence in told(result)] == [True]
