"""The clock starts a case: once for each moment of its rule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions.move import begin_case
from engine.actions.schedule_starts import due_schedules, missed_starts, next_start
from engine.calendar import ZONE
from engine.calendar.functions import text_of
from engine.errors import Refused
from engine.runtime import Runtime
from engine.store.cases import Case, Process
from engine.store.database import Busy, changed_rows, now, transact
from engine.store.schedules import Schedule
from engine.store.staff import Site


def start_all(session: Session, runtime: Runtime) -> int:
    """Start everything due, each in a transaction of its own; how many cases. What cannot
    start is noted; the others are not kept waiting by it."""
    started = 0
    for schedule_id in transact(session, due_schedules, runtime):
        try:
            case = transact(session, start_scheduled, runtime, schedule_id)
            started += case is not None
        except Busy:
            continue  # the next sweep tries again
        except Refused as refused:
            transact(session, note_not_started, schedule_id, str(refused))
    return started


def start_scheduled(
    session: Session, runtime: Runtime, schedule_id: int
) -> Case | None:
    """Start what is due and set its next moment, in one transaction; None where another
    worker did. Starts missed during an outage come as one case that knows their number
    (``missed_starts``); ``scheduled_for`` is the first of them."""
    found = session.get(Schedule, schedule_id, populate_existing=True)
    at = now()
    if found is None or found.due_at is None or found.paused or found.due_at >= at:
        return None
    due = found.due_at
    if not _take(session, runtime, found, due, at):
        return None
    process = session.get_one(Process, found.process_id)
    version = runtime.published(session, process.current_id)
    site = session.get_one(Site, found.site_id)
    functions = runtime.functions(session, site)
    data = {
        "scheduled_for": text_of(due.astimezone(ZONE)),
        "missed_starts": missed_starts(found.rule, functions, due, at),
    }
    case = begin_case(session, runtime, version, site, None, data)
    found.last_at, found.last_case_id, found.failure = at, case.id, None
    return case


def note_not_started(session: Session, schedule_id: int, sentence: str) -> None:
    """What hinders a start is told on the page of scheduled starts; it is tried again at
    the next sweep."""
    session.get_one(Schedule, schedule_id).failure = sentence


def _take(
    session: Session, runtime: Runtime, found: Schedule, due: datetime, at: datetime
) -> bool:
    """Whether this moment is ours: of two workers one matches the row."""
    site = session.get_one(Site, found.site_id)
    following = next_start(found.rule, runtime.functions(session, site), at)
    mine = update(Schedule).where(Schedule.id == found.id, Schedule.due_at == due)
    taken = changed_rows(session, mine.values(due_at=following)) == 1
    session.refresh(found)
    return taken
