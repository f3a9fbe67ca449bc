"""Cases and records that somebody may see; anything else is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.people import Person, may_read_register, may_see
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
    session: Session,
    person: Person,
    record_id: int,
    kinds: Mapping[str, Mapping[str, Any]],
) -> tuple[Record, Case | None]:
    """A record with its case (None: it is of the whole site), for who may read its
    register or see its case. ``kinds``: records.json.

    Raises ``NotFound``, ``NotYours``.
    """
    record = session.get(Record, record_id)
    if record is None:
        raise NotFound()
    case = session.get(Case, record.case_id) if record.case_id is not None else None
    if not may_read_register(person, kinds.get(record.kind, {}), record.site_id):
        if case is None:
            raise NotYours()
        case_seen_by(session, person, case.id)
    return record, case


def taking_part(person: Person) -> ColumnElement[bool]:
    """The rule of ``people.may_see``, as a condition."""
    theirs = or_(
        Task.ended_by == person.id,
        Task.assignee_id == person.id,
        (Task.state == "open") & Task.worked_by.in_(sorted(person.roles)),
    )
    return or_(
        Case.started_by == person.id, exists().where(Task.case_id == Case.id, theirs)
    )
