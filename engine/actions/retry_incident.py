"""Somebody has seen to an incident: try again what got stuck."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.errors import AlreadyDone, NotFound, NotYours
from engine.people import Person, may_operate
from engine.store.cases import Case
from engine.store.database import note_due, now
from engine.store.outbox import Incident, OutboxCall


def retry_incident(session: Session, person: Person, incident_id: int) -> Incident:
    """The timer or call is due again at once; failing again makes a new incident.

    Raises ``NotFound``, ``NotYours``, and ``AlreadyDone`` for one that is resolved.
    """
    incident = session.get(Incident, incident_id, with_for_update=True)
    case = session.get(Case, incident.case_id) if incident is not None else None
    if incident is None or case is None:
        raise NotFound()
    if not may_operate(person, case):
        raise NotYours()
    if incident.resolved_at is not None:
        raise AlreadyDone()
    at = now()
    incident.resolved_at, incident.resolved_by = at, person.id
    if incident.kind == "call" and incident.reference is not None:
        call = session.get(OutboxCall, incident.reference, populate_existing=True)
        if call is not None and call.state == "failed":
            call.state, call.attempts, call.due_at = "pending", 0, at
    note_due(session, at)
    return incident
