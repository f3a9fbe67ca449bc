"""What a live workflow waits for, as plain values; and timers that were missed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from engine.progress import Wait
from engine.workflow.calls import CallTask
from engine.workflow.stepper import FlatWorkflow, due_moment

Task = Any
_ABSENT = object()


def waits(workflow: FlatWorkflow) -> Iterator[Wait]:
    """Tasks for people, calls to the outside, timers, messages, signals."""
    for task in workflow.every_task():
        if task.state == TaskState.READY and task.task_spec.manual:
            yield Wait(task.id.hex, task.task_spec.bpmn_id, "task", item=item(task))
        elif task.state == TaskState.STARTED and isinstance(task.task_spec, CallTask):
            yield Wait(task.id.hex, task.task_spec.bpmn_id, "call")
    for task in workflow.event_manager.tasks.values():
        if task.state == TaskState.WAITING:
            yield _event(task)


def same(before: Wait, after: Wait | None) -> bool:
    """A task stays the one it was; a timer that counts on has another due time."""
    return after is not None and (before.kind in ("task", "call") or before == after)


def parts(task: Task) -> list[Any]:
    """The event definitions of a waiting event; an event gateway has several."""
    definition = task.task_spec.event_definition
    return getattr(definition, "event_definitions", None) or [definition]


def _event(task: Task) -> Wait:
    """One row a waiting event; of an event gateway the timer gives kind and due time."""
    definitions = parts(task)
    kinds = [_kind(part) for part in definitions]
    names = [
        str(part.name)
        for part, kind in zip(definitions, kinds, strict=True)
        if kind != "timer" and getattr(part, "name", None)
    ]
    kind = "timer" if "timer" in kinds else kinds[0]
    due = due_moment(task)
    return Wait(task.id.hex, task.task_spec.bpmn_id, kind, NAMES_APART.join(names), due)


NAMES_APART = "\n"


def _kind(definition: Any) -> str:
    if isinstance(definition, TimerEventDefinition):
        return "timer"
    return type(definition).__name__.removesuffix("EventDefinition").lower()


def collapse_missed(workflow: FlatWorkflow) -> dict[str, int]:
    """Let repetitions missed during an outage fire once: element to how many they were.

    Stock fires each of them at the same moment (design/spiffworkflow.md 1.3).
    """
    missed = {}
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    for task in workflow.event_manager.tasks.values():
        cycle = task.internal_data.get("event_value")
        if not isinstance(cycle, dict) or cycle["cycles"] == 0:
            continue
        following = datetime.fromisoformat(cycle["next"])
        late = _repetitions(following, minute, cycle)
        if late > 1:
            skipped = timedelta(seconds=cycle["duration"]) * (late - 1)
            cycle["next"] = (following + skipped).isoformat()
            cycle["cycles"] -= (
                late - 1
            )  # of endless ones (-1 and below) it means nothing
            task.data["missed_repetitions"] = late
            missed[task.task_spec.bpmn_id] = late
    return missed


def _repetitions(following: datetime, minute: datetime, cycle: dict[str, Any]) -> int:
    """How many are due: the one at ``following`` and those that came since."""
    if following >= minute:
        return 0
    passed = (minute - following).total_seconds()
    late = math.ceil(passed / float(cycle["duration"]))
    left = int(cycle["cycles"])
    return min(late, left) if left > 0 else late


def before(task: Task) -> Task | None:
    """The task that came before, over the border of a subprocess too."""
    if task.parent is not None and task.parent.task_spec.name != "Root":
        return task.parent
    owner = task.workflow.parent_task_id
    if owner is None:
        return task.parent
    return task.workflow.top_workflow.get_task_from_id(owner)


def turn(task: Task) -> Task | None:
    """The multi-instance or loop that this task is inside a turn of, if any."""
    inner: Task | None = task
    while inner is not None:
        outer = before(inner)
        if outer is not None and isinstance(outer.task_spec, LoopTask):
            # else it is what follows the whole
            if inner.task_spec.name == outer.task_spec.task_spec:
                return outer
        inner = outer
    return None


def item(task: Task) -> dict[str, Any] | None:
    """The variables of this turn of a multi-instance: its item, and what it changed."""
    whole = turn(task)
    if whole is None:
        return None
    collected = getattr(whole.task_spec, "data_output", None)
    hidden = None if collected is None else collected.bpmn_id
    return {
        name: deepcopy(value)
        for name, value in task.data.items()
        if whole.data.get(name, _ABSENT) != value
        and name != hidden
        and not name.startswith("spiff__")
    }
