"""The owner register against the database: what is added, changed, ended, left alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from engine.actions.import_workbook import import_workbook, preview_workbook
from engine.actions.load_demo import OWNERS as DEMO
from engine.imports.refusals import NotAWorkbook
from engine.imports.result import ImportResult
from engine.store.database import transact
from engine.store.tables import House, HouseParty, Party, Site
from tests.cast import HOUSES, Office
from tests.imports.workbooks import PLANTED, id_number, owners

ZHANG, FENG = HOUSES["1-1-0101"][2][0], HOUSES["1-1-0102"][2][0]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    # 2026-11-20 16:30 UTC is the 21st in Shanghai
    with time_machine.travel("2026-11-20T16:30:00Z", tick=False):
        yield


def take(office: Office, file: io.BytesIO, site_id: int | None = None) -> ImportResult:
    with office.sessions() as session:
        site = site_id or office.site_id
        asked = (office.runtime, "owners", site, file, "清册.xlsx")
        return transact(session, import_workbook, *asked)


def look(office: Office, file: io.BytesIO) -> ImportResult:
    with office.sessions() as session:
        result = preview_workbook(
            session, office.runtime, "owners", office.site_id, file
        )
        assert not session.new and not session.dirty
        return result


def tallies(result: ImportResult) -> list[tuple[int, int, int, int]]:
    return [(t.new, t.changed, t.ended, t.same) for t in result.tallies]


def first(**more: Any) -> dict[str, Any]:
    """The cast's 1-1-0101 as it is stored."""
    name, id_no, phone = ZHANG
    return {"业主名称": name, "身份证号": id_no, "手机号": phone, **more}


def links(session: Session, code: str = "1-1-0101") -> list[tuple[Any, ...]]:
    rows = session.execute(
        select(Party.name, HouseParty.share, HouseParty.since, HouseParty.until)
        .join(HouseParty.party)
        .join(HouseParty.house)
        .where(House.code == code)
        .order_by(HouseParty.id)
    )
    return [tuple(row) for row in rows]


def counts(session: Session) -> list[int]:
    tables = (House, Party, HouseParty)
    return [session.scalar(select(func.count()).select_from(t)) or 0 for t in tables]


def new_site(office: Office) -> int:
    with office.sessions.begin() as session:
        site = Site(code="second", name="第二小区")
        session.add(site)
        session.flush()
        return site.id


def test_a_whole_register_twice(office: Office) -> None:
    site_id = new_site(office)
    file = io.BytesIO(DEMO.read_bytes())
    result = take(office, file, site_id)
    assert result.written and result.findings == ()
    assert tallies(result) == [(180, 0, 0, 0), (178, 0, 0, 0), (186, 0, 0, 0)]
    assert result.change_count == 180
    assert result.changes[0] == "新增房屋 1-1-0101：张依诺"
    again = take(office, file, site_id)
    assert tallies(again) == [(0, 0, 0, 180), (0, 0, 0, 178), (0, 0, 0, 186)]
    assert again.changes == ()
    with office.sessions() as session:
        assert counts(session) == [3 + 180, 4 + 178, 4 + 186]


def test_what_a_row_becomes(office: Office) -> None:
    site_id = new_site(office)
    take(office, io.BytesIO(DEMO.read_bytes()), site_id)
    with office.sessions() as session:
        house = session.scalars(
            select(House).where(House.site_id == site_id, House.code == "1-1-0302")
        ).one()
        assert (house.building, house.unit, house.room) == ("1", "1", "0302")
        assert (house.floor, house.kind, house.area) == (3, "住宅", 8936)
        assert (house.status, house.handed_over_on) == ("vacant", "2023-08-22")
        (link,) = house.parties
        assert (link.relation, link.share, link.since, link.until) == (
            "owner",
            10_000,
            "2023-08-22",
            None,
        )
        assert (link.contract_no, link.source) == ("示购0110302", "清册.xlsx")
        assert link.remark == "名下另有3-2-0301"
        party = link.party
        assert (party.kind, party.name) == ("company", "示例云杉商贸有限公司")
        assert party.site_id == site_id
        assert (party.phone, party.other_phone) == ("15400000497", "15400000239")
        assert (party.emergency_contact, party.id_tail) == ("李泽宇", "013U")
        assert party.id_no is not None and party.id_no.startswith("gAAAA")
        assert office.runtime.seal.open(party.id_no) == "91990101MA0DEM013U"
        both = select(func.count()).select_from(HouseParty)
        assert session.scalar(both.where(HouseParty.party_id == party.id)) == 2


