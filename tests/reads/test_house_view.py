"""A house and a person: everything the registry holds of them, to who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from engine import HouseView, NotFound, Person, house_view, party_view
from engine.store.tables import (
    Case,
    Deposit,
    Event,
    House,
    HouseParty,
    KeyMove,
    HouseKey,
    ParkingSpace,
    Party,
    Site,
    SpaceLease,
    Vehicle,
)
from tests.actions.handover import begin, upto
from tests.actions.running import at
from tests.cast import Office
from tests.estate import HOUSE, add_key, add_meter, add_sheet, add_tenant, house_id
from tests.statements import counted

MARCH = "2026-03-10 09:00"


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with time_machine.travel(at(MARCH), tick=False):
        yield


def seen(office: Office, username: str = "hanwc", code: str = HOUSE) -> HouseView:
    with office.sessions() as session:
        return house_view(session, office.runtime, office.person(username), code)


def another_site(office: Office, *codes: str) -> int:
    with office.sessions.begin() as session:
        other = Site(code="other", name="别处小区")
        session.add(other)
        session.flush()
        for code in codes:
            session.add(
                House(site_id=other.id, code=code, building="1", unit="1", room="1")
            )
        return other.id


def only_on(person: Person, site_id: int) -> Person:
    return Person(person.id, "x", "外人", person.roles, frozenset({site_id}))


def party_id(office: Office, name: str) -> int:
    with office.sessions() as session:
        return session.scalars(select(Party.id).where(Party.name == name)).one()


def test_everything_of_the_registry(office: Office) -> None:
    add_sheet(
        office,
        "2026-03-09",
        ("物业费", 5000, 2000, "2026-03-10"),
        ("水费", 10, 0, None),
    )
    add_key(office, "K1", "lent")
    add_meter(office, "W1", "water", ("2026-01-31", 100), ("2026-02-28", 250))
    add_meter(office, "W0", "water", ("2026-03-01", 9), until="2026-03-02")
    add_tenant(office, "林一", False)
    with office.sessions.begin() as session:
        own = house_id(session)
        key = session.scalars(select(HouseKey)).one()
        session.add(KeyMove(key_id=key.id, act="received", on="2026-01-01"))
        session.add(KeyMove(key_id=key.id, act="lent", on="2026-03-01", who="木工"))
        for plate, until in (("示A00001", "2026-01-01"), ("示A00002", None)):
            row = Vehicle(site_id=office.site_id, plate=plate, house_id=own)
            row.until = until
            session.add(row)
        space = ParkingSpace(site_id=office.site_id, code="A1", house_id=None)
        space.leases = [
            SpaceLease(user="从前", until="2026-01-01", house_id=own),
            SpaceLease(user="现在", house_id=own),
        ]
        session.add(space)
    view = seen(office)
    assert [m.party.name for m in view.now("owner")] == ["冯南乔"]
    assert [m.party.name for m in view.now("tenant")] == ["林一"]
    assert view.owed is not None and not view.owed.stale
    assert (view.owed.overdue, len(view.owed.rows)) == (3010, 2)
    assert [(k.code, m and m.who) for k, m in view.keys] == [("K1", "木工")]
    assert [v.plate for v in view.vehicles] == ["示A00002", "示A00001"]
    assert [[each.user for each in s.leases] for s in view.spaces] == [["现在"]]
    assert [(m.number, r and r.value) for m, r in view.meters] == [("W1", 250)]


@pytest.mark.parametrize(
    "as_of, stale, days",
    [
        ("2026-03-10", False, 0),
        ("2026-03-07", False, 3),
        ("2026-03-06", True, 4),
        ("2026-03-11", True, None),
    ],
)
def test_how_old_the_balances_are(
    desk: Office, as_of: str, stale: bool, days: int | None
) -> None:
    add_sheet(desk, as_of, ("物业费", 1, 0, "2026-03-11"))
    owed = seen(desk).owed
    assert (owed.stale, owed.days, owed.overdue) == (stale, days, 0)


@pytest.mark.parametrize("until, past", [("2026-03-09", True), ("2026-03-10", False)])
def test_who_left_is_told_apart(desk: Office, until: str, past: bool) -> None:
    add_tenant(desk, "林一", True, until=until)
    view = seen(desk)
    names = [m.party.name for m in view.earlier("tenant")]
    assert names == (["林一"] if past else [])
    assert len(view.now("tenant")) == (0 if past else 1)


def test_state_changes_of_this_house_alone(office: Office) -> None:
    case_id = begin(office)
    changes = [("1-1-0101", "vacant"), ("1-1-0102", "fitout")]
    with office.sessions.begin() as session:
        for n, (code, state) in enumerate(changes):
            told = {"unit_no": code, "before": None, "after": state}
            line = Event(case_id=case_id, seq=900 + n, at=datetime.now(UTC))
            line.actor, line.kind, line.detail = "谁", "house_state_set", told
            session.add(line)
    (change,) = seen(office, code="1-1-0101").states
    assert (change.after, change.by, change.case_id) == ("vacant", "谁", case_id)


def test_cases_papers_and_deposits_by_rights(office: Office) -> None:
    upto(office, "the end")
    begin(office)
    with office.sessions.begin() as session:
        first = session.scalars(select(Case.id).order_by(Case.id)).first()
        row = {"site_id": office.site_id, "house_code": "1-1-0101", "case_id": first}
        for n, back in enumerate((0, 100)):
            money = {"taken": 100, "refunded": back, "deducted": 0}
            session.add(
                Deposit(**row, **money, kind="card", payer="张依诺", once=f"{n}")
            )
    boss = seen(office, "hanwc", "1-1-0101")
    assert [case.status for case in boss.cases] == ["running", "ended"]
    assert [each.held for each in boss.deposits] == [100, 0]
    assert boss.papers.rows
    guard = seen(office, "baiyf", "1-1-0101")
    assert (guard.cases, guard.papers.rows, guard.deposits) == ([], [], None)
    clerk = seen(office, "lusy", "1-1-0101")
    assert "house_handover" in [o.version.process_id for o in clerk.offers]
    assert {o.field for o in clerk.offers} == {"unit_no"} and guard.offers == []
    own = party_id(office, "张依诺")
    with office.sessions() as session:
        person = party_view(session, office.runtime, office.person("hanwc"), own)
        stranger = party_id(office, "陈晓芸")
        other = party_view(session, office.runtime, office.person("hanwc"), stranger)
    assert [case.status for case in person.cases] == ["ended"]
    assert len(person.deposits) == 2 and person.papers.rows
    assert other.deposits == [] and other.cases == []


def test_a_deposit_of_a_namesake_is_not_shown(desk: Office) -> None:
    case_id = begin(desk)
    with desk.sessions.begin() as session:
        money = {"taken": 100, "refunded": 0, "deducted": 0, "case_id": case_id}
        place = {"site_id": desk.site_id, "house_code": "1-1-0201"}
        session.add(Deposit(**place, **money, kind="card", payer="张依诺", once="1"))
    with desk.sessions() as session:
        own = party_id(desk, "张依诺")
        view = party_view(session, desk.runtime, desk.person("hanwc"), own)
    assert view.deposits == []


def test_houses_vehicles_and_keys_of_a_person(office: Office) -> None:
    own = party_id(office, "冯南乔")
    add_key(office, "K1", "lent")
    add_key(office, "K2", "in_cabinet")
    with office.sessions.begin() as session:
        for key in session.scalars(select(HouseKey)):
            session.add(KeyMove(key_id=key.id, act="x", on="2026-03-01", who="冯南乔"))
        past = HouseParty(house_id=house_id(session, "1-1-0101"), party_id=own)
        past.relation, past.until = "tenant", "2026-03-09"
        session.add(past)
        session.add(Vehicle(site_id=office.site_id, plate="示A00001", party_id=own))
    with office.sessions() as session:
        view = party_view(session, office.runtime, office.person("lusy"), own)
    homes = [(home.house.code, home.past) for home in view.homes]
    assert homes == [("1-1-0102", False), ("1-1-0101", True)]
    assert [v.plate for v in view.vehicles] == ["示A00001"]
    assert [(k.code, code) for k, _, code in view.keys] == [("K1", "1-1-0102")]
    assert view.deposits is None and not view.identity


def test_only_who_works_on_the_site_sees_them(office: Office) -> None:
    site_id = another_site(office, "9-1-0101", "1-1-0101")
    boss = office.person("hanwc")
    stranger = only_on(boss, site_id)
    nobody = Person(boss.id, "x", "无岗", frozenset())
    own = party_id(office, "张依诺")
    with office.sessions() as session:
        asked = (session, office.runtime)
        # the same code on two sites: the one the address names, else one's own
        there = house_view(*asked, stranger, "1-1-0101").house
        assert there.site_id == site_id
        assert house_view(*asked, boss, "1-1-0101").house.site_id == office.site_id
        chosen = house_view(*asked, boss, "1-1-0101", str(site_id)).house
        assert chosen.site_id == site_id
        for who, code, site in (
            (stranger, "1-1-0201", ""),
            (stranger, "1-1-0101", str(office.site_id)),
            (nobody, "1-1-0201", ""),
            (boss, "1-1-0201", str(site_id)),
            (boss, "no such house", ""),
            (boss, "1-1-0101", "x"),
        ):
            with pytest.raises(NotFound):
                house_view(*asked, who, code, site)
        for who in (stranger, nobody):
            with pytest.raises(NotFound):
                party_view(*asked, who, own)
        with pytest.raises(NotFound):
            party_view(*asked, boss, 999_999)
        assert house_view(*asked, stranger, "9-1-0101").offers == []


def test_statements_do_not_grow_with_the_rows(desk: Office) -> None:
    boss = desk.person("hanwc")

    def asked() -> int:
        with counted(desk.engine) as found, desk.sessions() as session:
            view = house_view(session, desk.runtime, boss, HOUSE)
            assert [m.party.name for m in view.people]
        return len(found.statements)

    asked()  # versions are read once
    few = asked()
    for n in range(3):
        add_tenant(desk, f"林{n}", True)
        add_key(desk, f"K{n}")
        add_meter(desk, f"W{n}", "water", ("2026-01-31", 100))
    # one a list: house, people, sheet, keys, vehicles, spaces, meters, deposits,
    # cases, papers, two of states, what may be started from here
    assert asked() == few <= 14
