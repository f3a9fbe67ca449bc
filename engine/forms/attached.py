"""Answers that name stored files, looked up."""

from __future__ import annotations

from typing import Any

from engine.forms.definition import Form
from engine.forms.read import Answers
from engine.forms.sentences import Mistake, Wrong
from engine.forms.widgets import WIDGETS, is_empty
from engine.forms.widgets.attachments import File, Files, Signature


def no_file(file_id: str) -> None:
    return None


def attached(
    form: Form, answers: Answers, files: Files
) -> tuple[dict[str, Any], dict[str, Mistake]]:
    """Each answer that names stored files, with their facts; and those not found."""
    found: dict[str, Any] = {}
    missing: dict[str, Mistake] = {}
    for path, value in answers.values.items():
        own = form.at(path)
        widget = WIDGETS[own.widget] if own else None
        if own and isinstance(widget, (File, Signature)) and not is_empty(value):
            try:
                found[path] = widget.resolve(own, value, files)
            except Wrong as wrong:
                missing[path] = wrong.mistake
                found[path] = widget.settle(own, None)
    return found, missing
