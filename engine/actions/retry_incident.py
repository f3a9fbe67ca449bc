"""Somebody has seen to an incident: try again what got stuck."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions.settle import save_case
from engine.errors import AlreadyDone, NotFound, NotYours
from engine.operations.act import Act
from engine.people import Person, may_operate
from engine.store.cases import Case, Wait
from engine.store.database import changed_rows, note_due, now
from engine.store.outbox import Incident, OutboxCall


class AlreadyResolved(AlreadyDone):
    """这项故障已有人处理，或案件已不再等它。"""


def retry_incident(session: Session, person: Person, incident_id: int) -> Incident:
    """The timer or call is due again at once; failing again makes a new incident.

    Raises ``NotFound``, ``NotYours``, and ``AlreadyResolved``.
    """
    incident, case = open_incident(session, person, incident_id)
    at = now()
    incident.resolved_at, incident.resolved_by = at, person.id
    if incident.kind == "call" and incident.reference is not None:
        call = session.get(OutboxCall, incident.reference, populate_existing=True)
        if call is not None and call.state == "failed":
            call.state, call.attempts, call.due_at = "pending", 0, at
    else:  # a worker's lease on the timer may still run
        free = update(Wait).where(Wait.case_id == case.id)
        changed_rows(session, free.values(leased_until=None))
    detail = {"sentence": incident.sentence}
    act = Act.on(session, case, person, at)
    line = {"kind": "incident_retried", "element": incident.element, "detail": detail}
    save_case(act, case, [line])
    note_due(session, at)
    return incident


def open_incident(
    session: Session, person: Person, incident_id: int
) -> tuple[Incident, Case]:
    """An incident that waits for somebody, and its case.

    Raises ``NotFound``, ``NotYours``, and ``AlreadyResolved`` for one that somebody saw
    to, or whose case runs no more.
    """
    incident = session.get(
        Incident, incident_id, with_for_update=True, populate_existing=True
    )
    case = None
    if incident is not None:
        case = session.get(Case, incident.case_id, populate_existing=True)
    if incident is None or case is None:
        raise NotFound()
    if not may_operate(person, case):
        raise NotYours()
    if incident.resolved_at is not None or case.status != "running":
        raise AlreadyResolved()
    return incident, case
