"""One box: houses, people, vehicles, cases and papers, by whatever somebody types."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import Person, search
from engine.reads.search import SHOWN
from engine.store.tables import House, HouseParty, Party, Site, Vehicle
from tests.actions.handover import begin, upto
from tests.cast import Office
from tests.papers import slip, write
from tests.statements import counted

SPELLED = {
    "1-1-0101": ["1-1-0101"],
    "1-1-101": ["1-1-0101"],
    "01-01-00101": ["1-1-0101"],
    "１—１—０１０１": ["1-1-0101"],
    "1栋1单元101": ["1-1-0101"],
    "1号楼1单元0101室": ["1-1-0101"],
    " 1 幢 1 门 101 号 ": ["1-1-0101"],
    "第1栋第1单元101号房": ["1-1-0101"],
    "0101": ["1-1-0101"],
    "101室": ["1-1-0101"],
    "1栋101": ["1-1-0101"],
    "1-101": ["1-1-0101"],
    "1-1": ["1-1-0101", "1-1-0102", "1-1-0201"],
    "1栋1单元": ["1-1-0101", "1-1-0102", "1-1-0201"],
    "1栋": ["1-1-0101", "1-1-0102", "1-1-0201"],
    "2栋": [],
    "1-1-9999": [],
    "a座": ["A-0-S101"],
    "s101": ["A-0-S101"],
    "陈晓芸": [],
    "1": [],
}


def titles(office: Office, q: str, group: str, username: str = "hanwc") -> list[str]:
    with office.sessions() as session:
        who = office.person(username)
        found = search(session, office.runtime, who, q, group)
    return [hit.title for hit in found.groups.get(group, [])]


def add_parties(office: Office, *names: str, site_id: int = 0, **more: str) -> None:
    with office.sessions.begin() as session:
        for name in names:
            own = site_id or office.site_id
            session.add(Party(site_id=own, name=name, **more))


def another_site(office: Office) -> int:
    with office.sessions.begin() as session:
        other = Site(code="other", name="别处小区")
        session.add(other)
        session.flush()
        place = {"building": "1", "unit": "1", "room": "0101"}
        session.add(House(site_id=other.id, code="1-1-0101", **place))
        session.add(Vehicle(site_id=other.id, plate="示B·99999"))
        return other.id


def test_a_house_however_it_is_written(office: Office) -> None:
    with office.sessions.begin() as session:
        place = {"building": "A", "unit": "0", "room": "S101"}
        session.add(House(site_id=office.site_id, code="A-0-S101", **place))
    for asked, codes in SPELLED.items():
        assert titles(office, asked, "houses") == codes, asked


@pytest.mark.parametrize(
    "asked, names",
    [
        ("陈晓芸", ["陈晓芸"]),
        ("晓芸", ["陈晓芸"]),
        ("芸", ["陈晓芸", "芸娘"]),
        ("  陈晓芸 ", ["陈晓芸"]),
        ("陈晓芸芸", []),
        ("acme", ["ACME 商贸（中国）有限公司"]),
        ("商贸（中国）", ["ACME 商贸（中国）有限公司"]),
        ("_", []),
        ("%", []),
        ("芸\U0010ffff", []),
    ],
)
def test_a_name_by_any_part(office: Office, asked: str, names: list[str]) -> None:
    add_parties(office, "芸娘", "ACME 商贸（中国）有限公司")
    assert sorted(titles(office, asked, "people")) == sorted(names)


def test_whose_name_begins_so_comes_first(office: Office) -> None:
    add_parties(office, "赵明", "明明", "明", "李明明")
    found = titles(office, "明", "people")
    assert found[:2] == ["明", "明明"] and len(found) == 4  # each once


@pytest.mark.parametrize(
    "asked, found",
    [
        ("0681", True),
        ("00681", True),
        ("15400000681", True),
        ("154-0000-0681", True),
        ("681", False),
        ("10681", False),
        ("115400000681", False),
    ],
)
def test_a_phone_by_its_end(office: Office, asked: str, found: bool) -> None:
    assert titles(office, asked, "people") == (["冯南乔"] if found else [])


def test_of_two_phones_the_one_that_was_meant(desk: Office) -> None:
    add_parties(desk, "两号", phone="15400001111", other_phone="15400002222")
    with desk.sessions() as session:
        who = desk.person("lusy")
        for asked in ("1111", "2222"):
            (hit,) = search(session, desk.runtime, who, asked).groups["people"]
            assert hit.told.endswith(asked)


@pytest.mark.parametrize(
    "asked, found",
    [
        ("示A·8I216", True),
        ("示a8i216", True),
        ("8I216", True),
        ("216", True),
        ("I21", True),
        ("示A8", True),
        ("16", False),
        ("示B8", False),
        ("A8I217", False),
    ],
)
def test_a_plate_by_any_part(office: Office, asked: str, found: bool) -> None:
    with office.sessions.begin() as session:
        own = session.scalars(select(House.id).order_by(House.code)).first()
        row = {"site_id": office.site_id, "plate": "示A·8I216", "house_id": own}
        session.add(Vehicle(**row, until="2026-01-01"))
        session.add(Vehicle(**row))
    with office.sessions() as session:
        hits = search(session, office.runtime, office.person("baiyf"), asked).groups
    shown = [(hit.past, hit.house) for hit in hits.get("vehicles", [])]
    assert shown == ([(False, "1-1-0101"), (True, "1-1-0101")] if found else [])


def test_a_case_by_its_number_for_who_may_see_it(office: Office) -> None:
    begin(office)
    number = _number(office)
    year, _, serial = number.partition("-")
    for asked in (number, f"{year}-{int(serial)}", serial):
        for username in ("hanwc", "lusy"):
            assert titles(office, asked, "cases", username), asked
        assert titles(office, asked, "cases", "baiyf") == []
    assert titles(office, f"{year}-999999", "cases") == []


def _number(office: Office) -> str:
    from engine.store.tables import Case

    with office.sessions() as session:
        return session.scalars(select(Case.number)).one()


def test_a_paper_by_its_number_for_who_may_read_it(office: Office) -> None:
    upto(office, "the end")
    write(office, *(slip({}, "1-1-0201", kind="R31") for _ in range(3)))

    def numbers(q: str, username: str = "hanwc") -> list[str]:
        with office.sessions() as session:
            who = office.person(username)
            hits = search(session, office.runtime, who, q).groups.get("records", [])
        return [hit.number for hit in hits]

    assert numbers("R31-2026-00002") == numbers("r31-2026-2") == ["R31-2026-00002"]
    assert numbers("R31") == [f"R31-2026-0000{n}" for n in (3, 2, 1)]
    assert len(numbers("R31-2026")) == 3 and numbers("R31-2025") == []
    assert numbers("X31-2026-00002") == [] == numbers("R31-2026-00002", "baiyf")
    assert len(numbers("R01", "jiahl")) == 1  # she took part in that case


def test_only_of_ones_own_sites(office: Office) -> None:
    begin(office)
    write(office, slip({}, "1-1-0201", kind="R31"))
    site_id = another_site(office)
    add_parties(office, "别处人", site_id=site_id, phone="15400007777")
    boss = office.person("hanwc")
    here = Person(boss.id, "x", "甲", boss.roles, frozenset({office.site_id}))
    there = Person(boss.id, "x", "乙", boss.roles, frozenset({site_id}))
    nobody = Person(boss.id, "x", "丙", frozenset())
    asked = {
        "1-1-0101": (1, 1),
        "别处人": (0, 1),
        "7777": (0, 1),
        "示B99999": (0, 1),
        "陈晓芸": (1, 0),
        "R31-2026-00001": (1, 0),
        _number(office): (1, 0),
    }
    with office.sessions() as session:
        for q, counts in asked.items():
            for who, count in zip((here, there), counts):
                hits = search(session, office.runtime, who, q).groups
                assert sum(map(len, hits.values())) == count, q
            assert search(session, office.runtime, nobody, q).groups == {}
        both = search(session, office.runtime, boss, "1-1-0101")
    assert [hit.site_id for hit in both.groups["houses"]] == [office.site_id, site_id]
    assert both.sites == {office.site_id: "示范里小区", site_id: "别处小区"}


def test_who_left_is_told_as_such(office: Office) -> None:
    with office.sessions.begin() as session:
        party = session.scalars(select(Party).where(Party.name == "冯南乔")).one()
        house = session.scalars(select(House).where(House.code == "1-1-0101")).one()
        link = HouseParty(house=house, party=party, relation="tenant")
        link.until = "2026-01-01"
        session.add(link)
    with office.sessions() as session:
        who = office.person("lusy")
        (hit,) = search(session, office.runtime, who, "冯南乔").groups["people"]
        (home,) = search(session, office.runtime, who, "1-1-0101").groups["houses"]
    ties = [(tie.name, tie.relation, tie.past) for tie in hit.ties]
    assert ties == [("1-1-0102", "owner", False), ("1-1-0101", "tenant", True)]
    assert [tie.name for tie in home.ties] == ["张依诺"]


@pytest.mark.parametrize("count, more", [(SHOWN, False), (SHOWN + 1, True)])
def test_twenty_of_a_group_and_more(desk: Office, count: int, more: bool) -> None:
    add_parties(desk, *(f"欧阳{n:02d}" for n in range(count)))
    with desk.sessions() as session:
        found = search(session, desk.runtime, desk.person("lusy"), "欧阳")
        every = search(session, desk.runtime, desk.person("lusy"), "欧阳", "people")
    assert len(found.groups["people"]) == SHOWN
    assert (found.more == {"people"}) is more
    assert len(every.groups["people"]) == count and not every.more


@pytest.mark.parametrize(
    "q", ["", "   ", "\0", "'", "\\", "-", "-" * 200, "😀", "R" * 99]
)
def test_whatever_is_typed(office: Office, q: str) -> None:
    with office.sessions() as session:
        assert not search(session, office.runtime, office.person("hanwc"), q).groups


def test_few_statements(desk: Office) -> None:
    add_parties(desk, *(f"欧阳{n:02d}" for n in range(30)))
    begin(desk)
    boss = desk.person("hanwc")
    for q in ("0101", "欧阳", "1-1-0101", "R31-2026-00001", _number(desk), "示A8I216"):
        with counted(desk.engine) as asked, desk.sessions() as session:
            search(session, desk.runtime, boss, q)
        # frame and account take two or three more
        assert len(asked.statements) <= 5, asked.told
