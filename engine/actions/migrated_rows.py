"""The rows of a case that changes its version: open tasks, waits, what people are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from engine.operations.act import Act
from engine.progress import Element, Wait
from engine.runtime import Named, Published
from engine.store.cases import Task
from engine.store.cases import Wait as WaitRow
from engine.store.database import changed_rows, insert_rows, note_due
from engine.store.staff import StaffRole
from engine.workflow.migrate import Migrated

Rows = list[dict[str, Any]]
_WAIT = ("id", "element", "kind", "name", "correlation", "due_rule")


def wait_rows(session: Session, case_id: int) -> Rows:
    """A case's wait rows as JSON; times ISO 8601."""
    rows = session.scalars(select(WaitRow).where(WaitRow.case_id == case_id))
    return [
        {name: getattr(row, name) for name in _WAIT}
        | {"due_at": row.due_at and row.due_at.isoformat()}
        for row in rows
    ]


def put_back_waits(act: Act, saved: Rows) -> None:
    """The wait rows as ``wait_rows`` found them, instead of those there are."""
    gone = delete(WaitRow).where(WaitRow.case_id == act.case_id)
    act.session.execute(gone.execution_options(synchronize_session=False))
    rows = [
        {**row, "case_id": act.case_id, "due_at": _moment(row["due_at"])}
        for row in saved
    ]
    insert_rows(act.session, WaitRow, rows)
    for row in rows:
        if row["due_at"] is not None:
            note_due(act.session, row["due_at"])


def keep_rules(session: Session, saved: Rows, changed: tuple[Wait, ...]) -> None:
    """A limit in working days that kept its moment still moves with the calendar."""
    rules = {row["id"]: row for row in saved if row["due_rule"]}
    for wait in changed:
        row = rules.get(wait.id)
        if row is not None and _moment(row["due_at"]) == wait.due_at:
            put = update(WaitRow).where(WaitRow.id == wait.id)
            changed_rows(session, put.values(due_rule=row["due_rule"]))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


# -- tasks ------------------------------------------------------------------------


def redraw_tasks(act: Act, old: Published, new: Published) -> dict[str, int]:
    """Open tasks say what the new version says of them; id, draft and limit stay.

    Who has claimed a task and may not work the lane it now lies in gives it back to
    those who may; the answer is who had what (task id to staff id).
    """
    released: dict[str, int] = {}
    query = select(Task.id, Task.element, Task.assignee_id)
    query = query.where(Task.case_id == act.case_id, Task.state == "open")
    for task_id, name, assignee in act.session.execute(query).all():
        before, after = old.elements[name], new.elements[name]
        values = _shown(after)
        if assignee is not None and _leaves(act, before, after, assignee):
            released[task_id] = assignee
            values |= {"assignee_id": None, "claimed_at": None}
        if values != _shown(before):
            put = update(Task).where(Task.id == task_id, Task.state == "open")
            changed_rows(act.session, put.values(**values))
    return released


def give_back_tasks(act: Act, released: Mapping[str, int]) -> None:
    """To those that had claimed them, where nobody else has since."""
    for task_id, assignee in released.items():
        put = update(Task).where(Task.id == task_id, Task.state == "open")
        put = put.where(Task.assignee_id.is_(None))
        changed_rows(act.session, put.values(assignee_id=assignee, claimed_at=act.at))


def _shown(element: Element) -> dict[str, Any]:
    return {
        "step": element.step,
        "name": element.name or element.id,
        "role": element.role,
        "worked_by": element.worked_by,
        "form": element.form,
    }


def _leaves(act: Act, before: Element, after: Element, assignee: int) -> bool:
    """Whether the step went to a role that its assignee has not; one that names its
    person by an expression keeps them."""
    if before.worked_by == after.worked_by or "assignee" in after.properties:
        return False
    role = exists().where(
        StaffRole.staff_id == assignee,
        StaffRole.role == after.worked_by,
        StaffRole.site_id.is_(None) | (StaffRole.site_id == act.site_id),
    )
    return not act.session.scalar(select(role))


# -- words ------------------------------------------------------------------------


def notes(
    old: Published, new: Published, migrated: Migrated, roles: Named
) -> tuple[str, ...]:
    """What else changes for a case, in sentences."""
    return tuple(dict.fromkeys(_notes(old, new, migrated, roles)))


def _notes(
    old: Published, new: Published, migrated: Migrated, roles: Named
) -> Iterator[str]:
    for wait in migrated.opened:
        word = "从换版本时起计时" if wait.kind == "timer" else "从换版本时起等候"
        yield f"“{_name(new, wait.element)}”是新版本里加的，{word}。"
    for wait in migrated.closed:
        yield f"“{_name(old, wait.element)}”在新版本里没有了，不再等候。"
    for element in migrated.held:
        yield f"“{_name(new, element)}”的时间改了，已在计时的仍按原来的时间。"
    for wait in migrated.waits:
        if wait.kind == "task":
            yield from _task_notes(old, new, wait.element, roles)


def _task_notes(
    old: Published, new: Published, name: str, roles: Named
) -> Iterator[str]:
    before, after = old.elements[name], new.elements[name]
    if before.worked_by != after.worked_by:
        role = roles.get(after.worked_by, {}).get("name", after.worked_by)
        yield f"“{_name(new, name)}”改由{role}办理。"
    if _form(old, before) != _form(new, after):
        yield f"“{_name(new, name)}”的表单改了，已填的草稿保留。"


def _form(version: Published, element: Element) -> Any:
    form = version.forms.get(element.form or "")
    return None if form is None else form.source


def _name(version: Published, element: str) -> str:
    return version.elements[element].name or element
