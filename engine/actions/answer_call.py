"""The answer of a call to the outside: the case goes on, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engine.actions.move import go
from engine.actions.moving import moving, running_case
from engine.actions.settle import element_line
from engine.actions.wait_rows import resolve_incidents
from engine.errors import AlreadyDone, NotFound, NotYours
from engine.people import Person, may_operate
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.outbox import OutboxCall
from engine.workflow import run


def answer_call(
    session: Session,
    runtime: Runtime,
    person: Person | None,
    call_id: str,
    answer: Any,
    note: str = "",
) -> None:
    """Deliver what a call gave; a second answer finds nobody waiting (``AlreadyDone``).

    A ``person`` who answers by hand needs the right to (``NotYours``); ``note`` says why,
    in the history. What was open about the call is resolved.
    """
    call = session.get(OutboxCall, call_id, populate_existing=True)
    if call is None:
        raise NotFound()
    case = running_case(session, call.case_id)
    if case is None or call.state not in ("pending", "failed"):
        raise AlreadyDone()
    if person is not None and not may_operate(person, case):
        raise NotYours()
    if call.state == "failed":
        resolve_incidents(session, [call_id], now(), person)
    call.state, call.answer, call.done_at = "done", answer, now()
    session.flush()
    whole = moving(session, runtime, case, person, answered=call_id)
    element = whole.version.elements[call.element]
    detail = {"note": note} if note else None
    line = element_line(element, "call_answered", task_id=call_id, detail=detail)
    go(
        whole,
        line,
        lambda specs, state, world: run.answer(specs, state, call_id, answer, world),
    )
