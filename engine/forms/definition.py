"""A form: what its file declares, checked when it is published and kept parsed."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Refused
from engine.expressions import names_in
from engine.forms.fields import Field, wording
from engine.forms.items import Items
from engine.forms.publishing import findings_in
from engine.forms.widgets import default_widget

Finding = tuple[str, str]
_NOT_TYPED = ("table", "checkboxes", "file", "photo", "signature")


class FormRefused(Refused):
    """表单“{title}”有 {count} 处不对：{first}"""

    status = 422

    def __init__(self, title: str, findings: list[Finding]) -> None:
        place, sentence = findings[0]
        super().__init__(title=title, count=len(findings), first=f"{place} {sentence}")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Record:
    """A record the form writes when its task is done.

    ``fields`` are names of the form or of the case (None: all of the form), ``values``
    more of them by expression; ``each`` writes one record a row of that table, ``when``
    (an expression) decides whether there is one at all. ``key`` (an expression) names
    the paper within its case: a later form with the same kind and key completes it.
    """

    kind: str
    fields: tuple[str, ...] | None = None
    each: str | None = None
    title: str | None = None
    when: str | None = None
    key: str | None = None
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule over the whole form: when it holds, the answers are refused."""

    when: str
    field: str | None
    wordings: Mapping[str, Any]

    def say(self, lang: str = "zh") -> str:
        return wording(self.wordings, "say", lang)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A form definition, ready for use; shared by threads, never changed."""

    source: Mapping[str, Any]
    schema: Mapping[str, Any]
    fields: tuple[Field, ...]  # in the order they are drawn
    by_name: Mapping[str, Field]
    records: tuple[Record, ...]
    refusals: tuple[Refusal, ...]
    live: frozenset[str]  # see depends()
    following: frozenset[Field]  # whose prefill follows other fields of the form
    ruled: tuple[Field, ...]  # that are shown, computed or prefilled by a rule
    items: Items | None = None  # what is answered one by one, beside the form itself

    @classmethod
    def parse(cls, data: object, functions: Collection[str] = ()) -> Form:
        """The form of a file's JSON. ``functions``: names beyond the default list.

        Raises FormRefused with every finding: (JSON pointer, Chinese sentence).
        """
        findings = findings_in(data, functions)
        if findings or not isinstance(data, dict):
            title = str(data.get("title", ""))[:80] if isinstance(data, dict) else ""
            raise FormRefused(title, findings)
        items = data.get("items")
        source = copy.deepcopy(data)
        fields = tuple(_fields(source))
        refusals = tuple(_refusals(source))
        return cls(
            source=source,
            schema=source["schema"],
            fields=fields,
            by_name={field.name: field for field in fields},
            records=tuple(_records(source.get("record"))),
            refusals=refusals,
            live=_live(fields, refusals),
            following=frozenset(_following(fields)),
            ruled=tuple(
                f for f in fields if f.ruled or any(c.ruled for c in f.columns)
            ),
            items=(
                Items.of(items, cls.parse(items["form"], functions)) if items else None
            ),
        )

    @classmethod
    def to_read(cls, fields: tuple[Field, ...]) -> Form:
        """Fields without a file of their own, for reading and print."""
        none: frozenset[Any] = frozenset()
        by_name = {field.name: field for field in fields}
        return cls({}, {}, fields, by_name, (), (), none, none, ())

    def at(self, path: str) -> Field | None:
        """The field or column of a path (``fee``, ``items.0.qty``), None if there is none."""
        first, _, rest = path.partition(".")
        own = self.by_name.get(first)
        if own is None or not rest:
            return own
        key, _, column = rest.partition(".")
        return own.column(column) if key.isdigit() else None

    @property
    def written(self) -> tuple[Record, ...]:
        """All records it may write: when its task is done, and item by item."""
        return self.records + (self.items.form.records if self.items else ())

    def writing(self, kind: str) -> Form:
        """The form whose answers stand in a record of that kind: its own, or an item's."""
        if self.items is None or kind in {rule.kind for rule in self.records}:
            return self
        inner = {rule.kind for rule in self.items.form.records}
        return self.items.form if kind in inner else self

    @property
    def record(self) -> str | None:
        """The kind of the first record, None when the form writes none."""
        return self.records[0].kind if self.records else None

    def title(self, lang: str = "zh") -> str:
        return wording(self.source, "title", lang)

    def description(self, lang: str = "zh") -> str:
        return wording(self.source, "description", lang)

    def is_live(self, path: str) -> bool:
        """Whether a change at a path can change other fields; see depends()."""
        own, table = self.at(path), path.partition(".")[0]
        return own is not None and (
            path in self.live or f"{table}.{own.name}" in self.live
        )


