"""What every widget can do: read its values from text and JSON, and write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.forms.fields import Field, Typed
from engine.forms.sentences import Wrong


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
