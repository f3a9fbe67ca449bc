"""A process's versions: how many cases run on each, what sets each apart from another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.people import MANAGERS, Person
from engine.store.cases import Case, Process, ProcessVersion
from engine.workflow.differences import Difference, differences


@dataclass(frozen=True)
class VersionRow:
    """``running`` counts the cases of this person's sites; ``current`` is the version
    that new cases start on."""

    id: str
    number: int
    published_at: datetime
    running: int
    current: bool


def version_rows(session: Session, person: Person, process_id: str) -> list[VersionRow]:
    """The newest first. Raises ``NotYours``, and ``NotFound`` where there is none."""
    _check(person)
    running = select(Case.version_id, func.count()).where(
        Case.process_id == process_id, Case.status == "running"
    )
    if person.sites:
        running = running.where(Case.site_id.in_(sorted(person.sites)))
    counts = {
        version: count
        for version, count in session.execute(running.group_by(Case.version_id))
    }
    process = session.get(Process, process_id)
    if process is None:
        raise NotFound()
    versions = select(ProcessVersion).where(ProcessVersion.process_id == process_id)
    return [
        VersionRow(
            id=row.id,
            number=row.number,
            published_at=row.published_at,
            running=counts.get(row.id, 0),
            current=row.id == process.current_id,
        )
        for row in session.scalars(versions.order_by(ProcessVersion.number.desc()))
    ]


def version_differences(
    session: Session, person: Person, from_id: str, to_id: str
) -> tuple[Difference, ...]:
    """What the drawing of ``to_id`` has otherwise than that of ``from_id``.

    Raises ``NotYours``, ``NotFound``.
    """
    _check(person)
    query = select(ProcessVersion.id, ProcessVersion.bpmn)
    query = query.where(ProcessVersion.id.in_((from_id, to_id)))
    drawings = {row.id: row.bpmn for row in session.execute(query)}
    if from_id not in drawings or to_id not in drawings:
        raise NotFound()
    return differences(drawings[from_id], drawings[to_id])


def _check(person: Person) -> None:
    if not person.administrator and not person.roles & MANAGERS:
        raise NotYours()
