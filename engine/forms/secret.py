"""Identity and bank numbers among answers: encrypted before anything is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from engine.forms.definition import Form
from engine.forms.read import Answers
from engine.forms.widgets import WIDGETS
from engine.sealing import Seal, is_hidden


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


def with_kept(form: Form, answers: Answers, before: Mapping[str, Any]) -> Answers:
    """Answers in which a number that stands as it was shown, its middle in stars, is the
    hidden one of ``before``."""
    kept = {
        own.name: value
        for own in form.fields
        if own.secret and is_hidden(value := before.get(own.name))
        if answers.typed.get(own.name) == WIDGETS[own.widget].to_text(own, value)
    }
    wrong = {path: m for path, m in answers.errors.items() if path not in kept}
    return replace(answers, values={**answers.values, **kept}, errors=wrong)


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
