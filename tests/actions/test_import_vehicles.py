"""Vehicles and spaces against the database."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from engine.imports.result import ImportResult
from engine.store.tables import House, ParkingSpace, SpaceLease, Vehicle
from tests.actions.taking import table, take, told
from tests.cast import Office
from tests.imports.workbooks import sheets

CAR = {"车牌号": "示A·12345", "房号": "1-1-0101", "车主": "张依诺"}
LET = {"车位编号": "A001", "车位性质": "公共", "车位状态": "出租"}
LET |= {"房号": "1-1-0101", "使用人": "张依诺", "月租金": 100, "起租日期": "2026-01-01"}
FREE = {"车位编号": "A001", "车位性质": "公共", "车位状态": "空闲"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel("2026-11-20T04:00:00Z", tick=False):
        yield


def book(cars: list[dict[str, Any]], spaces: list[dict[str, Any]]) -> io.BytesIO:
    named = {"车辆": cars, "车位": spaces}
    return sheets({name: table(*rows) for name, rows in named.items() if rows})


def bring(
    office: Office, cars: list[dict[str, Any]], spaces: list[dict[str, Any]]
) -> ImportResult:
    return take(office, "vehicles", book(cars, spaces))


def cars(office: Office) -> list[tuple[Any, ...]]:
    query = select(Vehicle.plate, House.code, Vehicle.since, Vehicle.until)
    query = query.join(House, House.id == Vehicle.house_id).order_by(Vehicle.id)
    with office.sessions() as session:
        return [tuple(row) for row in session.execute(query)]


def leases(office: Office) -> list[tuple[Any, ...]]:
    query = select(SpaceLease.user, SpaceLease.since, SpaceLease.until)
    with office.sessions() as session:
        return [tuple(row) for row in session.execute(query.order_by(SpaceLease.id))]


def test_either_sheet_may_miss(desk: Office) -> None:
    assert bring(desk, [CAR], []).findings == ()
    assert bring(desk, [], [LET]).findings == ()
    assert cars(desk) == [("示A·12345", "1-1-0101", None, None)]
    assert leases(desk) == [("张依诺", "2026-01-01", None)]


@pytest.mark.parametrize(
    "plate", ["示a12345", "示A•12345", "示Ａ·１２３４５", " 示A 12345"]
)
def test_one_plate_however_it_is_written(desk: Office, plate: str) -> None:
    bring(desk, [CAR], [])
    result = bring(desk, [{**CAR, "车牌号": plate}], [])
    assert (result.to_add, result.to_change) == (0, 0)


def test_the_keeper_is_known_by_name_in_the_house(desk: Office) -> None:
    other = {**CAR, "车牌号": "示A·99999", "车主": "路人甲"}
    result = bring(desk, [CAR, other], [])
    said = "1 辆车的车主不在该房屋的业主、租户之中，只记姓名：示A·99999 路人甲"
    assert said in result.notices
    with desk.sessions() as session:
        known = session.scalars(select(Vehicle.party_id).order_by(Vehicle.id)).all()
    assert known[0] is not None and known[1] is None


def test_a_car_that_moves_house_is_a_new_row(office: Office) -> None:
    bring(office, [{**CAR, "登记日期": "2025-01-01"}], [])
    moved = {**CAR, "房号": "1-1-0102", "登记日期": "2026-05-01"}
    result = bring(office, [moved], [])
    assert "示A·12345 转到 1-1-0102" in result.changes
    assert cars(office) == [
        ("示A·12345", "1-1-0101", "2025-01-01", "2026-04-30"),
        ("示A·12345", "1-1-0102", "2026-05-01", None),
    ]
    assert bring(office, [moved], []).to_change == 0


@pytest.mark.parametrize(
    ("car", "space", "cell", "part"),
    [
        ({"房号": "9-9-0101"}, {}, "车辆!B2", "系统里没有房屋 9-9-0101"),
        ({}, {"房号": "9-9-0101"}, "车位!D2", "系统里没有房屋 9-9-0101"),
        ({"车牌号": "？"}, {}, "车辆!A2", "不是车牌号"),
        ({}, {"使用人": None}, "车位!E2", "车位状态为出租，却没有使用人"),
        ({}, {"车位状态": "占用"}, "车位!C2", "没有“占用”这种车位状态"),
        ({}, {"月租金": "一百"}, "车位!F2", "金额应是数字"),
    ],
)
def test_what_is_wrong_is_named_with_its_sheet(
    desk: Office, car: dict[str, Any], space: dict[str, Any], cell: str, part: str
) -> None:
    result = bring(desk, [{**CAR, **car}], [{**LET, **space}])
    assert [(c, part in s) for c, s in told(result)] == [(cell, True)], told(result)
    assert cars(desk) == [] and leases(desk) == []


def test_a_plate_twice(desk: Office) -> None:
    result = bring(desk, [CAR, {**CAR, "车牌号": "示A12345"}], [])
    assert told(result) == [("车辆!A3", "车牌号“示A·12345”与第 2 行重复")]


def test_a_space_changes_hands_and_is_free_again(office: Office) -> None:
    bring(office, [], [LET])
    other = {**LET, "使用人": "冯南乔", "房号": "1-1-0102", "起租日期": "2026-07-01"}
    assert bring(office, [], [other]).findings == ()
    assert leases(office) == [
        ("张依诺", "2026-01-01", "2026-06-30"),
        ("冯南乔", "2026-07-01", None),
    ]
    result = bring(office, [], [FREE])
    assert "A001 原使用人 冯南乔 至 2026-11-20 止" in result.changes
    with office.sessions() as session:
        space = session.scalars(select(ParkingSpace)).one()
        assert (space.status, space.house_id) == ("free", None)
    assert bring(office, [], [FREE]).to_change == 0
