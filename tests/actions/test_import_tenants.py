"""Tenants against the database: who came, stayed, renewed, left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from engine.imports.result import ImportResult
from engine.store.tables import House, HouseParty, Party, Tenancy
from tests.actions.taking import book, tallies, told
from tests.actions.taking import take as take_in
from tests.cast import HOUSES, Office
from tests.imports.workbooks import id_number

LI = {"房号": "1-1-0101", "租户姓名": "李兆丰", "手机号": "15400000594"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel("2026-11-20T04:00:00Z", tick=False):
        yield


def take(office: Office, *rows: dict[str, Any]) -> ImportResult:
    return take_in(office, "tenants", book(*rows))


def links(office: Office, code: str = "1-1-0101") -> list[tuple[Any, ...]]:
    query = (
        select(Party.name, HouseParty.since, HouseParty.until, Tenancy.ends_on)
        .select_from(HouseParty)
        .join(HouseParty.party)
        .join(HouseParty.house)
        .outerjoin(Tenancy, Tenancy.house_party_id == HouseParty.id)
        .where(House.code == code, HouseParty.relation == "tenant")
        .order_by(HouseParty.id)
    )
    with office.sessions() as session:
        return [tuple(row) for row in session.execute(query)]


def test_what_a_row_becomes(office: Office) -> None:
    result = take(
        office,
        {
            **LI,
            "业主": "张依诺",
            "身份证号": id_number(5),
            "同住人": "刘铖, 王萱",
            "同住人数": 2,
            "起租日期": "2026年6月15日",
            "到期日期": "20270614",
            "租赁合同": "有",
            "业主承诺书": "无",
            "用途": "居住",
        },
    )
    assert tallies(result) == [(1, 0, 0, 0), (1, 0, 0, 0)]
    assert "1 户租户没有业主承诺书，照此登记：1-1-0101 李兆丰" in result.notices
    assert "1 套房屋有租户，房屋状态却不是出租：1-1-0101" in result.notices
    assert links(office) == [("李兆丰", "2026-06-15", None, "2027-06-14")]
    with office.sessions() as session:
        lease = session.scalars(select(Tenancy)).one()
        assert (lease.has_agreement, lease.owner_consents) == (True, False)
        assert (lease.members, lease.member_count) == ("刘铖、王萱", 2)
        assert lease.link.party.id_tail == id_number(5)[-4:]


@pytest.mark.parametrize(
    ("answer", "kept"), [("有", True), ("无", False), ("", None), ("未签", False)]
)
def test_consent_is_yes_no_or_unknown(desk: Office, answer: str, kept: Any) -> None:
    take(desk, {**LI, "业主承诺书": answer})
    with desk.sessions() as session:
        assert session.scalars(select(Tenancy.owner_consents)).one() is kept


@pytest.mark.parametrize(
    ("row", "cell", "part"),
    [
        ({"业主名称": "冯南乔"}, "D2", "系统里 1-1-0101 的业主是张依诺，不是“冯南乔”"),
        ({"房号": "1-1-0199"}, "A2", "系统里没有房屋 1-1-0199"),
        ({"房号": "0101"}, "2", "缺少楼号"),
        ({"租户姓名": None}, "B2", "缺少租户姓名"),
        ({"租期起": "2026-06-15", "租期止": "2026-06-14"}, "E2", "租期止早于租期起"),
        ({"身份证号": "990101199606188726"}, "D2", "校验码"),
        ({"业主承诺书": "也许"}, "D2", "请填“有”或“无”"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_written(
    desk: Office, row: dict[str, Any], cell: str, part: str
) -> None:
    result = take(desk, {**LI, **row}, {**LI, "房号": "1-1-0102"})
    assert [(c, part in s) for c, s in told(result)] == [(cell, True)], told(result)
    assert not result.written and links(desk) == []


def test_joint_owners_are_named_in_any_order(desk: Office) -> None:
    both = [name for name, *_ in HOUSES["1-1-0201"][2]]
    for stated in (both[0], "、".join(reversed(both))):
        row = {"房号": "1-1-0201", "租户姓名": "李兆丰", "业主名称": stated}
        assert take(desk, row).findings == ()


@pytest.mark.parametrize(
    ("since", "until"), [("2026-10-01", "2026-09-30"), (None, "2026-11-20")]
)
def test_another_tenant_ends_the_one_before(
    office: Office, since: str | None, until: str
) -> None:
    take(office, {**LI, "租期起": "2026-06-15"})
    new = {"房号": "1-1-0101", "租户姓名": "王萱", "租期起": since}
    result = take(office, new)
    assert f"1-1-0101 原租户 李兆丰 至 {until} 止" in result.changes
    assert [row[:3] for row in links(office)] == [
        ("李兆丰", "2026-06-15", until),
        ("王萱", since, None),
    ]
    assert (take(office, new).to_add, take(office, new).to_change) == (0, 0)


def test_a_later_lease_is_a_new_row(office: Office) -> None:
    take(office, {**LI, "租期起": "2025-06-15", "租期止": "2026-06-14"})
    result = take(office, {**LI, "租期起": "2026-06-15", "租期止": "2027-06-14"})
    assert result.changes == ("1-1-0101 李兆丰 续租，自 2026-06-15 起",)
    assert links(office) == [
        ("李兆丰", "2025-06-15", "2026-06-14", "2026-06-14"),
        ("李兆丰", "2026-06-15", None, "2027-06-14"),
    ]


def test_what_is_left_empty_and_who_is_left_out_stay(desk: Office) -> None:
    take(desk, {**LI, "租期起": "2026-06-15", "租期止": "2027-06-14", "用途": "居住"})
    take(desk, {"房号": "1-1-0102", "租户姓名": "王萱"})
    result = take(desk, {"房号": "1-1-0102", "租户姓名": "王萱", "用途": "办公"})
    assert result.changes == ("1-1-0102 王萱 用途：空 → 办公",)
    assert "系统里另有 1 户租户不在表中，未作改动" in result.notices
    result = take(desk, {**LI, "租期起": None, "租期止": None, "用途": None})
    assert (result.to_add, result.to_change) == (0, 0)
    assert links(desk) == [("李兆丰", "2026-06-15", None, "2027-06-14")]


def test_an_owner_elsewhere_is_one_person(desk: Office) -> None:
    name, _, phone = HOUSES["1-1-0102"][2][0]
    result = take(desk, {"房号": "1-1-0101", "租户姓名": name, "手机号": phone})
    assert tallies(result) == [(0, 0, 0, 1), (1, 0, 0, 0)]
