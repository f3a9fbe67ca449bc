"""Answer one item of a task, or correct it while the task is open; no workflow is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from engine.actions.answers import Reading, checked_answers
from engine.actions.files import keep_signatures
from engine.actions.open_task import CaseNotRunning, act_on, open_task
from engine.actions.papers import write_papers
from engine.actions.settle import Line, add_history
from engine.errors import AlreadyDone, NotFound
from engine.forms import Items, hidden_answers, with_kept
from engine.operations.act import Act
from engine.people import Person
from engine.runtime import Runtime
from engine.store.cases import Case, Task
from engine.store.database import changed_rows, now
from engine.store.items import TaskItem
from engine.store.files import file_facts


class ItemAnswered(AlreadyDone):
    """“{label}”刚被别人填写过，您的内容没有保存，请看过再改。"""


@dataclass(frozen=True)
class ItemDone:
    """``next_item`` is the next one that is still open, if any."""

    label: str
    next_item: int | None


def complete_item(
    session: Session,
    runtime: Runtime,
    person: Person,
    task_id: str,
    item_id: int,
    reading: Reading,
    seen: int = 0,
    lang: str = "zh",
) -> ItemDone:
    """``seen`` is the item's version on the page that was filled in (0: not answered).

    Raises ``NotFound``, ``AlreadyDone``, ``CaseNotRunning``, ``TakenByOther``,
    ``NotYours``, ``ItemAnswered``, ``AnswersRefused``. Nothing is changed then.
    """
    task = open_task(session, person, task_id, "complete")
    items, item, following = task_item(session, runtime, task, item_id)
    if item.version != seen:
        raise ItemAnswered(label=item.label)
    functions = runtime.functions(session, task.case.site, case=task.case)
    files = partial(file_facts, session, task.case_id)
    scope = items.scope({**task.case.data, **(task.item or {})}, item)
    act = act_on(session, task, person, now())
    answers = with_kept(items.form, reading(items.form), item.answers or {})
    given = checked_answers(items.form, answers, scope, functions, files, lang)
    given = hidden_answers(items.form, given, runtime.seal)
    given = keep_signatures(runtime, act, items.form, given)
    after = _take_turn(act)
    _answer(act, item, given)
    add_history(act, after, [_line(task, item, given)])
    others = runtime.published(session, task.case.version_id).forms.values()
    own = _in_house(act, runtime, item)
    write_papers(own, items.form, {**scope, **given}, given, functions, others)
    own.file_papers()
    return ItemDone(item.label, following)


# the next one in the order of the list, from its beginning after its end
_other = aliased(TaskItem)
_OPEN = (
    select(_other.id)
    .where(_other.task_id == TaskItem.task_id, _other.state == "open")
    .where(_other.id != TaskItem.id)
    .order_by(_other.place)
    .limit(1)
)
_FOLLOWING = func.coalesce(
    _OPEN.where(_other.place > TaskItem.place).scalar_subquery(),
    _OPEN.scalar_subquery(),
)
_ITEM = (
    select(TaskItem, _FOLLOWING)
    .where(TaskItem.id == bindparam("of_item"))
    .where(TaskItem.task_id == bindparam("of_task"))
    .execution_options(populate_existing=True)
)


def task_item(
    session: Session, runtime: Runtime, task: Task, item_id: int
) -> tuple[Items, TaskItem, int | None]:
    """An item of the task as it is now, and the next one that is open. Raises
    ``NotFound``."""
    form = runtime.published(session, task.case.version_id).forms.get(task.form or "")
    found = session.execute(_ITEM, {"of_item": item_id, "of_task": task.id}).first()
    if form is None or form.items is None or found is None:
        raise NotFound()
    return form.items, found[0], found[1]


_TURN = (
    update(Case)
    .where(Case.id == bindparam("of_case"), Case.status == "running")
    .values(version=Case.version + 1, history_seq=Case.history_seq + 1)
    .returning(Case.history_seq)
)


def _take_turn(act: Act) -> int:
    """One line of the case's history is ours, after the one answered here; who moves the
    case meanwhile sees that it changed."""
    act.session.flush()  # a signature's file
    found = act.session.connection().execute(_TURN, {"of_case": act.case_id}).scalar()
    if found is None:
        raise CaseNotRunning()
    return int(found) - 1


_OPEN_TASK = select(Task.id).where(
    Task.id == bindparam("of_task"), Task.state == "open"
)
_ANSWER = update(TaskItem).where(
    TaskItem.id == bindparam("of_item"),
    TaskItem.version == bindparam("at_version"),
    TaskItem.task_id.in_(_OPEN_TASK),
)


def _answer(act: Act, item: TaskItem, given: dict[str, Any]) -> None:
    assert act.person is not None
    answered = changed_rows(
        act.session,
        _ANSWER,
        of_item=item.id,
        at_version=item.version,
        of_task=item.task_id,
        version=item.version + 1,
        answers=given,
        state="done",
        done_at=act.at,
        done_by=act.person.id,
        draft=None,
        draft_by=None,
        draft_at=None,
    )
    if answered != 1:
        raise ItemAnswered(label=item.label)


def _in_house(act: Act, runtime: Runtime, item: TaskItem) -> Act:
    """Its papers are those of its house."""
    house = item.house_code or act.house_code
    return replace(act, house_code=house, columns=runtime.record_columns)


def _line(task: Task, item: TaskItem, given: Mapping[str, Any]) -> Line:
    detail: dict[str, Any] = {"item": item.key, "label": item.label}
    if item.answers is None:
        detail["answers"] = dict(given)
    else:
        old = item.answers
        changed = [name for name in given if given[name] != old.get(name)]
        detail["before"] = {name: old.get(name) for name in changed}
        detail["after"] = {name: given[name] for name in changed}
    return {
        "kind": "item_done" if item.answers is None else "item_corrected",
        "element": task.element,
        "step": task.step or None,
        "name": f"{task.name}：{item.label}"[:200],
        "task_id": task.id,
        "detail": detail,
    }
