"""One field of a form, and what every widget can do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .sentences import Wrong

# What is drawn in an input: a text, several (checkboxes, files), or a signature's parts.
Typed = str | list[str] | dict[str, str]

YES_NO = {"zh": ("是", "否"), "en": ("Yes", "No")}


def wording(source: Mapping[str, Any], key: str, lang: str) -> str:
    """The text under ``key``, or under ``key@en`` for English where it is given."""
    translated = source.get(f"{key}@{lang}") if lang != "zh" else None
    return str(translated or source.get(key) or "")


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One declared field (or column of a table): its schema, its looks, its rules."""

    name: str
    widget: str
    schema: Mapping[str, Any]
    ui: Mapping[str, Any]
    required: bool = False
    columns: tuple[Field, ...] = ()

    def label(self, lang: str = "zh") -> str:
        return wording(self.schema, "title", lang) or self.name

    def help(self, lang: str = "zh") -> str:
        return wording(self.ui, "help", lang) or wording(
            self.schema, "description", lang
        )

    @property
    def show_if(self) -> str | None:
        return self.ui.get("show_if")

    @property
    def compute(self) -> str | None:
        return self.ui.get("compute")

    @property
    def prefill(self) -> str | None:
        return self.ui.get("prefill")

    @property
    def readonly(self) -> bool:
        """Whether the server alone gives the value; what a client sends is not read."""
        return bool(self.ui.get("readonly") or self.compute) or self.widget in (
            "computed",
            "note",
        )

    @property
    def fixed_rows(self) -> bool:
        """Whether the rows are a given list (a checklist): none can be added or removed.

        So it is when the table is read-only, or is prefilled and has a read-only column
        whose content can only come from the prefilled row.
        """
        if self.readonly:
            return True
        given = any(c.readonly and not (c.compute or c.prefill) for c in self.columns)
        return bool(self.prefill) and given

    @property
    def boolean(self) -> bool:
        return self.schema.get("type") == "boolean"

    def options(self, lang: str = "zh") -> list[tuple[str, str]]:
        """The choices as (value, label); a boolean's are ("true", 是), ("false", 否)."""
        if self.boolean:
            yes, no = YES_NO["en" if lang == "en" else "zh"]
            return [("true", yes), ("false", no)]
        source = self.schema
        if source.get("type") == "array":
            source = source.get("items", {})
        if "oneOf" in source:
            return [
                (each["const"], wording(each, "title", lang) or each["const"])
                for each in source["oneOf"]
            ]
        return [(value, value) for value in source.get("enum", ())]

    def column(self, name: str) -> Field | None:
        return next((c for c in self.columns if c.name == name), None)


def cell_path(table: str, key: int, column: str) -> str:
    """The name of a cell in HTML and in errors: ``items.0.qty``."""
    return f"{table}.{key}.{column}"


class Widget:
    """Reads and writes the values of one kind of field. Knows no state."""

    types: tuple[str, ...] = ("string",)  # JSON Schema types the field may have
    choices = False  # whether the schema must list what can be chosen
    required = "required"  # the sentence when a required value is missing

    def from_text(self, field: Field, texts: Sequence[str]) -> Any:
        """The value of what an HTML form posted (the last text counts); raises Wrong."""
        return self.parse(field, texts[-1] if texts else "")

    def from_json(self, field: Field, raw: object) -> Any:
        """The value of what an API answer gave; raises Wrong."""
        if raw is None:
            return None
        if not isinstance(raw, str):
            raise Wrong("type_text")
        return self.parse(field, raw)

    def parse(self, field: Field, text: str) -> Any:
        """The value of one text, None when it is empty; raises Wrong."""
        raise NotImplementedError

    def settle(self, field: Field, value: object) -> Any:
        """The JSON value for the result of an expression or a case's data, or None."""
        return value if isinstance(value, str) and value else None

    def to_text(self, field: Field, value: Any) -> Typed:
        """What the input shows for a value of the case."""
        return "" if value is None else str(value)

    def to_json(self, field: Field, value: Any) -> Any:
        """The value as an API answer carries it."""
        return value

    def limit(self, value: Any) -> str:
        """A bound of the schema as a person reads it (money in yuan)."""
        return str(value)

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        """The value as text for reading and print; value is never None."""
        return str(value)