def test_few_statements_however_many_rows(office: Office) -> None:
    site_id = new_site(office)
    statements = []
    event.listen(
        office.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
    )
    take(office, io.BytesIO(DEMO.read_bytes()), site_id)
    assert len(statements) <= 14
    statements.clear()
    take(office, io.BytesIO(DEMO.read_bytes()), site_id)
    assert len(statements) <= 6


def test_a_dry_run_writes_nothing(office: Office) -> None:
    file = owners(first(手机号="15400000999"), {"业主名称": "新人", "房间": "0301"})
    seen = look(office, file)
    assert not seen.written
    with office.sessions() as session:
        assert counts(session) == [3, 4, 4]
    done = take(office, file)
    assert (seen.tallies, seen.changes) == (done.tallies, done.changes)


def test_findings_write_nothing(office: Office) -> None:
    result = take(office, io.BytesIO(PLANTED.read_bytes()))
    assert not result.written
    assert len(result.findings) == 10
    with office.sessions() as session:
        assert counts(session) == [3, 4, 4]


def test_a_file_that_is_no_workbook(desk: Office) -> None:
    with pytest.raises(NotAWorkbook):
        take(desk, io.BytesIO(b"\x89PNG\r\n\x1a\n"))


def test_only_what_the_file_says_is_changed(office: Office) -> None:
    file = owners(
        first(手机号="15400000999", 房屋状态="出租", 建筑面积=98.5, 备注="新")
    )
    result = take(office, file)
    assert tallies(result) == [(0, 1, 0, 0), (0, 1, 0, 0), (0, 1, 0, 0)]
    assert result.changes == (
        "张依诺 手机号：154****0073 → 154****0999",
        "1-1-0101 房屋状态：未交房 → 出租",
        "1-1-0101 张依诺 备注：空 → 新",
    )
    assert result.notices == ("系统里另有 2 套房屋不在清册中，未作改动",)
    with office.sessions() as session:
        house = session.scalars(select(House).where(House.code == "1-1-0101")).one()
        assert (house.area, house.kind, house.status) == (9850, "住宅", "let")
        assert links(session) == [("张依诺", 10_000, None, None)]
    assert take(office, file).to_change == 0


def test_empty_cells_leave_what_is(office: Office) -> None:
    titles = (
        "手机号",
        "身份证号",
        "建筑面积",
        "房屋状态",
        "合同编号",
        "产权份额",
        "楼层",
    )
    blank = {title: None for title in titles}
    result = take(office, owners({"业主名称": "张依诺", **blank}))
    assert tallies(result) == [(0, 0, 0, 1), (0, 0, 0, 1), (0, 0, 0, 1)]


def test_a_house_the_file_gives_no_owner_keeps_its_owner(office: Office) -> None:
    result = take(office, owners({"房屋状态": "空置", "备注": "等通知"}))
    assert tallies(result) == [(0, 1, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)]
    assert "1 套房屋没有业主，备注没有地方保存，未写入" in result.notices
    with office.sessions() as session:
        assert links(session) == [("张依诺", 10_000, None, None)]


@pytest.mark.parametrize(
    ("handed_over", "until", "since"),
    [
        (None, "2026-11-21", "2026-11-21"),
        ("2026-10-01", "2026-09-30", "2026-10-01"),
    ],
)
def test_a_house_changes_hands(
    office: Office, handed_over: str | None, until: str, since: str
) -> None:
    file = owners(
        {"业主名称": "新人", "身份证号": id_number(7), "交房日期": handed_over}
    )
    result = take(office, file)
    assert tallies(result)[1:] == [(1, 0, 0, 0), (1, 0, 1, 0)]
    assert f"1-1-0101 原业主 张依诺 至 {until} 止" in result.changes
    assert f"1-1-0101 新业主 新人，自 {since} 起" in result.changes
    with office.sessions() as session:
        assert links(session) == [
            ("张依诺", 10_000, None, until),
            ("新人", None, since, None),
        ]
    again = take(office, file)
    assert (again.to_add, again.to_change) == (0, 0)


def test_a_new_owner_under_the_old_date_is_there_from_today(office: Office) -> None:
    """A register often keeps the first handover's date when the house is sold on."""
    take(office, owners(first(交房日期="2025-09-08")))
    take(office, owners({"业主名称": "新人", "交房日期": "2025-09-08"}))
    with office.sessions() as session:
        assert links(session) == [
            ("张依诺", 10_000, "2025-09-08", "2026-11-21"),
            ("新人", None, "2026-11-21", None),
        ]


