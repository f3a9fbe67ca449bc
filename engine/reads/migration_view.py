"""A process's versions: how many cases run on each, what sets each apart from another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.people import Person, operates
from engine.store.cases import Case, Process, ProcessVersion
from engine.store.staff import Staff
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
    published_by: str | None = None
    name: str = ""
    note: str = ""


@dataclass(frozen=True)
class ProcessRow:
    """``number`` is the version new cases start on; ``behind`` counts the running cases
    of this person's sites on other versions."""

    id: str
    name: str
    number: int
    published_at: datetime
    running: int
    behind: int


def process_rows(session: Session, person: Person) -> list[ProcessRow]:
    """Every process by its name. Raises ``NotYours``."""
    _check(person)
    behind = func.count().filter(Case.version_id != Process.current_id)
    counted = select(Case.process_id, func.count(), behind)
    counted = counted.join(Process, Process.id == Case.process_id)
    counted = counted.where(Case.status == "running").group_by(Case.process_id)
    if person.sites:
        counted = counted.where(Case.site_id.in_(sorted(person.sites)))
    counts = {row[0]: (row[1], row[2]) for row in session.execute(counted)}
    version = ProcessVersion
    query = select(Process.id, version.name, version.number, version.published_at)
    query = query.join(version, version.id == Process.current_id)
    return [
        ProcessRow(*row, *counts.get(row.id, (0, 0)))
        for row in session.execute(query.order_by(version.name, Process.id))
    ]


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
    versions = (
        select(ProcessVersion, Process.current_id, Staff.name)
        .join(Process, Process.id == ProcessVersion.process_id)
        .outerjoin(Staff, Staff.id == ProcessVersion.published_by)
        .where(ProcessVersion.process_id == process_id)
        .order_by(ProcessVersion.number.desc())
    )
    found = session.execute(versions).all()
    if not found:
        raise NotFound()
    return [
        VersionRow(
            id=row.id,
            number=row.number,
            published_at=row.published_at,
            running=counts.get(row.id, 0),
            current=row.id == current,
            published_by=by,
            name=row.name,
            note=row.note,
        )
        for row, current, by in found
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


def version_diagram(
    session: Session, person: Person, version_id: str, against_id: str
) -> dict[str, Any]:
    """The drawing of a version with what sets it apart from ``against_id``: elements
    added since the older of the two, changed, or removed by the newer.

    Raises ``NotYours``, ``NotFound``.
    """
    _check(person)
    query = select(ProcessVersion.id, ProcessVersion.number, ProcessVersion.bpmn)
    query = query.where(ProcessVersion.id.in_((version_id, against_id)))
    found = {row.id: row for row in session.execute(query)}
    if version_id not in found or against_id not in found:
        raise NotFound()
    pair = sorted((found[version_id], found[against_id]), key=lambda row: row.number)
    apart = differences(pair[0].bpmn, pair[1].bpmn)
    return {
        "xml": found[version_id].bpmn.decode(),
        "state": {one.element: one.how for one in apart},
        "counts": {},
    }


def _check(person: Person) -> None:
    if not operates(person):
        raise NotYours()
