"""Give a claimed task back to its role (退签); what was typed stays as a draft."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions.open_task import open_task
from engine.people import Person
from engine.store.cases import Task
from engine.store.database import changed_rows


def unclaim_task(session: Session, person: Person, task_id: str) -> Task:
    task = open_task(session, person, task_id, "unclaim")
    changed_rows(
        session,
        update(Task)
        .where(Task.id == task.id, Task.state == "open", Task.assignee_id == person.id)
        .values(assignee_id=None, claimed_at=None),
    )
    return task
