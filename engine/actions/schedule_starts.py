"""Starts by the clock: find what is due, and when each process starts next.

The rule is the ``timeCycle`` of a start event: an expression that is asked for each
``day`` (an ISO date) and gives the moment to start at, or nothing on other days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import ZONE
from engine.calendar.functions import moment_of
from engine.errors import Refused
from engine.expressions import evaluate
from engine.forms import Names
from engine.runtime import Functions, Runtime
from engine.store.cases import Process
from engine.store.database import now
from engine.store.schedules import Schedule, add_schedules
from engine.store.staff import Site

FARTHEST = 400  # days: a start a year is found on the next one's day
EARLIER = 7  # days: the rule of a week may be asked on any of its days


class StartRuleWrong(Refused):
    """定时发起的时间“{rule}”算不出来：{reason}"""

    status = 422


def due_schedules(session: Session, runtime: Runtime) -> list[int]:
    """Ids of what is to start now, the longest overdue first. Like a timer, a start is
    due when its minute has passed."""
    _bring_up_to_date(session, runtime)
    minute = now().replace(second=0, microsecond=0)
    due = select(Schedule.id).where(Schedule.due_at < minute, ~Schedule.paused)
    return list(session.scalars(due.order_by(Schedule.due_at)))


def next_start(rule: str, functions: Functions, after: datetime) -> datetime | None:
    """The first moment of the rule after ``after``. Raises ``StartRuleWrong``."""
    return next(_starts(rule, functions, after), None)


def missed_starts(
    rule: str, functions: Functions, due: datetime, until: datetime
) -> int:
    """How many more starts there were after ``due`` and before ``until``."""
    count = 0
    for moment in _starts(rule, functions, due):
        if moment >= until:
            break
        count += 1
    return count


def _starts(rule: str, functions: Functions, after: datetime) -> Iterator[datetime]:
    """Every moment of the rule after ``after``, in order, within some 400 days."""
    begin = after.astimezone(ZONE).date() - timedelta(days=EARLIER)
    last = after
    for ahead in range(FARTHEST + EARLIER):
        moment = _moment(rule, functions, begin + timedelta(days=ahead))
        if moment is not None and moment > last:
            last = moment
            yield moment


def _moment(rule: str, functions: Functions, day: date) -> datetime | None:
    try:
        value: Any = evaluate(rule, Names({"day": day.isoformat()}), functions)
        return moment_of(value) if value else None
    except (Refused, ValueError) as wrong:
        raise StartRuleWrong(rule=rule, reason=str(wrong)) from wrong


def _bring_up_to_date(session: Session, runtime: Runtime) -> None:
    """A row for each process and site that has a rule; made anew where the rule or the
    site's calendar changed."""
    rules, sites = _rules(session, runtime), session.scalars(select(Site)).all()
    kept = {(row.process_id, row.site_id): row for row in _rows(session)}
    wanted = [(process_id, site.id) for site in sites for process_id in rules]
    if missing := [key for key in wanted if key not in kept]:
        add_schedules(session, missing)
        kept = {(row.process_id, row.site_id): row for row in _rows(session)}
    for site in sites:
        for process_id, rule in rules.items():
            _refresh(session, runtime, kept.pop((process_id, site.id)), rule, site)
    for gone in kept.values():
        session.delete(gone)


def _rows(session: Session) -> Sequence[Schedule]:
    return session.scalars(select(Schedule)).all()


def _rules(session: Session, runtime: Runtime) -> Mapping[str, str]:
    found = {}
    for process in session.scalars(select(Process)):
        rule = runtime.published(session, process.current_id).start_rule
        if rule is not None:
            found[process.id] = rule
    return found


def _refresh(
    session: Session, runtime: Runtime, row: Schedule, rule: str, site: Site
) -> None:
    if (row.rule, row.calendar_version) == (rule, site.calendar_version):
        return
    at = now()
    overdue = row.due_at is not None and row.due_at < at and row.rule == rule
    row.rule, row.calendar_version = rule, site.calendar_version
    if overdue:
        return  # what should have started by the old calendar still does
    try:
        row.due_at = next_start(rule, runtime.functions(session, site), at)
    except StartRuleWrong as wrong:
        row.due_at, row.failure = None, str(wrong)
