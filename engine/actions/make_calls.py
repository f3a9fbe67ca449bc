"""Make the calls of the outbox: outside any transaction, at least once, then deliver."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.actions.answer_call import answer_call
from engine.connectors import ConnectorFailed, Request, connect, sample_answer
from engine.errors import AlreadyDone, Refused
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.database import changed_rows, now, transact
from engine.store.outbox import Incident, OutboxCall
from engine.store.staff import Site

ATTEMPTS = 8
LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)


def due_calls(session: Session, limit: int = 50) -> list[str]:
    query = select(OutboxCall.id).where(
        OutboxCall.state == "pending", OutboxCall.due_at <= now()
    )
    return list(session.scalars(query.order_by(OutboxCall.due_at).limit(limit)))


def take_call(session: Session, call_id: str) -> OutboxCall | None:
    """Lease one call to this worker; None where another has it."""
    at = now()
    taken = changed_rows(
        session,
        update(OutboxCall)
        .where(
            OutboxCall.id == call_id,
            OutboxCall.state == "pending",
            OutboxCall.due_at <= at,
        )
        .values(due_at=at + LEASE, attempts=OutboxCall.attempts + 1),
    )
    return (
        session.get(OutboxCall, call_id, populate_existing=True) if taken == 1 else None
    )


def make_call(session: Session, runtime: Runtime, call_id: str) -> bool:
    """Make one call and deliver its answer; False where there was nothing to do.

    A worker that dies in between leaves the lease to run out: the call is made again
    with the same idempotency key, and a second answer finds nobody waiting.
    """
    call = transact(session, take_call, call_id)
    if call is None:
        return False
    request = Request(call.id, call.operation, dict(call.request))
    try:
        if _is_demo(session, call.case_id):
            answer = sample_answer(request.operation)
        else:
            answer = connect(runtime.settings, request)
    except ConnectorFailed as failed:
        transact(session, note_failure, call_id, str(failed))
        return True
    try:
        transact(session, answer_call, runtime, None, call_id, answer)
    except AlreadyDone:
        pass  # the case went on without it
    except Refused as refused:
        transact(session, note_failure, call_id, str(refused), True)
    return True


def _is_demo(session: Session, case_id: int) -> bool:
    """Nothing leaves the house for a demo site: nobody there is real, and an address that
    somebody typed in while trying things out may be. Its cases go on as if it had."""
    query = select(Site.demo).join(Case, Case.site_id == Site.id)
    demo = session.scalars(query.where(Case.id == case_id)).one()
    session.rollback()  # no transaction is open while the world is asked
    return demo


def note_failure(
    session: Session, call_id: str, sentence: str, final: bool = False
) -> None:
    """Try again later, with a longer pause each time; at last it is an incident."""
    call = session.get_one(OutboxCall, call_id, populate_existing=True)
    call.error = sentence
    if not final and call.attempts < ATTEMPTS:
        pause = min(FIRST_PAUSE * 2 ** (call.attempts - 1), LONGEST_PAUSE)
        call.due_at = now() + pause * random.uniform(0.8, 1.2)
        return
    call.state = "failed"
    session.add(
        Incident(
            case_id=call.case_id,
            kind="call",
            element=call.element,
            reference=call.id,
            sentence=sentence,
        )
    )
