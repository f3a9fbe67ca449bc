"""The papers of a person or company, and those of a house: the last one first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.people import Person, manages, may_read_register
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.estate import House, Party
from engine.store.record_parties import RecordParty
from engine.store.records import Record
from engine.store.seen import taking_part

PAGE = 50


@dataclass(frozen=True)
class PaperRow:
    """``case`` is the number of the case it was written in, None for none."""

    id: int
    kind: str
    number: str
    title: str
    house: str
    created_at: datetime
    voided: bool
    case_id: int | None
    case: str | None


@dataclass(frozen=True)
class PaperList:
    rows: list[PaperRow]
    more: bool


def papers_of_party(
    session: Session, runtime: Runtime, person: Person, party_id: int, page: int = 1
) -> PaperList:
    """The papers that name this person and that ``person`` may read. Raises
    ``NotFound``: also for somebody of another site."""
    party = session.get(Party, party_id)
    if party is None or not person.on_site(party.site_id):
        raise NotFound()
    naming = select(RecordParty.record_id).where(RecordParty.party_id == party.id)
    named = Record.id.in_(naming)
    return _page(session, runtime, person, party.site_id, named, page)


def papers_of_house(
    session: Session, runtime: Runtime, person: Person, house_id: int, page: int = 1
) -> PaperList:
    """The papers of this house that ``person`` may read. Raises ``NotFound``."""
    house = session.get(House, house_id)
    if house is None or not person.on_site(house.site_id):
        raise NotFound()
    here = Record.house_code == house.code
    return _page(session, runtime, person, house.site_id, here, page)


def _page(
    session: Session,
    runtime: Runtime,
    person: Person,
    site_id: int,
    these: ColumnElement[bool],
    page: int,
) -> PaperList:
    query = (
        select(
            Record.id,
            Record.kind,
            Record.number,
            Record.title,
            func.coalesce(Record.house_code, "").label("house"),
            Record.created_at,
            Record.voided_at.is_not(None).label("voided"),
            Record.case_id,
            Case.number.label("case"),
        )
        .outerjoin(Case, Case.id == Record.case_id)
        .where(these, Record.site_id == site_id)
        .where(readable(runtime, person, site_id))
        .order_by(Record.id.desc())
        .limit(PAGE + 1)
        .offset((max(page, 1) - 1) * PAGE)
    )
    rows = [PaperRow(**row._mapping) for row in session.execute(query)]
    return PaperList(rows[:PAGE], len(rows) > PAGE)


def readable(runtime: Runtime, person: Person, site_id: int) -> ColumnElement[bool]:
    """As ``record_seen_by`` asks of one: by the register, or by its case."""
    if manages(person, site_id):
        return Record.id.is_not(None)
    kinds = runtime.record_kinds.items()
    read = [kind for kind, of in kinds if may_read_register(person, of, site_id)]
    return or_(Record.kind.in_(read), taking_part(person))
