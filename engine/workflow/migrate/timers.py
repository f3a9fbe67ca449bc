"""A waiting event in its new version: a timer that counts keeps the moment it had."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    TimerEventDefinition,
)
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.errors import Refused
from engine.workflow.waits import parts

Task = Any
# the last four: the library's own way to choke on what is no time
_FAILURES = (SpiffWorkflowException, AttributeError, TypeError, ValueError, LookupError)


class TimerFailed(Refused):
    """“{event}”的时间算不出来：{reason}"""

    status = 422


def carry_timer(task: Task) -> None:
    """Raises ``TimerFailed`` where a timer that is new cannot be computed."""
    definitions = parts(task)
    timers = [one for one in definitions if isinstance(one, TimerEventDefinition)]
    if not timers:  # an event gateway may have lost its timer
        task.internal_data.pop("event_value", None)
        return
    try:
        _set(task, timers[0], task.internal_data.get("event_value"))
    except _FAILURES as failed:
        raise TimerFailed(event=_name(task), reason=failed) from failed


def keeps_moment(task: Task, new_spec: Any) -> bool:
    """Whether a timer that counts goes on to its moment though its text was changed."""
    if task.internal_data.get("event_value") is None:
        return False
    before, after = (_texts(spec) for spec in (task.task_spec, new_spec))
    return bool(after) and before != after


def _texts(spec: Any) -> list[tuple[type, str]]:
    definition = spec.event_definition
    several = getattr(definition, "event_definitions", None) or [definition]
    timers = (one for one in several if isinstance(one, TimerEventDefinition))
    return [(type(timer), timer.expression) for timer in timers]


def _set(task: Task, timer: Any, value: Any) -> None:
    repeats = isinstance(timer, CycleTimerEventDefinition)
    if value is None and not repeats:
        timer.has_fired(task)  # the library's way to note down the moment
    elif value is None or (repeats and isinstance(value, str)):
        fresh = _first_cycle(task, timer)
        if value is not None:
            fresh["next"] = timer.get_datetime(value).isoformat()
        task.internal_data["event_value"] = fresh
    elif not repeats and isinstance(value, dict):
        task.internal_data["event_value"] = value["next"]


def _first_cycle(task: Task, timer: Any) -> dict[str, Any]:
    """As ``CycleTimerEventDefinition.cycle_complete`` begins, but it never fires."""
    text = task.workflow.script_engine.evaluate(task, timer.expression)
    cycles, start, duration = timer.parse_iso_recurring_interval(text)
    return {
        "cycles": cycles,
        "next": start.isoformat(),
        "duration": duration.total_seconds(),
    }


def _name(task: Task) -> str:
    return str(task.task_spec.bpmn_name or task.task_spec.bpmn_id)
