"""Keep what a person typed so far about one item. It is checked only when it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.actions.open_task import open_task
from engine.errors import NotFound, Refused
from engine.forms import hidden_draft
from engine.people import Person
from engine.runtime import Runtime
from engine.store.database import changed_rows, now
from engine.store.items import TaskItem
from engine.store.staff import Staff


class BeingFilled(Refused):
    """这一项{name}正在填写，您的草稿没有保存。"""

    status = 409


def save_item_draft(
    session: Session,
    runtime: Runtime,
    person: Person,
    task_id: str,
    item_id: int,
    typed: dict[str, Any],
) -> datetime:
    """One person's draft an item: another's is not written over (``BeingFilled``).

    Raises ``NotFound``, ``AlreadyDone``, ``TakenByOther``, ``NotYours`` too.
    """
    task = open_task(session, person, task_id, "complete")
    form = runtime.published(session, task.case.version_id).forms.get(task.form or "")
    if form is None or form.items is None:
        raise NotFound()
    typed = hidden_draft(form.items.form, typed, runtime.seal)
    at = now()
    own = TaskItem.draft_by.is_(None) | (TaskItem.draft_by == person.id)
    saved = changed_rows(
        session,
        update(TaskItem)
        .where(TaskItem.id == item_id, TaskItem.task_id == task_id, own)
        .values(draft=typed, draft_by=person.id, draft_at=at),
    )
    if saved != 1:
        writer = (
            select(Staff.name)
            .join(TaskItem, TaskItem.draft_by == Staff.id)
            .where(TaskItem.id == item_id, TaskItem.task_id == task_id)
        )
        name = session.scalar(writer)
        if name is None:
            raise NotFound()
        raise BeingFilled(name=name)
    return at
