"""From what a person typed to what may enter a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import AnswersRefused
from engine.forms import Answers, Files, Form, check, fill, values
from engine.runtime import Functions

# how the answers were sent: posted texts or JSON, to be read for the task's own form
Reading = Callable[[Form], Answers]


def checked_answers(
    form: Form,
    answers: Answers,
    scope: Mapping[str, Any],
    functions: Functions,
    files: Files | None = None,
    lang: str = "zh",
) -> dict[str, Any]:
    """The declared fields, computed and checked; a hidden one has no value.

    Raises ``AnswersRefused`` with a sentence for each field path.
    """
    filled = fill(form, answers, scope, functions, files)
    errors = check(form, filled, lang)
    if errors:
        raise AnswersRefused(errors)
    hidden = {field.name: None for field in form.fields if field.widget != "note"}
    return {**hidden, **values(form, filled)}
