"""Write a fresh paper in the place of a voided one: new number, it names the old."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.actions.void_record import record_to_change, tell
from engine.errors import Refused
from engine.people import Person
from engine.runtime import Runtime
from engine.store.database import changed_rows, now
from engine.store.records import Paper, Record, file_papers
from engine.store.terms import ZONE


class NotVoid(Refused):
    """只有已作废的记录才能重开。"""

    status = 409


class ReplacedAlready(Refused):
    """这份记录已经重开，新编号是 {number}。"""

    status = 409


def replace_record(
    session: Session, runtime: Runtime, person: Person, record_id: int
) -> Record:
    """Raises ``NotFound``, ``NotYours``, ``NotVoid``, ``ReplacedAlready``."""
    old = record_to_change(session, person, record_id)
    # two at once: the second waits here, and then sees what the first wrote
    held = update(Record).where(Record.id == old.id, Record.voided_at.is_not(None))
    if changed_rows(session, held, voided_by=old.voided_by) != 1:
        raise NotVoid()
    fresh = _standing_for(session, old)
    if fresh is not None:
        raise ReplacedAlready(number=fresh.number)
    at = now()
    facts = {
        "task_id": old.task_id,
        "element": old.element,
        "form": old.form,
        "house_code": old.house_code,
        "created_by": person.id,
        "created_at": at,
    }
    paper = Paper(old.kind, old.title, dict(old.data), old.key, old.case_id)
    paper.facts, paper.replaces = facts, old.id
    year = at.astimezone(ZONE).year
    file_papers(session, old.site_id, year, [paper], runtime.record_columns)
    written = _standing_for(session, old)
    assert written is not None
    tell(session, person, written, "record_replaced", {"replaces": old.number})
    return written


def _standing_for(session: Session, old: Record) -> Record | None:
    return session.scalar(select(Record).where(Record.replaces_id == old.id))
