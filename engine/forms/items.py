"""The items of a form: a list of things of which each is answered by itself.

A survey asks hundreds of households; their answers are rows, not variables of the case.
The form of the whole may ask for them by ``ITEM_FUNCTIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from engine.errors import Refused
from engine.expressions import (
    FUNCTIONS,
    ExpressionRefused,
    check_expression,
    names_in,
    texts_given,
)
from engine.forms.schemas import Found

if TYPE_CHECKING:
    from engine.forms.definition import Form, Record

# of these the ones below take an expression over one item, written as a text
ITEM_FUNCTIONS = frozenset(
    {"items_total", "items_done", "items_open", "items_count", "items_sum", "items_by"}
)
_OVER_ITEMS = ("items_count", "items_sum", "items_by")
ITEM_NAMES = frozenset({"item_key", "item_label"})
_KEYS = {"from", "operation", "values", "key", "label", "house", "facts", "form"}


class ItemLike(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def facts(self) -> dict[str, Any]: ...
    @property
    def answers(self) -> dict[str, Any] | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Where the list comes from and what is asked of each entry; texts are expressions.

    ``source`` gives the list, or ``operation`` (a name of engine/operations) with its
    ``values``. ``key``, ``label``, ``house`` and ``facts`` see one entry: the names of
    an object, ``item`` for anything else.
    """

    source: str | None
    operation: str | None
    values: Mapping[str, str]
    key: str
    label: str
    house: str | None
    facts: Mapping[str, str]
    form: Form

    @classmethod
    def of(cls, declared: Mapping[str, Any], form: Form) -> Items:
        return cls(
            source=declared.get("from"),
            operation=declared.get("operation"),
            values=declared.get("values", {}),
            key=declared["key"],
            label=declared["label"],
            house=declared.get("house"),
            facts=declared.get("facts", {}),
            form=replace(form, records=tuple(map(_keyed, form.records))),
        )

    def scope(self, data: Mapping[str, Any], item: ItemLike) -> dict[str, Any]:
        """The variables the form of one item may use; its own earlier answers too."""
        others = {n: v for n, v in data.items() if n not in self.form.by_name}
        own = {**item.facts, "item_key": item.key, "item_label": item.label}
        return {**others, **own, **(item.answers or {})}


def _keyed(rule: Record) -> Record:
    """A paper of an item bears its key: a correction completes the same paper."""
    return rule if rule.key is not None else replace(rule, key="item_key")


def names_of_items(data: object) -> frozenset[str] | None:
    """What an expression over one item may name; None where the form has no items."""
    items = data.get("items") if isinstance(data, dict) else None
    if items is None:
        return None
    form = items.get("form") if isinstance(items, dict) else None
    schema = form.get("schema") if isinstance(form, dict) else None
    fields = schema.get("properties") if isinstance(schema, dict) else None
    facts = items.get("facts") if isinstance(items, dict) else None
    known = [names for names in (fields, facts) if isinstance(names, dict)]
    return ITEM_NAMES.union(*known)


def items_findings(
    items: object, functions: Collection[str], inner: Callable[[object], Found]
) -> Found:
    """What is wrong with a form's items; ``inner`` checks the form of one."""
    if not isinstance(items, dict):
        yield "/items", "应是一个 JSON 对象。"
        return
    for key in items.keys() - _KEYS:
        yield f"/items/{key}", f"没有名为“{key}”的内容。"
    if ("from" in items) == ("operation" in items):
        yield "/items", "清单要么来自表达式(from)，要么来自操作(operation)，写其中一项。"
    for place, source in _expressions(items):
        yield from _expression(source, place, functions)
    form = items.get("form")
    if isinstance(form, dict) and "items" in form:
        yield "/items/form/items", "逐项填写的表单里不能有 items。"
    if isinstance(form, dict):
        form = {key: part for key, part in form.items() if key != "items"}
        yield from _each(form.get("record"))
    for place, sentence in inner(form):
        yield f"/items/form{place}", sentence


def _each(record: object) -> Found:
    """An item is one paper: its key is the item's."""
    for entry in record if isinstance(record, list) else [record]:
        if isinstance(entry, dict) and "each" in entry:
            yield "/items/form/record", "逐项填写的表单，每一项写一份记录，不能再按表格的行写。"


def _expressions(items: Mapping[str, Any]) -> list[tuple[str, object]]:
    found = [
        (f"/items/{key}", items.get(key))
        for key in ("from", "key", "label", "house")
        if key in items or key in ("key", "label")
    ]
    for group in ("values", "facts"):
        named = items.get(group, {})
        if isinstance(named, dict):
            found += [(f"/items/{group}/{name}", named[name]) for name in named]
        else:
            found.append((f"/items/{group}", None))
    return found


def _expression(source: object, at: str, functions: Collection[str]) -> Found:
    if not isinstance(source, str) or not source.strip():
        yield at, "应是表达式（文字）。"
        return
    try:
        check_expression(source, functions)
    except ExpressionRefused as refused:
        yield at, str(refused)


def over_items(
    source: str, at: str, functions: Collection[str], names: Collection[str]
) -> Found:
    """The conditions over items inside an expression of the whole form."""
    for function, given in texts_given(source):
        if function in ITEM_FUNCTIONS and function not in _OVER_ITEMS and given:
            yield at, f"{function}() 的括号里不写内容。"
        if function not in _OVER_ITEMS:
            continue
        if len(given) != 1 or given[0] is None:
            yield at, f"{function} 的括号里要有一个条件，写在引号里。"
            continue
        found = list(_expression(given[0], at, functions))
        yield from found
        if not found:
            for name in sorted(names_in(given[0]) - {*names, *FUNCTIONS}):
                yield at, f"“{given[0]}”里的“{name}”不是逐项填写的一项。"


class ItemsRefused(Refused):
    """“{element}”要逐项办理的清单不对：{reason}"""

    status = 422
