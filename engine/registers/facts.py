"""What a paper holds beyond its form, by the columns of its register, as a form to read:
one way for pages, prints and looks at masked numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from engine.forms import Field, Form
from engine.prints.texts import hidden, personal, plain
from engine.registers.cells import cell_text, mask
from engine.registers.columns import read_register
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.records import Record

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")
_HOUSE = Field("unit_no", "house", {"title": "房号", "title@en": "Unit"}, {})
_LOOKS = ("unit", "unit@en", "mask")


@dataclass(frozen=True)
class Facts:
    """Fields that show whatever stands in ``data``, the paper's with its misfits made
    into texts."""

    form: Form
    data: dict[str, Any]


@dataclass(frozen=True)
class _Kind:
    columns: Mapping[str, Field]
    words: Mapping[str, Sequence[str]]


def record_form(
    session: Session, runtime: Runtime, case: Case | None, record: Record
) -> Form | None:
    """The form a record was written by, None for one that an operation wrote."""
    if case is None:
        return None
    version = runtime.published(session, case.version_id)
    element = version.elements.get(record.element or "")
    form = version.forms.get(element.form or "") if element else None
    return form.writing(record.kind) if form is not None else None


def record_facts(
    session: Session, runtime: Runtime, record: Record, form: Form | None
) -> Facts:
    """By the columns of its register; nothing of a kind that is no more."""
    about = runtime.record_kinds.get(record.kind)
    columns = read_register(session, runtime, record.kind).columns if about else ()
    return facts_of(columns, about or {}, record.data, form, record.house_code)


def facts_of(
    columns: Iterable[Field],
    about: Mapping[str, Any],
    data: Mapping[str, Any],
    form: Form | None = None,
    house: str | None = None,
) -> Facts:
    """``about``: the kind's entry in records.json; a ``house`` stands in the head."""
    listed = [*columns] if house else [_HOUSE, *columns]
    kind = _Kind({column.name: column for column in listed}, about.get("values", {}))
    beyond = [
        _fact(column, data[column.name], kind)
        for column in kind.columns.values()
        if column.name in data and not (form and column.name in form.by_name)
    ]
    fields = tuple(field for field, _ in beyond)
    return Facts(Form.to_read(fields), {field.name: value for field, value in beyond})


def _fact(column: Field, value: Any, kind: _Kind) -> tuple[Field, Any]:
    """A field that can show the value, and the value as that field has it."""
    rows = [value] if _is_row(value) and "name" not in value else value
    if isinstance(rows, list) and rows and all(_is_row(row) for row in rows):
        return _table(column, rows, kind)
    own = _fitting(column, [value], kind)
    if own is not None:
        return own, value
    return _as(column, "text"), _text(column, value, kind)


def _is_row(value: Any) -> bool:
    """Signatures and files have ways of their own."""
    return isinstance(value, Mapping) and not {"image", "id"} & value.keys()


def _table(
    column: Field, rows: Sequence[Mapping[str, Any]], kind: _Kind
) -> tuple[Field, list[dict[str, Any]]]:
    names = [c.name for c in column.columns]
    names += dict.fromkeys(name for row in rows for name in row if name not in names)
    cells: list[Field] = []
    shown: list[dict[str, Any]] = [{} for _ in rows]
    for name in names:
        declared = column.column(name) or kind.columns.get(name) or _named(name, kind)
        values = [row.get(name) for row in rows]
        own = _fitting(declared, values, kind)
        cells.append(own or _as(declared, "text"))
        for row, value in zip(shown, values, strict=True):
            row[name] = value if own else _text(declared, value, kind)
    return replace(_as(column, "table"), columns=tuple(cells)), shown


def _named(name: str, kind: _Kind) -> Field:
    zh, en = [*kind.words.get(name, (name, name))][:2]
    return Field(name, "text", {"title": zh, "title@en": en}, {})


def _fitting(column: Field, values: Sequence[Any], kind: _Kind) -> Field | None:
    """The column as it shows all of the values, None where it cannot."""
    given = [value for value in values if value not in (None, "", [])]
    worded = _in_words(column, given, kind) if not column.options() else None
    fits = _FITS.get(column.widget)
    if worded is not None:
        return worded
    if fits is not None and not column.ui.get("percent") and all(map(fits, given)):
        return _as(column, column.widget)
    if given and all(type(value) is bool for value in given):
        return _as(column, "switch", type="boolean")
    if given and column.widget in ("text", "computed") and all(map(_is_day, given)):
        return _as(column, "datetime")
    return None


def _in_words(column: Field, given: Sequence[Any], kind: _Kind) -> Field | None:
    """Where all that stands there are words of the kind."""
    lists = [value if isinstance(value, list) else [value] for value in given]
    said = [one for each in lists for one in each]
    if not said or not all(isinstance(one, str) and one in kind.words for one in said):
        return None
    if lists == [*given]:
        return _as(column, "checkboxes", items={"oneOf": [*_choices(said, kind)]})
    if all(isinstance(value, str) for value in given):
        return _as(column, "select", oneOf=[*_choices(said, kind)])
    return None


def _choices(values: Iterable[str], kind: _Kind) -> Iterator[dict[str, str]]:
    for value in dict.fromkeys(values):
        zh, en = kind.words[value][:2]
        yield {"const": value, "title": zh, "title@en": en}


def _as(column: Field, widget: str, **schema: Any) -> Field:
    """The column to be read only, in a way of its own; two of them side by side."""
    looks = {name: column.ui[name] for name in _LOOKS if name in column.ui}
    if widget not in ("table", "textarea"):
        looks["width"] = "half"
    return Field(column.name, widget, {**column.schema, **schema}, looks)


def _text(column: Field, value: Any, kind: _Kind) -> str:
    if personal(column.name):
        return hidden(plain(value))
    if column.widget == "text" or isinstance(value, (list, Mapping)):
        return mask(plain(value, {name: pair[0] for name, pair in kind.words.items()}))
    return cell_text(column, value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_open(value: Any) -> bool:
    return isinstance(value, str) and mask(value) == value


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


def _is_choice(value: Any) -> bool:
    return isinstance(value, (str, bool))


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _are_choices(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _are_files(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, Mapping) and isinstance(each.get("id"), str) for each in value
    )


def _is_signature(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("name"), str)
        and isinstance(value.get("image"), (str, type(None)))
    )


# which values a widget shows as its own; texts are masked by their look besides
_FITS = {
    "mobile": _is_text,
    "id_number": _is_text,
    "textarea": _is_open,
    "person": _is_open,
    "party": _is_open,
    "house": _is_open,
    "money": lambda value: type(value) is int,
    "number": _is_number,
    "date": _is_day,
    "datetime": _is_day,
    "radio": _is_choice,
    "select": _is_choice,
    "checkboxes": _are_choices,
    "file": _are_files,
    "photo": _are_files,
    "signature": _is_signature,
}
