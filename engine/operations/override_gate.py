"""Let a case pass a gate that said no: a manager's decision, with its reason."""

from __future__ import annotations

from typing import Any

from engine.errors import Refused
from engine.gates import ask
from engine.operations.act import Act
from engine.operations.ask_gate import question_of
from engine.people import may_override_gate
from engine.store.gate_overrides import LONGEST_REASON, GateOverride


class OverrideNotAllowed(Refused):
    """本小区规定这项核查不通过就不能办理，不能特批。"""

    status = 422


class OverrideNotYours(Refused):
    """只有项目经理或客户经理可以特批。"""

    status = 403


class OverrideReasonRefused(Refused):
    """特批要写明理由，最多 500 个字。"""

    status = 422


def run(act: Act, name: str, reason: str, **values: Any) -> dict[str, Any]:
    """The gate's answer as it is now, ``passed`` and ``overridden``, to be kept under the
    variable of the one that said no. Nothing is overridden where it says ok by now.

    Raises ``OverrideNotYours``, ``OverrideNotAllowed`` where the site holds the gate hard
    (parameter ``gate_<name>``), ``OverrideReasonRefused``.
    """
    answer = ask(question_of(act), name, values)
    if not answer["passed"]:
        answer |= _decide(act, answer, str(reason or "").strip())
    act.tell("gate_overridden" if "overridden" in answer else "gate_asked", **answer)
    return answer


def _decide(act: Act, answer: dict[str, Any], reason: str) -> dict[str, Any]:
    person = act.person
    if person is None or not may_override_gate(person, act.site_id):
        raise OverrideNotYours()
    if not answer["may_override"]:
        raise OverrideNotAllowed()
    if not 0 < len(reason) <= LONGEST_REASON or "\x00" in reason:
        raise OverrideReasonRefused()
    override = GateOverride(
        site_id=act.site_id,
        case_id=act.case_id,
        house_code=answer["unit_no"] or act.house_code,
        gate=answer["gate"],
        element=act.element,
        answer=answer,
        reason=reason,
        by=person.id,
        at=act.at,
    )
    act.session.add(override)
    act.session.flush()
    return {"passed": True, "overridden": {"by": person.name, "reason": reason}}
