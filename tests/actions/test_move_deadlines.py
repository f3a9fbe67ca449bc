"""Limits in working days: on the task, moved when the calendar is, and told."""

from __future__ import annotations

from datetime import date, datetime

import time_machine
from sqlalchemy import select

from engine import transact
from engine.actions.move_deadlines import change_calendar
from engine.actions.set_calendar_day import set_calendar_day
from engine.actions.wake_cases import wake_all
from engine.store.tables import Task, Wait
from tests.actions.deadlines import FORM, approval
from tests.actions.running import ZONE, at, start, told, waits_for
from tests.cast import Office
from tests.models import publish


def due_of(
    office: Office, table: type[Task] | type[Wait], case_id: int
) -> datetime | None:
    with office.sessions() as session:
        due = session.scalars(
            select(table.due_at).where(table.case_id == case_id)
        ).one()
    return due and due.astimezone(ZONE)


def off(office: Office, day: date, kind: str = "holiday") -> None:
    with office.sessions() as session:
        person = office.person("hanwc")
        transact(
            session,
            change_calendar,
            office.runtime,
            person,
            office.site_id,
            set_calendar_day,
            day,
            kind,
            "停水",
        )


def test_a_task_has_its_limit_in_working_days(office: Office) -> None:
    publish(office, "approval", approval(), {"approve": FORM})
    with time_machine.travel(at("2026-02-13 09:00"), tick=False):
        case_id = start(office, "approval")
    # the Saturday of 14 February 2026 is a make-up working day
    assert due_of(office, Task, case_id) == at("2026-02-14 17:10")


def test_a_changed_calendar_moves_open_limits_and_their_timers(office: Office) -> None:
    publish(office, "approval", approval(), {"approve": FORM})
    with time_machine.travel(at("2026-03-10 09:00"), tick=False) as clock:
        case_id = start(office, "approval")
        assert due_of(office, Task, case_id) == at("2026-03-11 17:10")
        assert due_of(office, Wait, case_id) == at("2026-03-12 17:10")
        off(office, date(2026, 3, 11))
        assert due_of(office, Task, case_id) == at("2026-03-12 17:10")
        assert due_of(office, Wait, case_id) == at("2026-03-13 17:10")
        moves = told(office, case_id, "deadline_moved")
        assert [line.actor for line in moves] == ["韩文川", "韩文川"]
        clock.move_to(at("2026-03-12 17:11"), tick=False)
        _sweep(office)
        assert waits_for(office, case_id) == ["approve"]
        clock.move_to(at("2026-03-13 17:11"), tick=False)
        _sweep(office)
        assert waits_for(office, case_id) == ["escalate"]


def test_what_does_not_move_is_left_alone(office: Office) -> None:
    publish(office, "approval", approval("hours(24)"), {"approve": FORM})
    with time_machine.travel(at("2026-03-10 09:00"), tick=False):
        case_id = start(office, "approval")
        off(office, date(2026, 3, 30))
        assert due_of(office, Task, case_id) == at("2026-03-11 09:00")
        assert told(office, case_id, "deadline_moved") == []


def _sweep(office: Office) -> None:
    with office.sessions() as session:
        wake_all(session, office.runtime)
