"""Keep what a person typed so far. A draft is checked only when the task is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions.open_task import open_task
from engine.errors import AlreadyDone
from engine.forms import hidden_draft
from engine.people import Person, allowed_actions
from engine.runtime import Runtime
from engine.store.cases import Task
from engine.store.database import changed_rows, now


def save_draft(
    session: Session,
    runtime: Runtime,
    person: Person,
    task_id: str,
    typed: dict[str, Any],
) -> datetime:
    """Save the typed text of the form; who saves the first draft claims the task.
    Identity and bank numbers are encrypted here too.

    Raises ``AlreadyDone``, ``TakenByOther``, ``NotYours``.
    """
    task = open_task(session, person, task_id, "complete")
    version = runtime.published(session, task.case.version_id)
    form = version.forms.get(task.form or "")
    if form is not None:
        typed = hidden_draft(form, typed, runtime.seal)
    at = now()
    claim: dict[str, Any] = {}
    if "claim" in allowed_actions(person, task, task.case):
        claim = {"assignee_id": person.id, "claimed_at": at}
    saved = changed_rows(
        session,
        update(Task)
        .where(Task.id == task.id, Task.state == "open")
        .where(Task.assignee_id.is_(None) | (Task.assignee_id == person.id))
        .values(draft=typed, draft_at=at, **claim),
    )
    if saved != 1:
        raise AlreadyDone()
    return at
