"""Writing all of an act at once: in order, all of it or none, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from engine.store.database import StaleCase
from engine.store.tables import House, ImportRun, Meter, MeterReading
from engine.store.writes import Change, Rows, write_all
from tests.cast import Office
from tests.statements import counted

_HOUSE = update(House).where(
    House.id == bindparam("of_house"), House.status == bindparam("from_status")
)


@pytest.fixture()
def house(session: Session, office: Office) -> House:
    found = session.scalars(select(House).order_by(House.id)).first()
    assert found is not None
    return found


def meter(house: House, number: str) -> dict[str, object]:
    facts = {"site_id": house.site_id, "house_id": house.id, "kind": "water"}
    return {**facts, "number": number, "until": None}


def change(house: House, status: str | None, to: str) -> Change:
    matching = {"of_house": house.id, "from_status": status}
    return Change(_HOUSE, matching, {"status": to})


def numbers(session: Session) -> list[str]:
    return list(session.scalars(select(Meter.number).order_by(Meter.number)))


def test_changes_and_rows_are_written_together(session: Session, house: House) -> None:
    before = house.status
    write_all(
        session,
        [
            change(house, before, "let"),
            Rows(Meter, [meter(house, "W1"), meter(house, "表“2”\n")]),
            Rows(MeterReading, []),
        ],
    )
    session.commit()
    session.refresh(house)
    assert house.status == "let"
    assert numbers(session) == ["W1", "表“2”\n"]


def test_what_does_not_match_is_stale_and_nothing_stays(
    session: Session, house: House
) -> None:
    stale = [Rows(Meter, [meter(house, "W1")]), change(house, "nowhere", "let")]
    with pytest.raises(StaleCase):
        write_all(session, stale)
    session.rollback()
    assert numbers(session) == []


def test_the_second_change_is_held_against_its_own_row(
    session: Session, house: House
) -> None:
    other = session.scalars(select(House).where(House.id != house.id)).first()
    assert other is not None
    writes = [change(house, house.status, "let"), _other(other)]
    write_all(session, writes)
    session.commit()
    session.refresh(other)
    session.refresh(house)
    assert (house.status, other.status) == ("let", "office")
    assert isinstance(other.handed_over_on, str)


_OTHER = update(House).where(House.id == bindparam("of_other"))


def _other(house: House) -> Change:
    values = {"status": "office", "handed_over_on": "2026-03-02"}
    return Change(_OTHER, {"of_other": house.id}, values)


def test_postgresql_takes_it_in_one_statement(
    session: Session, office: Office, house: House
) -> None:
    with counted(office.engine) as asked:
        write_all(
            session,
            [change(house, house.status, "let"), Rows(Meter, [meter(house, "W1")])],
        )
    one = office.engine.dialect.name == "postgresql"
    assert len(asked.statements) == (1 if one else 2)


def test_times_and_json_are_kept_as_they_are(session: Session, office: Office) -> None:
    at = datetime(2026, 3, 2, 1, 30, 5, 123456, tzinfo=UTC)
    run = {
        "site_id": office.site_id,
        "kind": "keys",
        "file_name": "钥匙.xlsx",
        "digest": "0",
        "state": "done",
        "result": {"a": [1, None, "“x”", 2.5, True]},
        "progress": 0,
        "at": at,
    }
    house = session.scalars(select(House).order_by(House.id)).first()
    assert house is not None
    write_all(session, [change(house, house.status, "let"), Rows(ImportRun, [run])])
    session.commit()
    kept = session.scalars(select(ImportRun)).one()
    assert (kept.at, kept.result) == (at, run["result"])
    assert kept.undone_at is None
