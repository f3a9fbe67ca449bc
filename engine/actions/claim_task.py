"""Claim a task (签收): from then on it is this person's alone."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions.open_task import open_task
from engine.errors import AlreadyDone
from engine.people import Person
from engine.store.cases import Task
from engine.store.database import changed_rows, now


def claim_task(session: Session, person: Person, task_id: str) -> Task:
    """Raises ``AlreadyDone``, ``TakenByOther``, ``NotYours``: of two, one wins."""
    task = open_task(session, person, task_id, "claim")
    claimed = changed_rows(
        session,
        update(Task)
        .where(Task.id == task.id, Task.state == "open", Task.assignee_id.is_(None))
        .values(assignee_id=person.id, claimed_at=now()),
    )
    if claimed != 1:
        session.expire(task)
        open_task(session, person, task_id, "claim")
        raise AlreadyDone()
    return task
