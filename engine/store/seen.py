"""Cases and records that somebody may see; anything else is refused."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.people import Person, manages, may_see
from engine.store.cases import Case, Task
from engine.store.records import Record


def case_seen_by(session: Session, person: Person, case_id: int) -> Case:
    """Raises ``NotFound``, ``NotYours``."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound()
    tasks = session.scalars(select(Task).where(Task.case_id == case.id)).all()
    if not may_see(person, case, tasks):
        raise NotYours()
    return case


def record_seen_by(
    session: Session, person: Person, record_id: int
) -> tuple[Record, Case | None]:
    """A record with its case; one of the whole site (None) is for managers.

    Raises ``NotFound``, ``NotYours``.
    """
    record = session.get(Record, record_id)
    if record is None:
        raise NotFound()
    if record.case_id is not None:
        return record, case_seen_by(session, person, record.case_id)
    if not manages(person, record.site_id):
        raise NotYours()
    return record, None