def depends(form: Form) -> frozenset[str]:
    """Fields whose change can change others: ``house``, ``items``, ``items.qty``."""
    return form.live


def _fields(source: Mapping[str, Any]) -> Iterator[Field]:
    schema, ui = source["schema"], source.get("ui", {})
    properties, first = schema.get("properties", {}), source.get("order", [])
    for name in [*first, *(n for n in properties if n not in first)]:
        yield _field(name, schema, ui)


def _field(name: str, schema: Mapping[str, Any], ui: Mapping[str, Any]) -> Field:
    own, looks = schema["properties"][name], ui.get(name, {})
    widget = looks.get("widget") or default_widget(own)
    columns: tuple[Field, ...] = ()
    if widget == "table":
        column_ui = looks.get("columns", {})
        columns = tuple(
            _field(column, own["items"], column_ui)
            for column in own["items"]["properties"]
        )
    required = name in schema.get("required", ())
    return Field(name, widget, own, looks, required, columns)


def _records(declared: object) -> Iterator[Record]:
    entries = declared if isinstance(declared, list) else [declared]
    for entry in entries:
        if isinstance(entry, str):
            yield Record(entry)
        elif isinstance(entry, dict):
            chosen = entry.get("fields")
            yield Record(
                kind=entry["kind"],
                fields=tuple(chosen) if chosen is not None else None,
                each=entry.get("each"),
                title=entry.get("title"),
                when=entry.get("when"),
                key=entry.get("key"),
                values=entry.get("values", {}),
            )


def _refusals(source: Mapping[str, Any]) -> Iterator[Refusal]:
    for rule in source.get("refuse", ()):
        yield Refusal(rule["when"], rule.get("field"), rule)


def _live(fields: tuple[Field, ...], refusals: tuple[Refusal, ...]) -> frozenset[str]:
    used = frozenset().union(*(names_in(rule.when) for rule in refusals))
    for field in fields:
        used |= _used_by(field).union(*(_used_by(c) for c in field.columns))
    found = {field.name for field in fields if field.name in used}
    for field in fields:
        inner = frozenset().union(*(_used_by(c) for c in field.columns))
        found |= {
            f"{field.name}.{column.name}"
            for column in field.columns
            if field.name in used or column.name in inner
        }
    return frozenset(found)


def _used_by(field: Field) -> frozenset[str]:
    """Names in a field's rules; its own means the case's value, not its own answer."""
    sources = (field.show_if, field.compute, field.prefill)
    used = frozenset().union(*(names_in(source) for source in sources if source))
    return used - {field.name}


def _following(fields: tuple[Field, ...]) -> Iterator[Field]:
    names = {field.name for field in fields}
    for field in fields:
        if _follows(field, names):
            yield field
        inner = names | {column.name for column in field.columns}
        yield from (column for column in field.columns if _follows(column, inner))


def _follows(field: Field, names: set[str]) -> bool:
    """Whether a prefilled text may change with the other answers."""
    if not field.prefill or field.readonly or field.widget in _NOT_TYPED:
        return False
    return bool((names_in(field.prefill) & names) - {field.name})
