"""Calls to the outside that wait for their next try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotYours
from engine.masking import masked_text
from engine.people import Person, operates
from engine.reads.element_names import element_names, name_of
from engine.store.cases import Case
from engine.store.outbox import OutboxCall

PAGE = 50


@dataclass(frozen=True)
class WaitingCall:
    """A call that goes out at ``due_at``; ``error`` is why it did not the last time."""

    case_id: int
    number: str
    title: str
    house: str | None
    element: str
    operation: str
    attempts: int
    due_at: datetime
    error: str | None


@dataclass(frozen=True)
class WaitingCalls:
    rows: list[WaitingCall]
    more: bool


def waiting_calls(session: Session, person: Person, page: int = 1) -> WaitingCalls:
    """Calls not yet made, the next one first. Raises ``NotYours``."""
    if not operates(person):
        raise NotYours()
    sites = [Case.site_id.in_(sorted(person.sites))] if person.sites else []
    query = (
        select(OutboxCall, Case)
        .join(Case, Case.id == OutboxCall.case_id)
        .where(OutboxCall.state == "pending", *sites)
        .order_by(OutboxCall.due_at, OutboxCall.id)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    found = session.execute(query).all()
    names = element_names(session, (case.version_id for _call, case in found))
    rows = [_waiting(call, case, names) for call, case in found]
    return WaitingCalls(rows[:PAGE], len(rows) > PAGE)


def _waiting(
    call: OutboxCall, case: Case, names: Mapping[tuple[str, str], str]
) -> WaitingCall:
    return WaitingCall(
        case_id=case.id,
        number=case.number,
        title=case.title,
        house=case.house_code,
        element=name_of(names, case, call.element),
        operation=call.operation,
        attempts=call.attempts,
        due_at=call.due_at,
        error=masked_text(call.error) if call.error else None,
    )
