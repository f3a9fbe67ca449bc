"""The papers of a person and of a house: those one may read, a page at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine import NotFound, Person, papers_of_house, papers_of_party
from engine.reads.papers_of import PAGE
from engine.store.tables import House, Party, Record, Site
from tests.actions.handover import upto
from tests.cast import Office
from tests.papers import slip, write
from tests.statements import counted


def party(office: Office, name: str) -> int:
    with office.sessions() as session:
        return session.scalars(select(Party.id).where(Party.name == name)).one()


def house(office: Office, code: str) -> int:
    with office.sessions() as session:
        return session.scalars(select(House.id).where(House.code == code)).one()


def kinds(office: Office, who: Person, own: int, page: int = 1) -> list[str]:
    with office.sessions() as session:
        found = papers_of_party(session, office.runtime, who, own, page)
        return [row.kind for row in found.rows]


@pytest.mark.parametrize(
    ("username", "found"),
    [
        ("hanwc", {"R01", "R02", "R03", "R04"}),  # a manager
        ("yaojn", {"R01", "R02", "R03", "R04"}),  # a reader of these registers
        ("baiyf", set()),  # at the gate
    ],
)
def test_whoever_may_read_them(office: Office, username: str, found: set[str]) -> None:
    upto(office, "the end")
    own = party(office, "张依诺")
    assert set(kinds(office, office.person(username), own)) == found


def test_of_other_kinds_only_those_of_ones_own_cases(office: Office) -> None:
    upto(office, "the end")
    own = house(office, "1-1-0101")
    with office.sessions() as session:
        cashier = office.person("jiahl")
        seen = papers_of_house(session, office.runtime, cashier, own).rows
        boss = office.person("hanwc")
        every = papers_of_house(session, office.runtime, boss, own).rows
    assert {row.house for row in every} == {"1-1-0101"}
    assert [row.id for row in every] == sorted((r.id for r in every), reverse=True)
    assert {row.id for row in seen} == {row.id for row in every}  # she took the fee
    assert all(row.case and row.case_id for row in every)


def test_a_page_at_a_time_in_a_few_statements(office: Office) -> None:
    papers = [
        slip({"payee": "陈晓芸"}, "1-1-0201", kind="R31") for _ in range(PAGE + 1)
    ]
    write(office, *papers)
    boss, own = office.person("hanwc"), party(office, "陈晓芸")
    with counted(office.engine) as asked, office.sessions() as session:
        first = papers_of_party(session, office.runtime, boss, own)
        second = papers_of_party(session, office.runtime, boss, own, 2)
    assert (len(first.rows), first.more) == (PAGE, True)
    assert (len(second.rows), second.more) == (1, False)
    assert first.rows[0].number == f"R31-2026-{PAGE + 1:05d}"
    assert len(asked.statements) <= 4, asked.told


def test_of_another_site_there_is_nothing(office: Office) -> None:
    with office.sessions.begin() as session:
        other = Site(code="other", name="别处小区")
        session.add(other)
        session.flush()
        site_id = other.id
    boss = office.person("hanwc")
    stranger = Person(boss.id, "x", "外人", boss.roles, frozenset({site_id}))
    asked: list[tuple[Callable[..., object], int]] = [
        (papers_of_party, party(office, "陈晓芸")),
        (papers_of_house, house(office, "1-1-0201")),
    ]
    for read, own in asked:
        for missing in (own, 999_999):
            with office.sessions() as session, pytest.raises(NotFound):
                read(session, office.runtime, stranger, missing)


def test_a_paper_of_the_same_house_code_elsewhere_is_not_shown(office: Office) -> None:
    with office.sessions.begin() as session:
        other = Site(code="other", name="别处小区")
        session.add(other)
        session.flush()
        session.add(
            Record(
                site_id=other.id,
                kind="R31",
                year=2026,
                serial=1,
                number="R31-2026-00001",
                house_code="1-1-0201",
                title="别处",
                data={},
            )
        )
    with office.sessions() as session:
        own = house(office, "1-1-0201")
        found = papers_of_house(session, office.runtime, office.person("hanwc"), own)
    assert found.rows == []
