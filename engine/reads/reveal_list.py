"""Who looked at which personal datum, when and why: for managers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import NotYours
from engine.people import Person, operates
from engine.store.cases import Case
from engine.store.records import Record
from engine.store.reveals import Reveal
from engine.store.staff import Staff

PAGE = 50


@dataclass(frozen=True)
class RevealRow:
    at: datetime
    by: str
    label: str
    reason: str
    case_id: int | None
    case: str | None
    record_id: int | None
    record: str | None


@dataclass(frozen=True)
class RevealList:
    rows: list[RevealRow]
    more: bool


def reveal_list(
    session: Session, person: Person, q: str = "", page: int = 1
) -> RevealList:
    """One page, the last look first; ``q`` is sought in names, reasons and numbers.

    Raises ``NotYours``.
    """
    if not operates(person):
        raise NotYours()
    query = (
        select(
            Reveal.at,
            Staff.name.label("by"),
            Reveal.label,
            Reveal.reason,
            Reveal.case_id,
            Case.number.label("case"),
            Reveal.record_id,
            Record.number.label("record"),
        )
        .join(Staff, Staff.id == Reveal.by)
        .outerjoin(Case, Case.id == Reveal.case_id)
        .outerjoin(Record, Record.id == Reveal.record_id)
        .order_by(Reveal.id.desc())
    )
    if person.sites:
        query = query.where(Reveal.site_id.in_(sorted(person.sites)))
    if q:
        sought = (Staff.name, Reveal.label, Reveal.reason, Case.number, Record.number)
        query = query.where(
            or_(*(column.contains(q, autoescape=True) for column in sought))
        )
    found = session.execute(query.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    return RevealList(
        [RevealRow(**row._mapping) for row in found[:PAGE]], len(found) > PAGE
    )
