"""The cases of a house, and those whose papers name a person: running ones first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.people import Person, manages
from engine.store.cases import Case
from engine.store.estate import House, Party
from engine.store.record_parties import RecordParty
from engine.store.records import Record
from engine.store.seen import taking_part

MOST = 50


@dataclass(frozen=True)
class CaseLine:
    id: int
    number: str
    title: str
    context: str
    house: str | None
    status: str
    started_at: datetime
    ended_at: datetime | None


def cases_of_house(session: Session, person: Person, house: House) -> list[CaseLine]:
    """Those that ``person`` may see, the newest fifty."""
    return _lines(session, person, house.site_id, Case.house_code == house.code)


def cases_of_party(session: Session, person: Person, party: Party) -> list[CaseLine]:
    """The same, of the cases with a paper that names this person."""
    naming = (
        select(Record.case_id)
        .join(RecordParty, RecordParty.record_id == Record.id)
        .where(RecordParty.party_id == party.id)
    )
    return _lines(session, person, party.site_id, Case.id.in_(naming))


def _lines(
    session: Session, person: Person, site_id: int, these: ColumnElement[bool]
) -> list[CaseLine]:
    query = select(
        Case.id,
        Case.number,
        Case.title,
        Case.context,
        Case.house_code.label("house"),
        Case.status,
        Case.started_at,
        Case.ended_at,
    ).where(these, Case.site_id == site_id)
    if not manages(person, site_id):
        query = query.where(taking_part(person))
    order = ((Case.status == "running").desc(), Case.id.desc())
    rows = session.execute(query.order_by(*order).limit(MOST))
    return [CaseLine(**row._mapping) for row in rows]
