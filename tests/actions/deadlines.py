"""A procedure with a limit in working days, for what moves when the calendar does."""

from __future__ import annotations

from tests.models import drawing, properties

FORM = {"title": "审批", "schema": {"type": "object", "properties": {}}}


def approval(
    due: str = 'workdays(1, "17:10")', late: str = 'workdays(2, "17:10")'
) -> bytes:
    """``due`` is the task's limit, ``late`` when its boundary timer escalates."""
    timer = (
        '<timerEventDefinition><timeDate xsi:type="tFormalExpression">'
        f"{late}</timeDate></timerEventDefinition>"
    )
    nodes = (
        f'<startEvent id="begin"/><userTask id="approve" name="审批">{properties(due=due)}'
        f'</userTask><boundaryEvent id="late" attachedToRef="approve">{timer}</boundaryEvent>'
        '<manualTask id="escalate" name="上报"/><endEvent id="done"/><endEvent id="up"/>'
    )
    flows = "begin > approve\n approve > done\n late > escalate\n escalate > up"
    return drawing("approval", nodes, flows)
