"""A person completes a task: answers checked, case moved on, papers written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from engine.actions.answers import Reading, checked_answers
from engine.actions.files import keep_signatures
from engine.actions.move import go
from engine.actions.moving import Moving, moving
from engine.actions.open_task import open_task
from engine.actions.papers import kinds_written, write_papers
from engine.actions.settle import element_line
from engine.forms import Form, hidden_answers
from engine.operations.act import Act
from engine.people import Person
from engine.progress import Progress
from engine.runtime import Functions, Published, Runtime
from engine.store.cases import Task
from engine.store.files import facts_of_case
from engine.store.writes import Change
from engine.tally import with_items
from engine.workflow import run


@dataclass(frozen=True)
class Done:
    """What completing a task led to; ``next_task`` is one this person can go on with."""

    case_id: int
    next_task: str | None


def complete_task(
    session: Session,
    runtime: Runtime,
    person: Person,
    task_id: str,
    reading: Reading,
    lang: str = "zh",
) -> Done:
    """Complete a task with what its form was filled with; ``reading`` reads that, and
    ``lang`` is the language in which answers are refused.

    Raises ``AlreadyDone``, ``NotYours``, ``AnswersRefused``, ``StepFailed`` and what an
    operation of the diagram refuses with. Nothing is changed then.
    """
    task = open_task(session, person, task_id, "complete", with_state=True)
    case = task.case
    whole = moving(
        session, runtime, case, person, element=task.element, task_id=task.id
    )
    form = whole.version.forms.get(task.form or "")
    scope = {**case.data, **(task.item or {})}
    functions = with_items(session, form, task.id, whole.world.functions)
    given = _given(whole, form, scope, functions, reading, lang)

    def file_answers(progress: Progress) -> None:
        whole.act.first.append(_close(whole.act, task))
        if form is not None:
            data = {**scope, **progress.data, **given}
            others = whole.version.forms.values()
            write_papers(whole.act, form, data, given, functions, others)

    if form is not None:
        whole.act.filing.update(kinds_written(form, {**scope, **given}, functions))
    element = whole.version.elements[task.element]
    line = element_line(element, "completed", task_id=task.id, detail=_detail(given))
    progress = go(
        whole,
        line,
        lambda specs, state, world: run.finish(specs, state, task.id, given, world),
        then=file_answers,
    )
    return Done(case.id, _next(person, whole.version, progress))


def _given(
    whole: Moving,
    form: Form | None,
    scope: dict[str, Any],
    functions: Functions,
    reading: Reading,
    lang: str,
) -> dict[str, Any]:
    """What was answered, checked; drawn signatures are kept as files, numbers hidden."""
    if form is None:
        return {}
    files = facts_of_case(whole.act.session, whole.case.id)
    given = checked_answers(form, reading(form), scope, functions, files, lang)
    given = hidden_answers(form, given, whole.runtime.seal)
    return keep_signatures(whole.runtime, whole.act, form, given)


def _next(person: Person, version: Published, progress: Progress) -> str | None:
    """The first task just opened that this person may do."""
    mine = (
        wait.id
        for wait in progress.opened
        if wait.kind == "task"
        and version.elements[wait.element].worked_by in person.roles
    )
    return next(mine, None)


def _detail(given: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"answers": dict(given)} if given else None


_CLOSE = update(Task).where(
    Task.id == bindparam("of_task"),
    Task.state == "open",
    Task.assignee_id.is_(None) | (Task.assignee_id == bindparam("by")),
)


def _close(act: Act, task: Task) -> Change:
    """Done, unless it was done, or claimed by another, since it was read."""
    assert act.person is not None
    person_id = act.person.id
    done = {"state": "done", "ended_at": act.at, "ended_by": person_id, "draft": None}
    mine = {"of_task": task.id, "by": person_id}
    return Change(_CLOSE, mine, {"assignee_id": person_id, **done})
