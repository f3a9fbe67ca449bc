"""One item of a task: its form as it stands, and what was changed in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engine.errors import NotFound
from engine.forms import (
    Answers,
    Form,
    answers_of,
    display,
    opened_draft,
    read_json,
)
from engine.people import Person
from engine.reads.task_view import TaskView, task_view
from engine.registers import Named, names_for, with_names
from engine.runtime import Runtime
from engine.store.history import Event
from engine.store.items import TaskItem
from engine.store.staff import Staff


@dataclass(frozen=True)
class ItemView:
    """``scope`` are the variables its form may use, ``draft`` what this person typed so
    far, ``drafting`` who else has a draft; ``corrections`` the newest first."""

    whole: TaskView
    item: TaskItem
    form: Form
    scope: dict[str, Any]
    draft: dict[str, Any] | None
    drafting: str | None
    corrections: list[Event]
    names: Named

    @property
    def writable(self) -> bool:
        return "complete" in self.whole.actions

    @property
    def answers(self) -> Answers:
        """What was answered before, to be corrected."""
        if self.item.answers is None:
            return Answers()
        return read_json(self.form, answers_of(self.form, self.item.answers))

    def changes(self, event: Event, lang: str) -> list[tuple[str, str, str]]:
        """What a correction changed: label, text before, text after."""
        detail = event.detail or {}
        before, after = (
            with_names(self.form, detail.get(part, {}), self.names)
            for part in ("before", "after")
        )
        known = [(name, self.form.by_name.get(name)) for name in after]
        return [
            (
                field.label(lang),
                display(field, before.get(name), lang),
                display(field, after[name], lang),
            )
            for name, field in known
            if field is not None
        ]


def item_view(
    session: Session, runtime: Runtime, person: Person, task_id: str, item_id: int
) -> ItemView:
    """Raises ``NotFound``, and ``NotYours`` for who may not see the case."""
    whole = task_view(session, runtime, person, task_id)
    items = whole.form.items if whole.form is not None else None
    query = (
        select(TaskItem, Staff.name)
        .outerjoin(Staff, Staff.id == TaskItem.draft_by)
        .where(TaskItem.id == item_id, TaskItem.task_id == task_id)
        .options(undefer(TaskItem.draft))
    )
    found = session.execute(query).first()
    if items is None or found is None:
        raise NotFound()
    item, typing = found
    own = item.draft_by == person.id
    draft = item.draft if own else None
    corrections = _corrections(session, whole.task.case_id, item)
    changed = [
        (items.form, (event.detail or {}).get(part, {}))
        for event in corrections
        for part in ("before", "after")
    ]
    return ItemView(
        whole=whole,
        item=item,
        form=items.form,
        scope=items.scope(whole.scope, item),
        draft=draft and opened_draft(items.form, draft, runtime.seal),
        drafting=None if own else typing,
        corrections=corrections,
        names=names_for(session, whole.task.case.site_id, *changed),
    )


def _corrections(session: Session, case_id: int, item: TaskItem) -> list[Event]:
    if item.version < 2:
        return []
    query = select(Event).where(
        Event.case_id == case_id,
        Event.task_id == item.task_id,
        Event.kind == "item_corrected",
    )
    events = session.scalars(query.order_by(Event.seq.desc()))
    return [event for event in events if (event.detail or {}).get("item") == item.key]
