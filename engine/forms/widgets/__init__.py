"""All widgets by name, and the few questions asked of any of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.forms.fields import Field
from engine.forms.widgets.attachments import File, Photo, Signature
from engine.forms.widgets.choices import Choice, Choices, Switch
from engine.forms.widgets.quantities import Date, DateTime, Money, Number, exact
from engine.forms.widgets.texts import Code, IdNumber, Mobile, Text, TextArea
from engine.forms.widgets.widget import Widget

EVERY_TYPE = ("string", "integer", "number", "boolean", "array", "object")


class Table(Widget):
    """Rows of columns; each cell is read by its own column's widget."""

    types = ("array",)
    required = "required_table"

    def settle(self, field: Field, value: object) -> list[dict[str, Any]]:
        """The rows of an expression's list, only their declared columns."""
        if not isinstance(value, (list, tuple)):
            return []
        rows = [row for row in value if isinstance(row, Mapping)]
        return [
            {c.name: settle(c, row.get(c.name)) for c in field.columns} for row in rows
        ]

    def to_json(self, field: Field, value: Any) -> Any:
        return [
            {c.name: to_json(c, row.get(c.name)) for c in field.columns}
            for row in value or ()
        ]

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        return f"{len(value)} rows" if lang == "en" else f"{len(value)} 行"


class Computed(Widget):
    """What ``compute`` gave, whatever its type."""

    types: tuple[str, ...] = EVERY_TYPE
    required = "required_computed"

    def settle(self, field: Field, value: object) -> Any:
        if isinstance(value, (bool, str)) or value is None:
            return value
        kind = field.schema.get("type")
        if exact(value) is not None:
            return WIDGETS["number"].settle(field, value)
        return value if kind in ("array", "object") and _is_json(value) else None

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        if isinstance(value, bool):
            return WIDGETS["switch"].show(field, value, lang, masked)
        if isinstance(value, (int, float)):
            return WIDGETS["number"].show(field, value, lang, masked)
        if isinstance(value, list):
            return (", " if lang == "en" else "、").join(str(each) for each in value)
        return dict(field.options(lang)).get(str(value), str(value))


class Gate(Computed):
    """A gate's answer with its reason, its rows and the time they hold for: computed by
    ``gate(…)``, or read-only from the variable of a gate that was asked."""

    types = ("object",)

    def settle(self, field: Field, value: object) -> Any:
        if not isinstance(value, Mapping) or "answer" not in value:
            return None
        return dict(value) if _is_json(value) else None

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        return str(value.get("reason", ""))


def _is_json(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(k, str) and _is_json(v) for k, v in value.items())
    if isinstance(value, list):
        return all(_is_json(each) for each in value)
    return value is None or isinstance(value, (bool, int, float, str))


class Note(Widget):
    """A sentence to read; it has no value."""

    types = EVERY_TYPE + ("null",)

    def settle(self, field: Field, value: object) -> None:
        return None


WIDGETS: Mapping[str, Widget] = MappingProxyType(
    {
        "text": Text(),
        "textarea": TextArea(),
        "mobile": Mobile(),
        "id_number": IdNumber(),
        "money": Money(),
        "number": Number(),
        "date": Date(),
        "datetime": DateTime(),
        "radio": Choice(),
        "select": Choice(),
        "checkboxes": Choices(),
        "switch": Switch(),
        "table": Table(),
        "file": File(),
        "photo": Photo(),
        "signature": Signature(),
        "house": Code(),
        "person": Code(),
        "party": Code(),
        "computed": Computed(),
        "gate": Gate(),
        "note": Note(),
    }
)
LOOKED_UP = ("house", "person", "party")  # checked through the function of that name
NO_COLUMNS = ("table", "signature", "note", "gate")  # cannot stand in a table


def default_widget(schema: Mapping[str, Any]) -> str:
    """The widget of a field whose ``ui`` names none."""
    kind, choices = schema.get("type"), schema.get("oneOf") or schema.get("enum")
    if kind == "array":
        items = schema.get("items")
        of_objects = isinstance(items, Mapping) and (
            items.get("type") == "object" or "properties" in items
        )
        return "table" if of_objects else "checkboxes"
    if isinstance(choices, list) and choices:
        return "radio" if len(choices) <= 5 else "select"
    if schema.get("format") in ("date", "date-time"):
        return "date" if schema["format"] == "date" else "datetime"
    return {"boolean": "switch", "integer": "number", "number": "number"}.get(
        str(kind), "text"
    )


def settle(field: Field, value: object) -> Any:
    """A value of an expression or of the case as the field's JSON value, or None."""
    return WIDGETS[field.widget].settle(field, value)


def to_json(field: Field, value: Any) -> Any:
    """A value of the case as an API answer carries it (money: yuan, files: ids)."""
    return WIDGETS[field.widget].to_json(field, value)


def is_empty(value: object) -> bool:
    """Whether nothing was answered. False and 0 are answers."""
    return value is None or value == "" or value == [] or value == {}


def masks(field: Field) -> bool:
    """Whether ``display`` leaves out the middle of the field's value."""
    phone = field.widget == "mobile" and field.ui.get("mask", True)
    return field.secret or bool(phone)


def display(field: Field, value: Any, lang: str = "zh", masked: bool = True) -> str:
    """A value of the case as text for reading and print; "" when there is none.

    Phone and identity numbers are masked (138****0001; first 3 and last 4) unless the
    field says ``mask: false`` or the caller ``masked=False``.
    """
    if is_empty(value):
        return ""
    return WIDGETS[field.widget].show(field, value, lang, masked)
