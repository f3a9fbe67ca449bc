"""Ask a gate by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

import engine.gates
from engine.gates.question import MOST_ROWS, Answer, GateAsked, Question, UnknownGate


class Gate(Protocol):
    def __call__(self, question: Question, **values: Any) -> Answer: ...


@cache  # files are looked for once a process
def gate_names() -> frozenset[str]:
    """Every file of this package but the two that ask is a gate of that name."""
    found = {module.name for module in iter_modules(engine.gates.__path__)}
    return frozenset(found - {"ask", "question"})


def ask(question: Question, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as a variable of the case: ``gate``, ``answer`` (ok, not_ok, unknown),
    ``passed``, ``reason``, ``rows``, ``as_of``, ``asked_at``, ``may_override``.

    Raises ``UnknownGate``, and ``GateAsked`` where its values are missing or no values.
    """
    if name not in gate_names():
        raise UnknownGate(name=name)
    gate = cast(Gate, import_module(f"engine.gates.{name}").run)
    try:
        found = gate(question, **values)
    except (TypeError, ValueError) as wrong:
        raise GateAsked(name=name, reason=str(wrong)) from wrong
    asked_at = question.at.isoformat()
    return {
        "gate": name,
        "unit_no": values.get("unit_no"),
        "answer": found.answer,
        "passed": found.answer == "ok",
        "reason": found.reason,
        "rows": found.rows[:MOST_ROWS],
        "as_of": found.as_of or asked_at,
        "asked_at": asked_at,
        "may_override": question.param(f"gate_{name}") == "warn",
    }
