"""What a case waits for, as rows: tasks, timers, messages, calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.expressions import evaluate
from engine.forms import Names
from engine.operations.act import SITE_ZONE, Act
from engine.people import Person
from engine.progress import Element, Progress, Wait
from engine.runtime import Published
from engine.store.cases import Task
from engine.store.cases import Wait as WaitRow
from engine.store.database import changed_rows, insert_rows, note_due
from engine.store.outbox import Incident, OutboxCall
from engine.store.staff import Staff
from engine.store.writes import Rows
from engine.workflow.run import World


class DueRefused(Refused):
    """“{element}”的办理期限算不出时间：{value}"""

    status = 422


def opened_waits(
    act: Act, version: Published, progress: Progress, data: dict[str, Any], world: World
) -> list[Rows]:
    """The rows of what the case waits for from now on."""
    tasks = [
        _task_row(act, version, w, data, world)
        for w in progress.opened
        if w.kind == "task"
    ]
    events = [w for w in progress.opened if w.kind not in ("task", "call")]
    for wait in events:
        if wait.due_at is not None:
            note_due(act.session, wait.due_at)
    waits = [_wait_row(act, version, w, data, world) for w in events]
    return [Rows(Task, tasks), Rows(WaitRow, waits)]


def close_waits(act: Act, progress: Progress) -> None:
    """What nobody waits for any more."""
    session = act.session
    tasks_gone = [
        w.id for w in progress.closed if w.kind == "task" and w.id != act.task_id
    ]
    if tasks_gone:
        changed_rows(
            session,
            update(Task)
            .where(Task.id.in_(tasks_gone), Task.state == "open")
            .values(state="cancelled", ended_at=act.at, draft=None),
        )
    events_gone = [w.id for w in progress.closed if w.kind not in ("task", "call")]
    if events_gone:
        gone = delete(WaitRow).where(WaitRow.id.in_(events_gone))
        session.execute(gone.execution_options(synchronize_session=False))


def save_calls(act: Act, progress: Progress) -> None:
    """New calls into the outbox; those nobody waits for any more are dropped."""
    dropped = [
        w.id for w in progress.closed if w.kind == "call" and w.id != act.answered
    ]
    if dropped:
        changed_rows(
            act.session,
            update(OutboxCall)
            .where(OutboxCall.id.in_(dropped), OutboxCall.state != "done")
            .values(state="dropped", done_at=act.at),
        )
        resolve_incidents(act.session, dropped, act.at, act.person)
    rows = [
        {
            "id": call.id,
            "case_id": act.case_id,
            "element": call.element,
            "operation": call.operation,
            "request": dict(call.values),
            "state": "pending",
            "attempts": 0,
            "due_at": act.at,
            "created_at": act.at,
        }
        for call in progress.calls
    ]
    insert_rows(act.session, OutboxCall, rows)
    if rows:
        note_due(act.session, act.at)


def resolve_incidents(
    session: Session, references: list[str], at: datetime, person: Person | None
) -> None:
    """What got stuck on these calls is stuck no more."""
    open_ones = update(Incident).where(
        Incident.reference.in_(references), Incident.resolved_at.is_(None)
    )
    by = person.id if person else None
    changed_rows(session, open_ones.values(resolved_at=at, resolved_by=by))


def _task_row(
    act: Act, version: Published, wait: Wait, data: dict[str, Any], world: World
) -> dict[str, Any]:
    element = version.elements[wait.element]
    names = Names({**data, **(wait.item or {})})
    due = _due_of(element, names, world)
    return {
        "id": wait.id,
        "case_id": act.case_id,
        "element": element.id,
        "step": element.step,
        "name": element.name or element.id,
        "role": element.role,
        "worked_by": element.worked_by,
        "assignee_id": _assignee(act, element, names, world),
        "form": element.form,
        "item": None if wait.item is None else dict(wait.item),
        "due_at": due,
        "due_rule": None if due is None else world.due_rules.get(due),
        "created_at": act.at,
        "state": "open",
        "priority": 0,
    }


def _due_of(
    element: Element, names: Mapping[str, Any], world: World
) -> datetime | None:
    """The limit that an element's ``due`` gives: an ISO time, or a date to its end."""
    source = element.properties.get("due")
    value = evaluate(source, names, world.functions) if source else None
    if value is None:
        return None
    try:
        due = datetime.fromisoformat(str(value))
    except ValueError as wrong:
        raise DueRefused(element=element.name or element.id, value=value) from wrong
    if len(str(value)) == len("2026-03-10"):
        due = due.replace(hour=23, minute=59, second=59)
    return due if due.tzinfo else due.replace(tzinfo=SITE_ZONE)


def _assignee(
    act: Act, element: Element, names: Mapping[str, Any], world: World
) -> int | None:
    """The person an element's ``assignee`` names by login; None leaves it to the role."""
    source = element.properties.get("assignee")
    username = evaluate(source, names, world.functions) if source else None
    if not username:
        return None
    query = select(Staff.id).where(Staff.username == str(username), Staff.active)
    return act.session.scalar(query)


def _wait_row(
    act: Act, version: Published, wait: Wait, data: dict[str, Any], world: World
) -> dict[str, Any]:
    source = version.elements[wait.element].properties.get("correlation")
    value = evaluate(source, Names(data), world.functions) if source else None
    return {
        "id": wait.id,
        "case_id": act.case_id,
        "element": wait.element,
        "kind": wait.kind,
        "name": wait.name,
        "correlation": None if value is None else str(value),
        "due_at": wait.due_at,
        "due_rule": world.due_rules.get(wait.due_at) if wait.due_at else None,
    }
