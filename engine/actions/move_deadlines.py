"""A calendar was changed: make the open limits in working days anew, and say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, undefer

from engine.actions.calendar_edits import CalendarChange, DayChange
from engine.actions.settle import Line, element_line, save_case
from engine.calendar import Calendar, Deadline, Moved, moved
from engine.operations.act import Act
from engine.people import Person
from engine.runtime import Runtime
from engine.store.cases import Case, Task, Wait
from engine.store.database import changed_rows, note_due, now
from engine.workflow.run import shift_timers

Edit = Callable[..., CalendarChange]
Table = type[Task] | type[Wait]


@dataclass(frozen=True)
class Shift:
    """One open limit that a changed calendar puts elsewhere; ``step`` is its name."""

    case_id: int
    number: str
    title: str
    step: str
    before: datetime
    after: datetime


@dataclass(frozen=True)
class CalendarResult:
    """What an edit makes of a calendar: days that count otherwise, limits that move."""

    days: tuple[DayChange, ...]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class _Move:
    """A limit on the move, with what it is of."""

    table: Table
    move: Moved
    case_id: int
    version_id: str
    element: str
    number: str
    title: str


def change_calendar(
    session: Session,
    runtime: Runtime,
    person: Person,
    site_id: int,
    edit: Edit,
    *args: Any,
) -> CalendarResult:
    """Edit a site's calendar (``set_calendar_day``, ``confirm_calendar_year``,
    ``set_site_hours``) and move the open deadlines that it makes to lie elsewhere, in
    the same transaction."""
    change = edit(session, person, site_id, *args)
    if not change.moves:
        return CalendarResult((), ())
    shifts = move_deadlines(session, runtime, person, site_id, change.calendar)
    return CalendarResult(change.days, shifts)


def preview_calendar(
    session: Session,
    runtime: Runtime,
    person: Person,
    site_id: int,
    edit: Edit,
    *args: Any,
) -> CalendarResult:
    """What ``change_calendar`` would do. It is done and taken back, short of moving the
    cases, so that what is told and refused here is what would be."""
    change = edit(session, person, site_id, *args)
    moves = _moves(session, site_id, change.calendar) if change.moves else []
    shifts = _told(session, runtime, moves)
    session.rollback()
    return CalendarResult(change.days, shifts)


def move_deadlines(
    session: Session,
    runtime: Runtime,
    person: Person | None,
    site_id: int,
    calendar: Calendar,
) -> tuple[Shift, ...]:
    """Move what lies elsewhere in this calendar. Each shift is told in its case's
    history. Variables computed from a limit stay as they were."""
    moves = _moves(session, site_id, calendar)
    by_case: dict[int, list[_Move]] = defaultdict(list)
    for each in moves:
        by_case[each.case_id].append(each)
    for case_id, those in by_case.items():
        _shift(session, runtime, person, case_id, those)
    return _told(session, runtime, moves)


def _moves(session: Session, site_id: int, calendar: Calendar) -> list[_Move]:
    return [
        move
        for table in (Task, Wait)
        for move in _moves_of(session, table, site_id, calendar)
    ]


def _moves_of(
    session: Session, table: Table, site_id: int, calendar: Calendar
) -> list[_Move]:
    of_case = (Case.version_id, Case.number, Case.title)
    query = (
        select(table.id, table.case_id, table.element, table.due_at, table.due_rule)
        .add_columns(*of_case)
        .join(Case, Case.id == table.case_id)
        .where(
            Case.site_id == site_id, Case.status == "running", table.due_at.is_not(None)
        )
    )
    if table is Task:
        query = query.where(Task.state == "open")
    rows = {row.id: row for row in session.execute(query) if row.due_rule}
    deadlines = (Deadline(row.id, row.due_at, row.due_rule) for row in rows.values())
    return [_move(table, move, rows[move.id]) for move in moved(deadlines, calendar)]


def _move(table: Table, move: Moved, row: Any) -> _Move:
    about = (row.case_id, row.version_id, row.element, row.number, row.title)
    return _Move(table, move, *about)


def _told(
    session: Session, runtime: Runtime, moves: Iterable[_Move]
) -> tuple[Shift, ...]:
    """The soonest limit first."""
    found = []
    for each in moves:
        elements = runtime.published(session, each.version_id).elements
        step = elements[each.element].name or each.element
        about = (each.case_id, each.number, each.title, step)
        found.append(Shift(*about, each.move.before, each.move.after))
    return tuple(sorted(found, key=lambda shift: (shift.before, shift.number)))


def _shift(
    session: Session,
    runtime: Runtime,
    person: Person | None,
    case_id: int,
    moves: list[_Move],
) -> None:
    query = select(Case).where(Case.id == case_id)
    query = query.options(undefer(Case.state), joinedload(Case.site))
    case = session.scalars(query.execution_options(populate_existing=True)).one()
    version = runtime.published(session, case.version_id)
    act = Act.on(session, case, person, now())
    lines: list[Line] = []
    for each in moves:
        table, move = each.table, each.move
        changed_rows(
            session, update(table).where(table.id == move.id).values(due_at=move.after)
        )
        note_due(session, move.after)
        detail = {"from": move.before.isoformat(), "to": move.after.isoformat()}
        element = version.elements[each.element]
        lines.append(
            element_line(element, "deadline_moved", task_id=move.id, detail=detail)
        )
    timers = {each.move.id: each.move.after for each in moves if each.table is Wait}
    state = shift_timers(version.specs, case.state, timers) if timers else case.state
    save_case(act, case, lines, state=state)
