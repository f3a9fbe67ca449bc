"""A paper is joined to the people of its house who stand in it, by the act that writes it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from engine import replace_record, transact, void_record
from engine.actions.list_records import list_records, unlisted
from engine.store.tables import HouseParty, Party, Record, RecordParty
from tests.actions.handover import upto
from tests.cast import Office
from tests.papers import slip, write

OLD = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)  # 23:59 on 1 March in Shanghai
NEW = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)  # 2 March there


def named(office: Office, record_id: int) -> set[str]:
    with office.sessions() as session:
        query = select(Party.name).join(RecordParty, RecordParty.party_id == Party.id)
        return set(session.scalars(query.where(RecordParty.record_id == record_id)))


@pytest.mark.parametrize(
    ("data", "house", "found"),
    [
        ({"payee": "陈晓芸"}, "1-1-0201", {"陈晓芸"}),
        ({"payee": "陈晓芸、 贾大勇"}, "1-1-0201", {"陈晓芸", "贾大勇"}),
        ({"payee": "陈晓芸、陈晓芸"}, "1-1-0201", {"陈晓芸"}),
        ({"payee": "陈晓芸"}, "1-1-0101", set()),
        ({"payee": "陈晓芸"}, None, set()),
        ({"payee": "陈晓"}, "1-1-0201", set()),
        ({"payee": ["陈晓芸"]}, "1-1-0201", set()),
        ({"payee": None, "remark": "陈晓芸"}, "1-1-0201", set()),
        ({"payee": "陈晓芸" * 40}, "1-1-0201", set()),
        ({}, "1-1-9999", set()),
    ],
)
def test_who_is_named_and_belongs_to_the_house(
    office: Office, data: dict[str, Any], house: str | None, found: set[str]
) -> None:
    record_id = write(office, slip(data, house, kind="R31"))[-1]
    assert named(office, record_id) == found


@pytest.mark.parametrize(
    ("chosen", "linked"),
    [
        ({"party_id": "{own}", "name": "陈晓芸"}, True),
        ([{"who": {"party_id": "{own}", "name": "旧名"}, "qty": 1}], True),
        ({"party_id": "{own}", "name": "陈晓芸", "more": 1}, False),
        ({"staff_id": "{own}", "name": "陈晓芸"}, False),
        ({"party_id": "99999", "name": "陈晓芸"}, False),
        ({"party_id": "x", "name": "陈晓芸"}, False),
        ("#{own}", False),
    ],
)
def test_who_was_chosen_by_id_needs_no_house(
    office: Office, chosen: Any, linked: bool
) -> None:
    with office.sessions() as session:
        own = session.scalars(select(Party.id).where(Party.name == "陈晓芸")).one()
    data = json.loads(json.dumps({"payee": chosen}).replace("{own}", str(own)))
    for house in (None, "1-1-0101"):
        record_id = write(office, slip(data, house, kind="R31"))[-1]
        assert named(office, record_id) == ({"陈晓芸"} if linked else set()), house


def test_on_the_day_of_the_paper(office: Office) -> None:
    with office.sessions.begin() as session:
        of = select(Party.id).where(Party.name == "陈晓芸").scalar_subquery()
        link = update(HouseParty).where(HouseParty.party_id == of)
        session.execute(link.values(since="2026-02-01", until="2026-03-01"))
    days = {
        datetime(2026, 1, 31, 15, 59, tzinfo=UTC): set(),
        datetime(2026, 1, 31, 16, 0, tzinfo=UTC): {"陈晓芸"},
        OLD: {"陈晓芸"},
        NEW: set(),
    }
    for at, found in days.items():
        paper = slip({"payee": "陈晓芸"}, "1-1-0201", at, kind="R31")
        assert named(office, write(office, paper)[-1]) == found, at


def test_it_stays_when_void_and_goes_with_the_replacement(office: Office) -> None:
    record_id = write(office, slip({"payee": "陈晓芸"}, "1-1-0201", kind="R31"))[-1]
    manager = office.person("hanwc")
    with office.sessions() as session:
        transact(session, void_record, office.runtime, manager, record_id, "误填")
        fresh = transact(session, replace_record, office.runtime, manager, record_id)
        assert named(office, record_id) == named(office, fresh.id) == {"陈晓芸"}


def test_a_completed_paper_names_whom_it_names_then(office: Office) -> None:
    for payee in ("陈晓芸", "贾大勇"):
        paper = slip({"payee": payee}, "1-1-0201", kind="R31", key="x")
        (record_id,) = write(office, paper)
    assert named(office, record_id) == {"贾大勇"}


def test_older_papers_are_joined_when_registers_are_listed_anew(
    office: Office,
) -> None:
    record_id = write(office, slip({"payee": "陈晓芸"}, "1-1-0201", kind="R31"))[-1]
    with office.sessions.begin() as session:
        session.execute(update(Record).values(people=None))
    assert named(office, record_id) == set()
    with office.sessions() as session:
        assert unlisted(session)
        transact(session, list_records, office.runtime)
        assert not unlisted(session)
    assert named(office, record_id) == {"陈晓芸"}


def test_the_papers_of_a_handover_name_the_owner(office: Office) -> None:
    upto(office, "the end")
    with office.sessions() as session:
        ids = session.scalars(select(Record.id).where(Record.kind.in_(("R02", "R04"))))
        found = [named(office, record_id) for record_id in ids]
    assert found == [{"张依诺"}, {"张依诺"}]
