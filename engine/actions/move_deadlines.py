"""A calendar was changed: make the open limits in working days anew, and say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, undefer

from engine.actions.calendar_edits import CalendarChange
from engine.actions.settle import Line, element_line, save_case
from engine.calendar import Calendar, Deadline, Moved, moved
from engine.operations.act import Act
from engine.people import Person
from engine.runtime import Runtime
from engine.store.cases import Case, Task, Wait
from engine.store.database import changed_rows, note_due, now
from engine.workflow.run import shift_timers


def change_calendar(
    session: Session,
    runtime: Runtime,
    person: Person,
    site_id: int,
    edit: Callable[..., CalendarChange],
    *args: Any,
) -> CalendarChange:
    """Edit a site's calendar (``set_calendar_day``, ``confirm_calendar_year``) and move
    the open deadlines that it makes to lie elsewhere, in the same transaction."""
    change = edit(session, person, site_id, *args)
    if change.days:
        move_deadlines(session, runtime, person, site_id, change.calendar)
    return change


def move_deadlines(
    session: Session,
    runtime: Runtime,
    person: Person | None,
    site_id: int,
    calendar: Calendar,
) -> int:
    """Move what lies elsewhere in this calendar; how many limits moved. Each shift is
    told in its case's history. Variables computed from a limit stay as they were."""
    shifts: dict[int, list[tuple[type[Task] | type[Wait], Moved]]] = defaultdict(list)
    for table in (Task, Wait):
        for case_id, move in _moved(session, table, site_id, calendar):
            shifts[case_id].append((table, move))
    for case_id, moves in shifts.items():
        _shift(session, runtime, person, case_id, moves)
    return sum(len(moves) for moves in shifts.values())


def _moved(
    session: Session, table: type[Task] | type[Wait], site_id: int, calendar: Calendar
) -> list[tuple[int, Moved]]:
    query = (
        select(table.id, table.case_id, table.due_at, table.due_rule)
        .join(Case, Case.id == table.case_id)
        .where(
            Case.site_id == site_id, Case.status == "running", table.due_at.is_not(None)
        )
    )
    if table is Task:
        query = query.where(Task.state == "open")
    rows = [row for row in session.execute(query) if row.due_rule]
    case_of = {row.id: row.case_id for row in rows}
    deadlines = (Deadline(row.id, row.due_at, row.due_rule) for row in rows)
    return [(case_of[move.id], move) for move in moved(deadlines, calendar)]


def _shift(
    session: Session,
    runtime: Runtime,
    person: Person | None,
    case_id: int,
    moves: list[tuple[type[Task] | type[Wait], Moved]],
) -> None:
    query = select(Case).where(Case.id == case_id)
    query = query.options(undefer(Case.state), joinedload(Case.site))
    case = session.scalars(query.execution_options(populate_existing=True)).one()
    version = runtime.published(session, case.version_id)
    act = Act(
        session, case.site_id, case.id, case.number, case.house_code, person, now()
    )
    timers = {move.id: move.after for table, move in moves if table is Wait}
    lines: list[Line] = []
    for table, move in moves:
        changed_rows(
            session, update(table).where(table.id == move.id).values(due_at=move.after)
        )
        note_due(session, move.after)
        element = session.scalars(
            select(table.element).where(table.id == move.id)
        ).one()
        detail = {"from": move.before.isoformat(), "to": move.after.isoformat()}
        lines.append(
            element_line(
                version.elements[element],
                "deadline_moved",
                task_id=move.id,
                detail=detail,
            )
        )
    state = shift_timers(version.specs, case.state, timers) if timers else case.state
    save_case(act, case, lines, state=state)
