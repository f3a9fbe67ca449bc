"""From what a person typed to what may enter a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import AnswersRefused
from engine.forms import Answers, Form, check, fill, values
from engine.runtime import Functions


def checked_answers(
    form: Form, answers: Answers, scope: Mapping[str, Any], functions: Functions
) -> dict[str, Any]:
    """The declared and shown fields, computed and checked. Raises ``AnswersRefused``
    with a sentence for each field path."""
    filled = fill(form, answers, scope, functions)
    errors = check(form, filled, scope, functions)
    if errors:
        raise AnswersRefused(errors)
    return values(form, filled)