def test_one_of_two_owners_leaves(office: Office) -> None:
    file = owners({"业主名称": "陈晓芸", "房间": "0201", "产权份额": "100%"})
    result = take(office, file)
    assert result.changes == (
        "1-1-0201 陈晓芸 产权份额：50% → 100%，自 2026-11-21 起",
        "1-1-0201 原业主 贾大勇 至 2026-11-21 止",
    )
    with office.sessions() as session:
        assert links(session, "1-1-0201") == [
            ("陈晓芸", 5_000, None, "2026-11-21"),
            ("贾大勇", 5_000, None, "2026-11-21"),
            ("陈晓芸", 10_000, "2026-11-21", None),
        ]
        kept = select(HouseParty.contract_no).where(HouseParty.share == 10_000)
        assert "示购110201" in session.scalars(kept).all()
    assert take(office, file).to_change == 0


def test_an_owner_who_comes_back_gets_a_third_row(office: Office) -> None:
    for name in ("新人", "张依诺"):
        take(office, owners({"业主名称": name, "手机号": "15400000073"}))
    with office.sessions() as session:
        assert [name for name, *_, until in links(session) if until is None] == [
            "张依诺"
        ]
        assert len(links(session)) == 3
        assert counts(session)[1] == 4 + 1


@pytest.mark.parametrize(
    "cells",
    [
        {"业主名称": "张依诺诺", "身份证号": ZHANG[1]},  # by certificate, renamed
        {"业主名称": ZHANG[0], "手机号": ZHANG[2]},
        {"业主名称": ZHANG[0], "手机号": "15400000998"},  # by name in the same house
        {"业主名称": ZHANG[0]},
    ],
)
def test_the_same_person_is_found(office: Office, cells: dict[str, Any]) -> None:
    result = take(office, owners(cells))
    assert tallies(result)[1][0] == 0
    with office.sessions() as session:
        assert counts(session) == [3, 4, 4]


@pytest.mark.parametrize(
    "cells",
    [
        {"业主名称": ZHANG[0], "身份证号": id_number(9), "手机号": ZHANG[2]},
        {"业主名称": FENG[0]},  # of another house, and only by name
    ],
)
def test_somebody_else_is_not(office: Office, cells: dict[str, Any]) -> None:
    assert tallies(take(office, owners(cells)))[1][0] == 1


def test_a_known_person_buys_a_second_house(office: Office) -> None:
    name, id_no, phone = FENG
    file = owners({"房间": "0301", "业主名称": name, "手机号": phone})
    assert tallies(take(office, file)) == [(1, 0, 0, 0), (0, 0, 0, 1), (1, 0, 0, 0)]


def test_a_certificate_is_added_to_a_known_person(office: Office) -> None:
    file = owners({"房间": "0301", "业主名称": "新人", "手机号": "15400000777"})
    take(office, file)
    with_id = owners(
        {
            "房间": "0301",
            "业主名称": "新人",
            "手机号": "15400000777",
            "身份证号": id_number(3),
        }
    )
    result = take(office, with_id)
    assert result.changes == (f"新人 证件号尾号：空 → {id_number(3)[-4:]}",)
    with office.sessions() as session:
        party = session.scalars(select(Party).where(Party.name == "新人")).one()
        assert party.kind == "person"
        assert party.id_digest == office.runtime.seal.digest(id_number(3))
    assert take(office, with_id).to_change == 0


def test_two_sites_do_not_share_people(office: Office) -> None:
    result = take(office, owners(first()), new_site(office))
    assert tallies(result) == [(1, 0, 0, 0), (1, 0, 0, 0), (1, 0, 0, 0)]


def test_numbers_find_the_rooms_that_are_there(office: Office) -> None:
    assert tallies(take(office, owners(first(房间=101))))[0] == (0, 0, 0, 1)


def test_thirds_stay_within_the_whole(office: Office) -> None:
    rows = [{"业主名称": n, "房间": "0301", "产权份额": "1/3"} for n in "甲乙丙"]
    take(office, owners(*rows))
    with office.sessions() as session:
        assert [share for _, share, *_ in links(session, "1-1-0301")] == [3333] * 3
    assert take(office, owners(*rows)).to_change == 0


def test_another_contract_is_another_row(office: Office) -> None:
    take(office, owners(first(合同编号="示购新")))
    with office.sessions() as session:
        numbers = select(HouseParty.contract_no, HouseParty.until, HouseParty.share)
        rows = session.execute(
            numbers.join(House).where(House.code == "1-1-0101").order_by(HouseParty.id)
        ).all()
        assert [tuple(row) for row in rows] == [
            ("示购110101", "2026-11-21", 10_000),
            ("示购新", None, 10_000),
        ]
