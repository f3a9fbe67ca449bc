"""Let the timers that are due fire: due rows only, a case at a time."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engine.actions.settle import settle
from engine.operations.act import Act
from engine.runtime import Runtime
from engine.store.cases import Case, Wait
from engine.store.database import now, transact
from engine.workflow import run


def due_cases(session: Session, limit: int = 100) -> list[int]:
    """Ids of cases with a due timer, the longest overdue first."""
    due = select(Wait.case_id, Wait.due_at).where(Wait.due_at < now())
    rows = session.execute(due.order_by(Wait.due_at).limit(limit)).all()
    return list(dict.fromkeys(case_id for case_id, _ in rows))


def wake_case(session: Session, runtime: Runtime, case_id: int) -> bool:
    """Fire what is due in one case; False where there was nothing any more."""
    query = select(Case).where(Case.id == case_id, Case.status == "running")
    case = session.scalar(
        query.options(undefer(Case.state)).execution_options(populate_existing=True)
    )
    if case is None:
        return False
    version = runtime.published(session, case.version_id)
    world = runtime.world(session, case.site)
    progress = run.wake(version.specs, case.state, world)
    act = Act(session, case.site_id, case.id, case.number, case.house_code, None, now())
    line = {"kind": "timer_fired", "detail": dict(progress.missed) or None}
    settle(act, version, case, progress, line, world.functions)
    return True


def wake_all(session: Session, runtime: Runtime) -> int:
    """Fire everything due, each case in a transaction of its own; how many cases."""
    woken = 0
    while due := due_cases(session):
        for case_id in due:
            woken += transact(session, wake_case, runtime, case_id)
    return woken
