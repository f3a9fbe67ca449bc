"""Take some personal values out of a closed case, wherever it keeps them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.store.cases import Case, Task
from engine.store.database import changed_rows
from engine.store.files import StoredFile
from engine.store.history import Event
from engine.store.items import TaskItem

# names with what stands under them, as JSON
Gone = frozenset[tuple[str, str]]


def removed(data: Any, names: Collection[str]) -> Gone:
    """What is to go from a paper: the values of these names, in its tables too."""
    return frozenset(
        (name, _text(each))
        for name, value in _pairs(data)
        for each in (value, *_chosen(value))
        if name in names and value not in (None, "", [])
    )


def without(data: Any, gone: Gone) -> Any:
    """The same data without these names where they have these values."""
    if isinstance(data, list):
        return [without(each, gone) for each in data]
    if not isinstance(data, dict):
        return data
    return {
        name: without(value, gone)
        for name, value in data.items()
        if (name, _text(value)) not in gone
    }


def _pairs(data: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(data, list):
        for each in data:
            yield from _pairs(each)
    elif isinstance(data, dict):
        for name, value in data.items():
            yield name, value
            yield from _pairs(value)


def _chosen(value: Any) -> Iterator[Any]:
    """Whoever stands on paper with a name was chosen in the case by id."""
    if isinstance(value, dict):
        yield from (value[key] for key in ("staff_id", "party_id") if key in value)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def forget_in_case(session: Session, case_id: int, gone: Gone, at: datetime) -> None:
    """From its variables, history, tasks and their items; files named there are
    destroyed. Its state is of no use any more and goes as a whole."""
    case = session.get_one(Case, case_id, populate_existing=True)
    ended = update(Case).where(Case.id == case_id)
    changed_rows(session, ended, data=without(case.data, gone), state=b"")
    events = select(Event.id, Event.detail).where(Event.case_id == case_id)
    for event_id, detail in session.execute(events).all():
        if (left := without(detail, gone)) != detail:
            told = update(Event).where(Event.id == event_id)
            changed_rows(session, told, detail=left, purged_at=at)
    _forget_in_tasks(session, case_id, gone)
    ids = [one for _, text in gone for one in _ids(json.loads(text))]
    files = update(StoredFile).where(StoredFile.case_id == case_id)
    files = files.where(StoredFile.id.in_(ids), StoredFile.destroyed_at.is_(None))
    changed_rows(session, files.values(destroyed_at=at))


def _forget_in_tasks(session: Session, case_id: int, gone: Gone) -> None:
    drafts = update(Task).where(Task.case_id == case_id, Task.draft.is_not(None))
    changed_rows(session, drafts.values(draft=None))
    tasks = select(Task.id, Task.item).where(Task.case_id == case_id)
    for task_id, item in session.execute(tasks.where(Task.item.is_not(None))).all():
        if (left := without(item, gone)) != item:
            changed_rows(session, update(Task).where(Task.id == task_id), item=left)
    of_case = TaskItem.task_id.in_(select(Task.id).where(Task.case_id == case_id))
    items = select(TaskItem.id, TaskItem.facts, TaskItem.answers).where(of_case)
    for item_id, *both in session.execute(items).all():
        facts, answers = (without(each, gone) for each in both)
        if [facts, answers] != both:
            own = update(TaskItem).where(TaskItem.id == item_id)
            changed_rows(session, own, facts=facts, answers=answers)


def _ids(value: Any) -> Iterator[str]:
    """Of files that are named in a value."""
    if isinstance(value, list):
        for each in value:
            yield from _ids(each)
    elif isinstance(value, dict) and isinstance(value.get("id"), str):
        yield value["id"]
