"""One task's page: the form as it stands, what to do, who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from engine.errors import NotFound, NotYours
from engine.forms import Files, Form, opened_draft
from engine.people import Person, allowed_actions, may_see
from engine.progress import Element
from engine.runtime import Functions, Runtime
from engine.store.cases import Case, Task
from engine.store.files import facts_of_case
from engine.store.staff import Staff
from engine.tally import with_items


@dataclass(frozen=True)
class TaskView:
    """``scope`` are the variables a form may use, ``draft`` the text typed so far."""

    task: Task
    element: Element
    form: Form | None
    scope: dict[str, Any]
    draft: dict[str, Any] | None
    functions: Functions
    files: Files
    actions: tuple[str, ...]
    assignee: str | None
    process_name: str


def task_view(
    session: Session, runtime: Runtime, person: Person, task_id: str
) -> TaskView:
    """Raises ``NotFound``, and ``NotYours`` for who may not see the case."""
    query = (
        select(Task, Staff.name)
        .outerjoin(Staff, Staff.id == Task.assignee_id)
        .where(Task.id == task_id)
        .options(joinedload(Task.case).joinedload(Case.site), undefer(Task.draft))
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound()
    task, assignee = found
    case = task.case
    if not may_see(person, case, [task]) and not may_see(
        person, case, _all(session, case)
    ):
        raise NotYours()
    version = runtime.published(session, case.version_id)
    form = version.forms.get(task.form or "")
    functions = runtime.functions(session, case.site, case=case)
    return TaskView(
        task=task,
        element=version.elements[task.element],
        form=form,
        scope={**case.data, **(task.item or {})},
        draft=_draft(runtime, task, form) if task.assignee_id == person.id else None,
        functions=with_items(session, form, task.id, functions),
        files=facts_of_case(session, case.id),
        actions=allowed_actions(person, task, case),
        assignee=assignee,
        process_name=version.name,
    )


def _all(session: Session, case: Case) -> Sequence[Task]:
    """Whoever had any task in the case may look at this one too."""
    return session.scalars(select(Task).where(Task.case_id == case.id)).all()


def _draft(runtime: Runtime, task: Task, form: Form | None) -> dict[str, Any] | None:
    """What this person typed so far, with the numbers they typed."""
    if form is None or task.draft is None:
        return task.draft
    return opened_draft(form, task.draft, runtime.seal)
