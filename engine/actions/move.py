"""Move a case one act further: the one way for pages, API, timers, calls and messages.

What follows of itself follows in the same transaction: linked cases, messages to others,
messages that came early.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.moving import Moving, Step, moving, running_case
from engine.actions.new_case import new_case
from engine.actions.settle import Line, element_line
from engine.actions.waiting import KEPT, early_messages, take_in, waiting_rows
from engine.errors import AlreadyDone, Refused
from engine.people import Person
from engine.progress import Effect, Progress, Thrown, Wait
from engine.runtime import Published, Runtime
from engine.store.cases import Case, Process
from engine.store.cases import Wait as WaitRow
from engine.store.database import now
from engine.store.outbox import Message
from engine.store.staff import Site
from engine.workflow import run

DEPTH = 20  # messages that answer messages, cases that start cases, within one act
START_CASE = "start_case"


class EndlessMessages(Refused):
    """消息互相触发没有尽头，请检查流程图。"""

    status = 422


class UnknownProcess(Refused):
    """没有名为“{name}”的流程。"""

    status = 422


def go(
    whole: Moving,
    line: Line,
    step: Step,
    status: str | None = None,
    then: Callable[[Progress], None] = lambda progress: None,
) -> Progress:
    """Run ``step`` and save it; ``line`` tells it in the history, ``then`` adds what
    belongs to the same act. Raises ``StaleCase`` and what the step refuses with."""
    progress = whole.step(line, step, status, then)
    for effect in progress.effects:
        if effect.operation == START_CASE:
            _start_linked(whole, effect)
    for thrown in progress.thrown:
        _send(whole, thrown)
    if progress.opened and not progress.ended:
        _hand_over_early(whole, progress.opened)
    return progress


def _start_linked(whole: Moving, effect: Effect) -> None:
    """A new case on its own clock, linked to this one; nobody waits for it."""
    values = dict(effect.values)
    process = whole.act.session.get(Process, str(values.pop("process", "")))
    if process is None:
        raise UnknownProcess(name=effect.values.get("process"))
    version = whole.runtime.published(whole.act.session, process.current_id)
    begin_case(
        whole.act.session,
        whole.runtime,
        version,
        whole.case.site,
        whole.act.person,
        values,
        parent=(whole.case.id, effect.element),
        depth=whole.depth + 1,
    )


def _send(whole: Moving, thrown: Thrown) -> None:
    """What this case threw and did not catch itself: to the others."""
    payload = thrown.payload if isinstance(thrown.payload, dict) else {}
    correlation = payload.get("correlation")
    post(
        whole.act.session,
        whole.runtime,
        whole.act.person,
        thrown.name,
        signal=thrown.kind == "signal",
        correlation=None if correlation is None else str(correlation),
        payload=payload,
        depth=whole.depth + 1,
    )


def _hand_over_early(whole: Moving, opened: tuple[Wait, ...]) -> None:
    """Deliver what came before anybody waited for it."""
    session, case_id, person = whole.act.session, whole.case.id, whole.act.person
    for message in early_messages(session, case_id, opened, whole.act.at):
        rows = waiting_rows(session, message, case_id)
        if rows:
            hand_over(session, whole.runtime, message, rows[0], person, whole.depth)
            return  # the case has moved: what else waits was looked at in there


def hand_over(
    session: Session,
    runtime: Runtime,
    message: Message,
    row: WaitRow,
    person: Person | None,
    depth: int = 0,
) -> bool:
    """Give a message to one waiting event; False where the case no longer waits."""
    if depth >= DEPTH:
        raise EndlessMessages()
    case = running_case(session, row.case_id)
    if case is None:
        return False
    wait_id, name, payload = row.id, message.name, message.payload
    message.delivered_at, message.delivered_to = now(), case.id
    session.flush()
    whole = moving(session, runtime, case, person, depth=depth + 1)
    element = whole.version.elements[row.element]
    line = element_line(
        element, "message_received", task_id=wait_id, detail={"message": name}
    )
    try:
        go(
            whole,
            line,
            lambda specs, state, world: run.deliver(
                specs, state, wait_id, name, payload, world
            ),
        )
    except AlreadyDone:
        return False
    return True


def post(
    session: Session,
    runtime: Runtime,
    person: Person | None,
    name: str,
    *,
    signal: bool = False,
    case_id: int | None = None,
    correlation: str | None = None,
    payload: Any = None,
    kept: timedelta = KEPT,
    depth: int = 0,
) -> Message:
    """Take a message in and give it to who waits for it; else it is kept for a while,
    or starts the process that begins with it. A signal goes to all that wait, now."""
    message = take_in(
        session,
        person,
        name,
        case_id=case_id,
        correlation=correlation,
        payload=payload,
        kept=timedelta() if signal else kept,
    )
    rows = [r for r in waiting_rows(session, message) if (r.kind == "signal") == signal]
    for row in rows:
        taken = hand_over(session, runtime, message, row, person, depth)
        if taken and not signal:
            return message
    if not signal and case_id is None:
        _start_by(session, runtime, message, person, depth)
    return message


def _start_by(
    session: Session,
    runtime: Runtime,
    message: Message,
    person: Person | None,
    depth: int,
) -> None:
    """Start the process that begins with this message, where there is one."""
    for process in session.scalars(select(Process).order_by(Process.id)).all():
        version = runtime.published(session, process.current_id)
        if message.name in version.start_messages:
            site = session.scalars(select(Site).order_by(Site.id).limit(1)).one()
            case = begin_case(
                session, runtime, version, site, person, {}, depth=depth + 1
            )
            rows = waiting_rows(session, message, case.id)
            if rows:
                hand_over(session, runtime, message, rows[0], person, depth + 1)
            return


def begin_case(
    session: Session,
    runtime: Runtime,
    version: Published,
    site: Site,
    person: Person | None,
    data: dict[str, Any],
    *,
    once: str | None = None,
    parent: tuple[int, str] | None = None,
    depth: int = 0,
) -> Case:
    """Start a case with these variables and run it to its first waits."""
    if depth >= DEPTH:
        raise EndlessMessages()
    case = new_case(session, version, site, person, data, once, parent)
    whole = moving(session, runtime, case, person, case.started_at, depth)
    line = {"kind": "case_started", "detail": {"answers": data}}
    go(whole, line, lambda specs, _state, world: run.start(specs, data, world))
    return case
