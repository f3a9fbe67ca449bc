"""Identity and bank numbers among answers: encrypted before anything is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.forms.definition import Form
from engine.sealing import Seal


def hidden_answers(
    form: Form, answers: Mapping[str, Any], seal: Seal
) -> dict[str, Any]:
    """The answers as they may be kept: identity and bank numbers are encrypted."""
    kept = dict(answers)
    for own in form.fields:
        value = kept.get(own.name)
        if own.secret and isinstance(value, str):
            kept[own.name] = seal.hide(value)
        elif own.widget == "table" and value:
            secret = [column.name for column in own.columns if column.secret]
            kept[own.name] = [_hidden_row(row, secret, seal) for row in value]
    return kept


def _hidden_row(
    row: Mapping[str, Any], secret: list[str], seal: Seal
) -> dict[str, Any]:
    texts = {name: row[name] for name in secret if isinstance(row.get(name), str)}
    return {**row, **{name: seal.hide(text) for name, text in texts.items()}}


def hidden_draft(form: Form, typed: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    """The typed texts of a draft as they may be kept."""
    return _turned(form, typed, seal.hide)


def opened_draft(form: Form, typed: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    """The typed texts as they were typed, for who typed them. Raises ``SealBroken``."""
    return _turned(form, typed, seal.reveal)


def _turned(
    form: Form, typed: Mapping[str, Any], turn: Callable[[str], str]
) -> dict[str, Any]:
    kept = dict(typed)
    for path, texts in typed.items():
        own = form.at(path)
        if own is not None and own.secret:
            each = [texts] if isinstance(texts, str) else texts
            kept[path] = [turn(text) if text else text for text in each]
    return kept
