"""Widgets where a person chooses: one of several, several, yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.forms.fields import YES_NO, Field, Typed
from engine.forms.sentences import Wrong
from engine.forms.widgets.widget import Widget

_ON = ("on", "true", "1")
_OFF = ("", "off", "false", "0")


class Choice(Widget):
    """Radio and select: one const of the list; with a boolean schema yes or no."""

    types = ("string", "boolean")
    choices = True
    required = "required_choice"

    def parse(self, field: Field, text: str) -> str | bool | None:
        value = text.strip()
        if not value:
            return None
        if value not in dict(field.options()):
            raise Wrong("choice")
        return value == "true" if field.boolean else value

    def from_text(self, field: Field, texts: Sequence[str]) -> Any:
        return self.parse(field, next((t for t in reversed(texts) if t.strip()), ""))

    def from_json(self, field: Field, raw: object) -> Any:
        if not field.boolean:
            return super().from_json(field, raw)
        if raw is not None and not isinstance(raw, bool):
            raise Wrong("boolean")
        return raw

    def settle(self, field: Field, value: object) -> Any:
        if field.boolean:
            return value if isinstance(value, bool) else None
        chosen = isinstance(value, str) and value in dict(field.options())
        return value if chosen else None

    def to_text(self, field: Field, value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None else str(value)

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        text = self.to_text(field, value)
        return dict(field.options(lang)).get(text, text)


class Choices(Widget):
    """Checkboxes: a list of consts, in the order of the list, none twice."""

    types = ("array",)
    choices = True
    required = "required_choices"

    def from_text(self, field: Field, texts: Sequence[str]) -> list[str]:
        return self._listed(field, [text.strip() for text in texts if text.strip()])

    def from_json(self, field: Field, raw: object) -> list[str]:
        if raw is None:
            return []
        if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
            raise Wrong("type_list")
        return self._listed(field, raw)

    def _listed(self, field: Field, chosen: Sequence[str]) -> list[str]:
        known = [value for value, _ in field.options()]
        wanted = set(chosen)
        if not wanted <= set(known):
            raise Wrong("choice")
        return [value for value in known if value in wanted]

    def settle(self, field: Field, value: object) -> list[str]:
        if not isinstance(value, (list, tuple)):
            return []
        return [each for each, _ in field.options() if each in value]

    def to_text(self, field: Field, value: Any) -> Typed:
        return list(value or ())

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        labels = dict(field.options(lang))
        joint = ", " if lang == "en" else "、"
        return joint.join(labels.get(each, str(each)) for each in value)


class Switch(Widget):
    """True or false; nothing ticked is false. ``const: true`` demands the tick."""

    types = ("boolean",)

    def from_text(self, field: Field, texts: Sequence[str]) -> bool:
        text = next((t.strip() for t in reversed(texts) if t.strip()), "").lower()
        if text not in _ON + _OFF:
            raise Wrong("boolean")
        return text in _ON

    def from_json(self, field: Field, raw: object) -> bool:
        if raw is not None and not isinstance(raw, bool):
            raise Wrong("boolean")
        return bool(raw)

    def settle(self, field: Field, value: object) -> bool:
        return bool(value)

    def to_text(self, field: Field, value: Any) -> str:
        return "true" if value else ""

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        yes, no = YES_NO["en" if lang == "en" else "zh"]
        return yes if value else no
