"""Let the timers that are due fire: due rows only, a case at a time, each by one worker."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.actions.move import go
from engine.actions.moving import moving, running_case
from engine.actions.settle import Line
from engine.errors import Refused
from engine.progress import Progress
from engine.runtime import Runtime
from engine.store.cases import Wait
from engine.store.database import Busy, now, transact
from engine.store.outbox import Incident
from engine.workflow import run
from engine.workflow.run import World
from engine.workflow.state import Specs

# a worker that dies lets its timers go again after this
LEASE = timedelta(seconds=60)


def take_due(session: Session, limit: int = 50) -> list[int]:
    """Lease due timers to this worker: ids of their cases, the longest overdue first.

    A timer is due when its minute has passed, so an act exactly at a limit is on time.
    Only cases without an open incident of a timer are taken.
    """
    at = now()
    minute = at.replace(second=0, microsecond=0)
    stuck = select(Incident.case_id).where(
        Incident.kind == "timer", Incident.resolved_at.is_(None)
    )
    # in the order of the index: else PostgreSQL may read the whole table to find none
    earliest = select(Wait.due_at).order_by(Wait.due_at).limit(1)
    earliest = earliest.where(Wait.due_at < minute)
    if session.scalar(earliest) is None:
        return []  # nothing due takes no lock
    due = (
        select(Wait.id)
        .where(
            Wait.due_at < minute, Wait.leased_until.is_(None) | (Wait.leased_until < at)
        )
        .where(Wait.case_id.not_in(stuck))
        .order_by(Wait.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has one writer and leaves it out
    )
    taken = session.execute(
        update(Wait)
        .where(Wait.id.in_(due))
        .values(leased_until=at + LEASE)
        .returning(Wait.case_id, Wait.due_at)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(taken.all(), key=lambda row: row.due_at)
    return list(dict.fromkeys(row.case_id for row in rows))


class _NothingFired(Exception):
    """Somebody was faster: the timer was fired, or what it was on is done."""


def wake_case(session: Session, runtime: Runtime, case_id: int) -> bool:
    """Fire what is due in one case; False where nothing is any more."""
    case = running_case(session, case_id)
    if case is None:
        return False
    whole = moving(session, runtime, case, None)

    def fire(specs: Specs, state: bytes, world: World) -> Progress:
        progress = run.wake(specs, state, world)
        if not (progress.steps or progress.opened or progress.closed):
            raise _NothingFired()
        line["detail"] = {"missed": dict(progress.missed)} if progress.missed else None
        return progress

    line: Line = {"kind": "timer_fired"}
    try:
        go(whole, line, fire)
    except _NothingFired:
        return False
    return True


def note_incident(session: Session, case_id: int, sentence: str) -> None:
    session.add(Incident(case_id=case_id, kind="timer", sentence=sentence))


def wake_all(session: Session, runtime: Runtime) -> int:
    """Fire everything due, each case in a transaction of its own; how many cases.

    What cannot go on becomes an incident; the others are not kept waiting by it.
    """
    woken = 0
    while cases := transact(session, take_due):
        for case_id in cases:
            try:
                woken += transact(session, wake_case, runtime, case_id)
            except Busy:
                continue  # the lease runs out and it is tried again
            except Refused as refused:
                transact(session, note_incident, case_id, str(refused))
    return woken
