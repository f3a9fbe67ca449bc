"""Which of a case's pictures are identity papers: stamped when shown, destroyed in time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from engine.forms import Form
from engine.runtime import Runtime
from engine.store.cases import Case, Task
from engine.store.files import StoredFile
from engine.store.items import TaskItem


def identity_papers(
    session: Session, runtime: Runtime, case: Case, files: Collection[StoredFile]
) -> set[str]:
    """Those given to a photo field with ``stamp``, of a form or of the form of an item;
    until the form is done whatever came with such a form."""
    pictures = [file for file in files if file.type.startswith("image/")]
    query = select(Task.id, Task.form)
    query = query.where(Task.id.in_({file.task_id for file in pictures}))
    tasks = {task_id: form for task_id, form in session.execute(query)}
    forms = runtime.published(session, case.version_id).forms
    found = set()
    for file in pictures:
        form = forms.get(tasks.get(file.task_id or "") or "")
        if form is not None and _is_paper(session, form, case.data, file):
            found.add(file.id)
    return found


def _is_paper(
    session: Session, form: Form, data: dict[str, Any], file: StoredFile
) -> bool:
    """A picture that came with a form with items stands in the form or in one of them."""
    stamps, items = _stamps(form), form.items
    holding = _holding(form, [data], file.id)
    if items is not None and not holding and (stamps | _stamps(items.form)):
        named = cast(TaskItem.answers, String).contains(file.id, autoescape=True)
        query = select(TaskItem.answers).where(TaskItem.task_id == file.task_id, named)
        holding = _holding(items.form, [*session.scalars(query)], file.id)
        stamps = _stamps(items.form) if holding else stamps | _stamps(items.form)
    return bool(stamps & holding if holding else stamps)


def _stamps(form: Form) -> set[str]:
    return {own.name for own in form.fields if own.ui.get("stamp")}


def _holding(form: Form, filled: Collection[Any], file_id: str) -> set[str]:
    """The fields in which the file stands."""
    return {
        name
        for name in form.by_name
        for data in filled
        if file_id in _texts((data or {}).get(name))
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, str):
        yield value
