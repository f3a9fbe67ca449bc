"""Ask a gate: whether a fact holds that the procedure needs before it goes on."""

from __future__ import annotations

from typing import Any

from engine.gates import Question, ask
from engine.operations.act import Act


def run(act: Act, name: str, **values: Any) -> dict[str, Any]:
    """The answer of the gate ``name`` (a file of engine/gates) to ``values``, to be kept
    as a variable: ``passed`` decides, ``answer`` is ok, not_ok or unknown, ``reason`` says
    why, ``rows`` and ``as_of`` on what; ``may_override``: the site lets a manager decide.
    The history keeps all of it."""
    answer = ask(question_of(act), name, values)
    act.tell("gate_asked", **answer)
    return answer


def question_of(act: Act) -> Question:
    filing = frozenset(act.filing)
    asked = (act.session, act.site_id, act.at, act.param, act.case_id)
    return Question(*asked, filing=filing)
