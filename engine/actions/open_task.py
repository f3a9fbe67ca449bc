"""Find the task an act is about: it is open, its case runs, and this person may."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from engine.errors import AlreadyDone, NotFound, NotYours, Refused
from engine.operations.act import Act
from engine.people import Person, allowed_actions
from engine.store.cases import Case, Task
from engine.store.staff import Staff


class TakenByOther(Refused):
    """这项任务已由{name}签收，请先与对方联系。"""

    status = 409


class CaseNotRunning(Refused):
    """案件已结束或已取消，这项任务不能再办。"""

    status = 409


# built once: that takes longer than to run them
_CASE = joinedload(Task.case)
_TASK = (
    select(Task)
    .where(Task.id == bindparam("of_task"))
    .options(_CASE.joinedload(Case.site))
    .execution_options(populate_existing=True)
)
_WITH_STATE = _TASK.options(_CASE.undefer(Case.state))


def open_task(
    session: Session, person: Person, task_id: str, verb: str, with_state: bool = False
) -> Task:
    """The task with its case, in one statement. Raises ``NotFound``, ``AlreadyDone``,
    ``CaseNotRunning``, ``TakenByOther``, ``NotYours``."""
    query = _WITH_STATE if with_state else _TASK
    task = session.scalar(query, {"of_task": task_id})
    if task is None:
        raise NotFound()
    if task.state != "open":
        raise AlreadyDone()
    if task.case.status != "running":
        raise CaseNotRunning()
    if verb not in allowed_actions(person, task, task.case):
        if task.assignee_id not in (None, person.id) and task.worked_by in person.roles:
            raise TakenByOther(name=_name(session, task.assignee_id))
        raise NotYours()
    return task


def act_on(session: Session, task: Task, person: Person, at: datetime) -> Act:
    return Act.on(session, task.case, person, at, element=task.element, task_id=task.id)


def _name(session: Session, staff_id: int | None) -> str:
    staff = session.get(Staff, staff_id)
    return staff.name if staff is not None else "别人"
