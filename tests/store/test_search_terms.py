"""What people and vehicles are found by follows them, whoever writes them."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from engine import open_engine
from engine.store.database import insert_rows
from engine.store.search_terms import SearchTerm
from engine.store.tables import Party, Vehicle
from tests.cast import Office


def terms(session: Session, row_id: int, *kinds: str) -> list[str]:
    query = select(SearchTerm.term).where(
        SearchTerm.row_id == row_id, SearchTerm.kind.in_(kinds)
    )
    return sorted(session.scalars(query))


def add(office: Office, session: Session, **values: str) -> Party:
    party = Party(site_id=office.site_id, **values)
    session.add(party)
    session.flush()
    return party


def test_every_end_of_a_name(office: Office) -> None:
    with office.sessions() as session:
        own = add(office, session, name="Ad云芳").id
        assert terms(session, own, "name") == ["ad云芳"]
        assert terms(session, own, "part") == sorted(["d云芳", "云芳", "芳"])
        long = add(office, session, name="甲" * 100).id
        found = terms(session, long, "part")
        assert (len(found), max(map(len, found))) == (1, 40)


@pytest.mark.parametrize(
    "phone, other, found",
    [
        ("15400000681", None, ["0681"]),
        ("15400000681", "15499990681", ["0681"]),
        ("15400000681", "0633-1234567", ["0681", "4567"]),
        ("110", None, []),
        ("1100", "", ["1100"]),
    ],
)
def test_of_phones_the_last_four(
    office: Office, phone: str, other: str | None, found: list[str]
) -> None:
    with office.sessions() as session:
        own = add(office, session, name="王", phone=phone, other_phone=other).id
        assert terms(session, own, "tail") == found


def test_they_follow_changes_and_go_with_the_row(office: Office) -> None:
    with office.sessions() as session:
        party = add(office, session, name="王一", phone="15400000681")
        other = add(office, session, name="李二", phone="15400000111")
        plate = Vehicle(site_id=office.site_id, plate="示A·b1")
        session.add(plate)
        session.flush()
        ends = ["示AB1", "AB1", "B1", "1"]
        assert terms(session, plate.id, "plate") == sorted(ends)
        # a statement that knows nothing of the terms
        session.execute(
            update(Party).where(Party.id == party.id).values(name="赵", phone=None)
        )
        session.execute(update(Vehicle).values(plate="示A2"))
        assert terms(session, party.id, "name", "part", "tail") == ["赵"]
        assert terms(session, plate.id, "plate") == sorted(["示A2", "A2", "2"])
        # the terms of a vehicle of the same id stay when a party goes
        session.execute(delete(Party).where(Party.id == party.id))
        assert terms(session, party.id, "name", "part", "tail") == []
        assert len(terms(session, plate.id, "plate")) == 3
        session.execute(text("DELETE FROM vehicle"))
        assert terms(session, plate.id, "plate") == []
        assert terms(session, other.id, "name", "part", "tail") == sorted(
            ["李二", "二", "0111"]
        )


def test_many_rows_in_one_statement(office: Office) -> None:
    rows = [{"site_id": office.site_id, "name": f"批量{n}"} for n in range(300)]
    with office.sessions.begin() as session:
        insert_rows(session, Party, rows)
        query = select(SearchTerm).where(SearchTerm.term.like("批量%"))
        assert len(session.scalars(query).all()) == 300


def test_who_was_there_before_is_listed_too(database_url: str) -> None:
    """What migration 0019 makes of rows that it finds is what its triggers make."""
    from alembic import command
    from alembic.config import Config

    from engine.store.upgrade import MIGRATIONS

    engine = open_engine(database_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0018")
        for statement in _BEFORE:
            connection.execute(text(statement))
        command.upgrade(config, "0019")
        listed = connection.execute(text(_LISTED)).all()
        for statement in _AGAIN:
            connection.execute(text(statement))
        assert connection.execute(text(_LISTED)).all() == listed
    assert len(listed) == 3 + 1 + 4
    engine.dispose()


_BEFORE = (
    "INSERT INTO site (id, code, name, demo, parameters) "
    "VALUES (1, 'a', 'a', false, '{}')",
    "INSERT INTO party (id, site_id, kind, name, phone) "
    "VALUES (1, 1, 'person', '陈晓芸', '15400000106')",
    "INSERT INTO vehicle (id, site_id, plate) VALUES (1, 1, '示A·12')",
)
_AGAIN = (
    "UPDATE party SET name = name, phone = phone",
    "UPDATE vehicle SET plate = plate",
)
_LISTED = (
    "SELECT kind, term, site_id, row_id FROM search_term ORDER BY kind, term, row_id"
)
