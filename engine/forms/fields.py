"""One declared field of a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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
    def ruled(self) -> bool:
        return bool(self.show_if or self.compute or self.prefill)

    @property
    def readonly(self) -> bool:
        """Whether the server alone gives the value; what a client sends is not read."""
        return bool(self.ui.get("readonly") or self.compute) or self.widget in (
            "computed",
            "gate",
            "note",
        )

    @property
    def secret(self) -> bool:
        """Whether its answers are kept encrypted: identity and bank numbers."""
        masked = self.widget == "text" and bool(self.ui.get("mask"))
        return masked or self.widget == "id_number"

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
        """The choices as (value, label); of a boolean ("true", 是) and ("false", 否)."""
        source = self.schema.get("items", self.schema)
        if "oneOf" in source:
            listed = ((_key(each["const"]), each) for each in source["oneOf"])
            return [(key, wording(each, "title", lang) or key) for key, each in listed]
        if self.boolean:
            yes, no = YES_NO["en" if lang == "en" else "zh"]
            return [("true", yes), ("false", no)]
        return [(value, value) for value in source.get("enum", ())]

    def column(self, name: str) -> Field | None:
        return next((c for c in self.columns if c.name == name), None)


def _key(const: str | bool) -> str:
    """The text a choice posts: a boolean's are those of JSON."""
    return str(const).lower() if isinstance(const, bool) else const


def cell_path(table: str, key: int, column: str) -> str:
    """The name of a cell in HTML and in errors: ``items.0.qty``."""
    return f"{table}.{key}.{column}"


def cells_of(
    fields: Iterable[Field], values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    """The values of the case by path, and the row keys of each table."""
    cells, rows = dict(values), {}
    for own in fields:
        if own.widget == "table":
            found = values.get(own.name) or ()
            rows[own.name] = tuple(range(len(found)))
            for key, row in enumerate(found):
                cells |= {cell_path(own.name, key, name): row[name] for name in row}
    return cells, rows
