"""Move a case one act further: the one way for pages, API, timers, calls and messages.

Read the case with its state, run the act, write down what it did, and let follow what
follows of itself in the same transaction: linked cases, messages that came early.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, undefer

from engine.actions.new_case import new_case
from engine.actions.settle import Line, element_line, settle
from engine.errors import AlreadyDone, Refused
from engine.operations.act import Act
from engine.people import Person
from engine.progress import Effect, Progress, Thrown, Wait
from engine.runtime import Published, Runtime
from engine.store.cases import Case, Process
from engine.store.cases import Wait as WaitRow
from engine.store.database import now
from engine.store.outbox import Message
from engine.store.staff import Site
from engine.workflow import run
from engine.workflow.run import World
from engine.workflow.state import Specs

# one act on a live case: its specs, its state, what it may ask
Step = Callable[[Specs, bytes, World], Progress]
DEPTH = 20  # messages that answer messages, cases that start cases, within one act
KEPT = timedelta(days=30)
START_CASE = "start_case"


class EndlessMessages(Refused):
    """消息互相触发没有尽头，请检查流程图。"""

    status = 422


class UnknownProcess(Refused):
    """没有名为“{name}”的流程。"""

    status = 422


@dataclass(frozen=True)
class Moving:
    """A case under way in one transaction."""

    runtime: Runtime
    version: Published
    case: Case
    world: World
    act: Act
    depth: int = 0

    def go(
        self,
        line: Line,
        step: Step,
        status: str | None = None,
        then: Callable[[Progress], None] = lambda progress: None,
    ) -> Progress:
        """Run ``step`` and save it; ``line`` tells it in the history, ``then`` adds what
        belongs to the same act. Raises ``StaleCase`` and what the step refuses with."""
        progress = step(self.version.specs, self.case.state, self.world)
        then(progress)
        settle(self.act, self.version, self.case, progress, line, self.world, status)
        for effect in progress.effects:
            if effect.operation == START_CASE:
                self._start_linked(effect)
        for thrown in progress.thrown:
            self._send(thrown)
        if progress.opened and not progress.ended:
            self._early_messages(progress.opened)
        return progress

    def _start_linked(self, effect: Effect) -> None:
        """A new case on its own clock, linked to this one; nobody waits for it."""
        values = dict(effect.values)
        process = self.act.session.get(Process, str(values.pop("process", "")))
        if process is None:
            raise UnknownProcess(name=effect.values.get("process"))
        version = self.runtime.published(self.act.session, process.current_id)
        begin_case(
            self.act.session,
            self.runtime,
            version,
            self.case.site,
            self.act.person,
            values,
            parent=(self.case.id, effect.element),
            depth=self.depth + 1,
        )

    def _send(self, thrown: Thrown) -> None:
        """What this case threw and did not catch itself: to the others."""
        payload = thrown.payload if isinstance(thrown.payload, dict) else {}
        correlation = payload.get("correlation")
        post(
            self.act.session,
            self.runtime,
            self.act.person,
            thrown.name,
            signal=thrown.kind == "signal",
            correlation=None if correlation is None else str(correlation),
            payload=payload,
            depth=self.depth + 1,
        )

    def _early_messages(self, opened: tuple[Wait, ...]) -> None:
        """Deliver what came before anybody waited for it."""
        waiting = [
            w for w in opened if w.kind == "message" or (w.kind == "timer" and w.name)
        ]
        if not waiting:
            return
        names = [name for wait in waiting for name in wait.name.split("\n") if name]
        query = select(Message).where(
            Message.name.in_(names),
            Message.delivered_at.is_(None),
            Message.expires_at >= self.act.at,
            Message.case_id.is_(None) | (Message.case_id == self.case.id),
        )
        session = self.act.session
        for message in session.scalars(query.order_by(Message.id)).all():
            rows = waiting_rows(session, message, self.case.id)
            if rows:
                hand_over(
                    session, self.runtime, message, rows[0], self.act.person, self.depth
                )
                return  # the case has moved: what else waits was looked at in there


def moving(
    session: Session,
    runtime: Runtime,
    case: Case,
    person: Person | None,
    at: datetime | None = None,
    **act: Any,
) -> Moving:
    """A case, read with its state and site, about to move."""
    version = runtime.published(session, case.version_id)
    whole = Act(
        session,
        case.site_id,
        case.id,
        case.number,
        case.house_code,
        person,
        at or now(),
        **act,
    )
    return Moving(runtime, version, case, runtime.world(session, case.site), whole)


_RUNNING = (
    select(Case)
    .where(Case.id == bindparam("of_case"), Case.status == "running")
    .options(undefer(Case.state), joinedload(Case.site))
    .execution_options(populate_existing=True)
)


def running_case(session: Session, case_id: int) -> Case | None:
    """A running case with its state, as it is now; None where it runs no more."""
    return session.scalar(_RUNNING, {"of_case": case_id})


def waiting_rows(
    session: Session, message: Message, case_id: int | None = None
) -> list[WaitRow]:
    """The waits a message or signal is for, the oldest case first."""
    query = select(WaitRow).where(
        WaitRow.kind.in_(("message", "signal", "timer")), WaitRow.name != ""
    )
    wanted = case_id if case_id is not None else message.case_id
    if wanted is not None:
        query = query.where(WaitRow.case_id == wanted)
    else:
        query = query.where(WaitRow.name.contains(message.name, autoescape=True))
    rows = session.scalars(query.order_by(WaitRow.case_id, WaitRow.id)).all()
    return [row for row in rows if _is_for(row, message)]


def _is_for(row: WaitRow, message: Message) -> bool:
    if message.name not in row.name.split("\n"):
        return False
    if message.case_id is not None:
        return row.case_id == message.case_id
    return row.correlation == message.correlation


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
    whole = moving(session, runtime, case, person)
    element = whole.version.elements[row.element]
    line = element_line(
        element, "message_received", task_id=wait_id, detail={"message": name}
    )
    under_way = replace(whole, depth=depth + 1)
    try:
        under_way.go(
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
    at = now()
    message = Message(
        name=name,
        case_id=case_id,
        correlation=correlation,
        payload=payload,
        sent_by=person.id if person else None,
        received_at=at,
        expires_at=at if signal else at + kept,
    )
    session.add(message)
    session.flush()
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
            rows = [r for r in waiting_rows(session, message, case.id)]
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
    whole = Moving(
        runtime,
        version,
        case,
        runtime.world(session, site),
        Act(
            session,
            site.id,
            case.id,
            case.number,
            case.house_code,
            person,
            case.started_at,
        ),
        depth,
    )
    line = {"kind": "case_started", "detail": {"answers": data}}
    whole.go(line, lambda specs, _state, world: run.start(specs, data, world))
    return case
