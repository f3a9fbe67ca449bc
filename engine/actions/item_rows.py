"""The items of a task that opens, as rows; and what they come to when it is cut off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.expressions import evaluate
from engine.forms import Items, ItemsRefused, Names
from engine.operations.act import Act, perform
from engine.progress import Element, Progress, Wait
from engine.runtime import Functions, Published
from engine.store.database import changed_rows, insert_rows
from engine.store.items import TaskItem
from engine.tally import counted_fields, with_items
from engine.workflow.results import Counted
from engine.workflow.run import World

MOST_ITEMS = 20_000
_FACTS = (str, int, float, bool, type(None))


def save_items(
    act: Act,
    version: Published,
    progress: Progress,
    data: Mapping[str, Any],
    world: World,
) -> None:
    """Write the items of the tasks that opened, those of one task in one statement, and
    drop what was typed but not kept of tasks that closed."""
    if not any(form.items for form in version.forms.values()):
        return
    for wait in progress.opened:
        items = _items_of(version, wait)
        if items is not None:
            names = {**data, **(wait.item or {})}
            rows = _Rows(act, version.elements[wait.element], items, names, world)
            insert_rows(act.session, TaskItem, rows.of(wait.id))
    closed = [wait.id for wait in progress.closed if _items_of(version, wait)]
    if closed:
        theirs = update(TaskItem).where(TaskItem.task_id.in_(closed))
        drafts = theirs.where(TaskItem.draft_by.is_not(None))
        none = dict.fromkeys(("draft", "draft_by", "draft_at"))
        changed_rows(act.session, drafts.values(none))


def _items_of(version: Published, wait: Wait) -> Items | None:
    if wait.kind != "task":
        return None
    form = version.forms.get(version.elements[wait.element].form or "")
    return form.items if form is not None else None


class _Rows:
    def __init__(
        self,
        act: Act,
        element: Element,
        items: Items,
        data: Mapping[str, Any],
        world: World,
    ) -> None:
        self.act, self.element, self.items, self.data = act, element, items, data
        self.functions = world.functions

    def of(self, task_id: str) -> list[dict[str, Any]]:
        """Raises ``ItemsRefused``."""
        rows = [self._row(n, entry) for n, entry in enumerate(self._entries(), 1)]
        keys = {row["key"] for row in rows}
        if len(keys) < len(rows):
            raise self._wrong("有两项的编号相同。")
        return [{"task_id": task_id, **row} for row in rows]

    def _entries(self) -> list[Any]:
        names, items = Names(self.data), self.items
        if items.operation is not None:
            values = {n: self._ask(text, names) for n, text in items.values.items()}
            act = replace(self.act, element=self.element.id)
            found = perform(act, items.operation, values)
        else:
            found = self._ask(items.source or "", names)
        if not isinstance(found, list):
            raise self._wrong("得到的不是列表。")
        if len(found) > MOST_ITEMS:
            raise self._wrong(f"有 {len(found)} 项，最多 {MOST_ITEMS} 项。")
        return found

    def _row(self, place: int, entry: Any) -> dict[str, Any]:
        own = entry if isinstance(entry, dict) else {}
        names = Names({"item": entry}, own, self.data)
        items = self.items
        key = self._ask(items.key, names)
        if not isinstance(key, (str, int)) or not str(key).strip():
            raise self._wrong(f"第 {place} 项没有编号。")
        house = self._ask(items.house, names) if items.house else None
        facts = {name: self._ask(text, names) for name, text in items.facts.items()}
        for name, value in facts.items():
            if not isinstance(value, _FACTS):
                raise self._wrong(f"第 {place} 项的“{name}”不是文字或数字。")
        return {
            "place": place,
            "key": str(key).strip()[:100],
            "label": str(self._ask(items.label, names) or key)[:200],
            "house_code": None if house is None else str(house)[:40],
            "facts": facts,
            "state": "open",
            "version": 0,
        }

    def _ask(self, source: str, names: Mapping[str, Any]) -> Any:
        return evaluate(source, names, self.functions)

    def _wrong(self, reason: str) -> ItemsRefused:
        name = self.element.name or self.element.id
        return ItemsRefused(element=name, reason=reason)


def counting(session: Session, version: Published, functions: Functions) -> Counted:
    """For a case's world: what a task's items have come to when a deadline cuts it off,
    by the computed fields of its form."""

    def counted(task_id: str, element: str, data: Mapping[str, Any]) -> dict[str, Any]:
        form = version.forms.get(version.elements[element].form or "")
        if form is None or form.items is None:
            return {}
        known = with_items(session, form, task_id, functions)
        found: dict[str, Any] = {}
        for name, source in counted_fields(form):
            found[name] = evaluate(source, Names(found, data), known)
        return found

    return counted
