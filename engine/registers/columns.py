"""The columns of a register, as fields: from its kind, and from the forms that write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.forms import Field, Form
from engine.people import Person, may_read_register
from engine.runtime import Runtime
from engine.store.cases import Process

# types of records.json that are widgets of another name
_WIDGETS = {"percent": "number"}
_SORTED = ("date", "datetime", "money", "number", "house", "person", "text", "mobile")
_CHOSEN = ("select", "radio", "switch")


@dataclass(frozen=True)
class Register:
    """A kind of record as a register. ``about`` is its entry in records.json."""

    kind: str
    about: Mapping[str, Any]
    columns: tuple[Field, ...]

    def title(self, lang: str = "zh") -> str:
        named = self.about.get("name@en") if lang == "en" else None
        return str(named or self.about.get("name") or self.kind)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {column.name: column for column in self.columns}

    @property
    def date(self) -> str | None:
        """The column whose days a page is filtered by; None: the day of writing."""
        return self.about.get("date")

    @property
    def totals(self) -> list[Field]:
        named = self.about.get("totals", ())
        return [self.by_name[name] for name in named if name in self.by_name]

    @property
    def choices(self) -> list[Field]:
        """The columns with a list of values to choose from."""
        return [
            column
            for column in self.columns
            if column.widget in _CHOSEN or (column.boolean and column.options())
        ]

    @property
    def sorted(self) -> frozenset[str]:
        """What it may be sorted by: columns that each of its papers is listed under."""
        always = self.about.get("fields", {})
        return frozenset(
            column.name
            for column in self.columns
            if column.name in always and column.widget in _SORTED
        )


def register_of(
    session: Session, runtime: Runtime, person: Person, kind: str, site_id: int
) -> Register:
    """Raises ``NotFound``: also where a person may not know of it."""
    about = runtime.record_kinds.get(kind, {})
    if not may_read_register(person, about, site_id):
        raise NotFound()
    return read_register(session, runtime, kind)


def read_register(session: Session, runtime: Runtime, kind: str) -> Register:
    """For whoever may read it. Raises ``NotFound``."""
    if kind not in runtime.record_kinds:
        raise NotFound()
    about = runtime.record_kinds[kind]
    columns = _columns(session, runtime, kind, about)
    # the house has a place of its own on every page
    return Register(kind, about, tuple(c for c in columns if c.name != "unit_no"))


def _columns(
    session: Session, runtime: Runtime, kind: str, about: Mapping[str, Any]
) -> Iterator[Field]:
    """Those of the registry in their order, then what forms add to the paper."""
    drawn = _by_forms(session, runtime, kind)
    declared = about.get("fields", {})
    for name, entry in declared.items():
        own = _declared(name, entry)
        yield _joined(own, drawn[name]) if name in drawn else own
    yield from (field for name, field in drawn.items() if name not in declared)


def _by_forms(session: Session, runtime: Runtime, kind: str) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for version_id in session.scalars(select(Process.current_id).order_by(Process.id)):
        for form in runtime.published(session, version_id).forms.values():
            for field in _written(form.writing(kind), kind):
                found.setdefault(field.name, field)
    return found


def _written(form: Form, kind: str) -> Iterator[Field]:
    """The fields of a form that go into a paper of the kind."""
    for rule in form.records:
        if rule.kind != kind:
            continue
        if rule.each is not None and rule.each in form.by_name:
            yield from form.by_name[rule.each].columns
        names = form.by_name if rule.fields is None and not rule.each else rule.fields
        for name in names or ():
            if name in form.by_name and form.by_name[name].widget != "note":
                yield form.by_name[name]


def _declared(name: str, entry: list[Any]) -> Field:
    """A column of records.json: [Chinese, English, type, {value: [Chinese, English]}]."""
    title, english = entry[:2]
    kind = entry[2] if len(entry) > 2 else "text"
    words: Mapping[str, list[str]] = entry[3] if len(entry) > 3 else {}
    schema: dict[str, Any] = {"title": title, "title@en": english}
    if kind == "switch":
        schema["type"] = "boolean"
    if words:
        schema["oneOf"] = [
            {"const": value, "title": pair[0], "title@en": pair[1]}
            for value, pair in words.items()
        ]
    ui = {"percent": True} if kind == "percent" else {}
    return Field(name, _WIDGETS.get(kind, kind), schema, ui)


def _joined(own: Field, drawn: Field) -> Field:
    """A column as the form has it; what it computes keeps the registry's type."""
    if drawn.widget in ("computed", "text", "textarea") and own.widget != "text":
        schema = {**own.schema, "title": drawn.label(), "title@en": drawn.label("en")}
        return Field(own.name, own.widget, schema, {**drawn.ui, **own.ui})
    return drawn
