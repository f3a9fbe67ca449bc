"""Timers: what an idle poll costs, and how long an outage takes to catch up with."""

from __future__ import annotations

import time
from datetime import timedelta
from unittest.mock import patch

import time_machine
from sqlalchemy import bindparam, text

from engine import transact
from engine.actions.wake_cases import take_due, wake_all
from engine.store.database import UtcDateTime, now
from engine.workflow import run
from tests.benchmarks.measure import Line, median_ms, within
from tests.cast import Office
from tests.proofs.copies import copy_case
from tests.proofs.working import begin

FUTURE, DUE = 200_000, 10_000
MINUTES = 5
_FUTURE_ROWS = text(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
    "INSERT INTO wait (id, case_id, element, kind, name, due_at) "
    "SELECT 'far' || CAST(i AS VARCHAR(20)), :case_id, 'late', 'timer', '', :due FROM n"
).bindparams(bindparam("due", type_=UtcDateTime))


def poll_lines(office: Office, label: str) -> list[Line]:
    """``office`` is one of tests.proofs.working; afterwards it has its future rows."""
    case_id = begin(office, office.person("jiahl")).id
    far = now() + timedelta(days=400)
    with office.sessions.begin() as session:
        given = {"count": FUTURE, "case_id": case_id, "due": far}
        session.execute(_FUTURE_ROWS, given)
    with office.sessions() as session:
        poll = median_ms(lambda: transact(session, take_due), 40)
        with patch.object(run, "load", wraps=run.load) as load:
            wake_all(session, office.runtime)
    name = f"idle timer poll, {FUTURE:,} future rows, {label}"
    loaded = within("  workflows it loads", load.call_count, "workflows", 0)
    return [within(name, poll, "ms", 5), loaded]


def outage_lines(office: Office, label: str) -> list[Line]:
    """10,000 due timers, one worker."""
    case_id = begin(office, office.person("jiahl")).id
    with office.sessions.begin() as session:
        copy_case(session, case_id, DUE - 1)
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        with office.sessions() as session:
            begun = time.perf_counter()
            woken = wake_all(session, office.runtime)
            spent = time.perf_counter() - begun
    if woken < DUE:
        raise RuntimeError(f"{woken} of {DUE} timers fired")
    return [within(f"{DUE:,} due timers, {label}", spent, "s", 60 * MINUTES)]
