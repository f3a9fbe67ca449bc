"""What got stuck: incidents, those that wait for somebody and those seen to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from engine.connectors import sample_answer
from engine.errors import NotFound, NotYours
from engine.masking import masked, masked_text
from engine.people import Person, may_operate, operates
from engine.reads.element_names import element_names, name_of
from engine.store.cases import Case, ProcessVersion
from engine.store.outbox import Incident, OutboxCall
from engine.store.staff import Staff

PAGE = 50
KINDS = ("call", "timer")


@dataclass(frozen=True)
class IncidentRow:
    """``element`` is the step's name; ``tries`` None for what is no call; ``waiting``
    says whether anybody still has to see to it."""

    id: int
    kind: str
    case_id: int
    number: str
    title: str
    house: str | None
    process: str
    version: int
    element: str
    sentence: str
    tries: int | None
    since: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    waiting: bool


@dataclass(frozen=True)
class IncidentList:
    """``processes``: ids and names of those that have any in this state."""

    rows: list[IncidentRow]
    processes: list[tuple[str, str]]
    more: bool


@dataclass(frozen=True)
class StuckCall:
    """The call an incident is about; ``request`` masked, ``sample`` what its connector
    answers when all goes well."""

    operation: str
    state: str
    request: Mapping[str, Any]
    sample: Any


@dataclass(frozen=True)
class IncidentView:
    row: IncidentRow
    call: StuckCall | None

    @property
    def may_answer(self) -> bool:
        waits = self.call is not None and self.call.state in ("pending", "failed")
        return self.row.waiting and waits


def incident_count(session: Session, person: Person) -> int:
    """How many wait for somebody on this person's sites; 0 for who does not run them."""
    if not operates(person):
        return 0
    query = select(func.count()).select_from(Incident)
    query = query.join(Case, Case.id == Incident.case_id)
    return session.scalar(query.where(*_conditions(person, "open"))) or 0


def incident_list(
    session: Session,
    person: Person,
    state: str = "open",
    process: str = "",
    kind: str = "",
    page: int = 1,
) -> IncidentList:
    """One page; what is ``open`` has the oldest first, ``resolved`` the last one.

    Raises ``NotYours``.
    """
    _check(person)
    where = _conditions(person, state)
    narrower = [Case.process_id == process] if process else []
    narrower += [Incident.kind == kind] if kind else []
    order = Incident.id if state == "open" else Incident.id.desc()
    query = _rows().where(*where, *narrower).order_by(order)
    found = session.execute(query.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    names = element_names(session, (row.version_id for row in found))
    rows = [_row(row, names) for row in found]
    return IncidentList(rows[:PAGE], _processes(session, where), len(rows) > PAGE)


def incident_view(session: Session, person: Person, incident_id: int) -> IncidentView:
    """Raises ``NotFound``, ``NotYours``."""
    found = session.execute(_rows().where(Incident.id == incident_id)).first()
    if found is None:
        raise NotFound()
    if not may_operate(person, found.Case):
        raise NotYours()
    names = element_names(session, [found.version_id])
    return IncidentView(_row(found, names), _stuck(found.OutboxCall))


def _check(person: Person) -> None:
    if not operates(person):
        raise NotYours()


def _sites(person: Person) -> list[ColumnElement[bool]]:
    return [Case.site_id.in_(sorted(person.sites))] if person.sites else []


def _conditions(person: Person, state: str) -> list[ColumnElement[bool]]:
    """What is about a case that runs no more waits for nobody."""
    if state == "open":
        waits = [Incident.resolved_at.is_(None), Case.status == "running"]
    else:
        waits = [or_(Incident.resolved_at.is_not(None), Case.status != "running")]
    return waits + _sites(person)


def _rows() -> Select[*tuple[Any, ...]]:
    columns = (Incident, Case, OutboxCall, Case.version_id)
    version = (ProcessVersion.name, ProcessVersion.number)
    return (
        select(*columns, *version, Staff.name.label("resolver"))
        .join(Case, Case.id == Incident.case_id)
        .join(ProcessVersion, ProcessVersion.id == Case.version_id)
        .outerjoin(OutboxCall, OutboxCall.id == Incident.reference)
        .outerjoin(Staff, Staff.id == Incident.resolved_by)
    )


def _row(found: Any, names: Mapping[tuple[str, str], str]) -> IncidentRow:
    incident, case, call = found.Incident, found.Case, found.OutboxCall
    return IncidentRow(
        id=incident.id,
        kind=incident.kind,
        case_id=case.id,
        number=case.number,
        title=case.title,
        house=case.house_code,
        process=found.name,
        version=found.number,
        element=name_of(names, case, incident.element),
        sentence=masked_text(incident.sentence),
        tries=None if call is None else call.attempts,
        since=incident.created_at,
        resolved_at=incident.resolved_at,
        resolved_by=found.resolver,
        waiting=incident.resolved_at is None and case.status == "running",
    )


def _stuck(call: OutboxCall | None) -> StuckCall | None:
    if call is None:
        return None
    sample = sample_answer(call.operation)
    return StuckCall(call.operation, call.state, masked(call.request), sample)


def _processes(
    session: Session, where: Iterable[ColumnElement[bool]]
) -> list[tuple[str, str]]:
    query = (
        select(Case.process_id, func.max(ProcessVersion.name))
        .join(Incident, Incident.case_id == Case.id)
        .join(ProcessVersion, ProcessVersion.id == Case.version_id)
        .where(*where)
        .group_by(Case.process_id)
        .order_by(Case.process_id)
    )
    return [(process_id, name) for process_id, name in session.execute(query)]
