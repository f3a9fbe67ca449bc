"""Run a case one act further: start it, finish a task, wake its timers, deliver, stop.

Each function takes and gives plain values; nothing here has a side effect outside the
returned ``Progress``, since an act is run again when another writer was faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from engine.errors import AlreadyDone
from engine.progress import Progress
from engine.workflow.act import Act, StepFailed, World
from engine.workflow.calls import CallTask
from engine.workflow.state import Specs, dump, load
from engine.workflow.stepper import FlatWorkflow
from engine.workflow.waits import parts

__all__ = [
    "StepFailed",
    "World",
    "answer",
    "deliver",
    "finish",
    "shift_timers",
    "start",
    "stop",
    "wake",
]

Task = Any
NEVER = "9999-12-31T00:00:00+00:00"


def start(specs: Specs, data: Mapping[str, Any], world: World) -> Progress:
    """Run a new case to its first waits. ``data`` are the variables it begins with."""
    workflow = FlatWorkflow(*specs)
    first = workflow.get_next_task(spec_name="Start")
    first.set_data(**deepcopy(dict(data)))
    return Act(workflow, world).run(lambda: None)


def finish(
    specs: Specs, state: bytes, task_id: str, answers: Mapping[str, Any], world: World
) -> Progress:
    """Complete the task a person did. Raises ``AlreadyDone`` where it waits no more."""
    workflow = load(state, specs)
    task = _find(workflow, task_id)
    act = Act(workflow, world)

    def finish_it() -> None:
        act.come_due()
        if task is None or task.state != TaskState.READY or not task.task_spec.manual:
            raise AlreadyDone()
        task.data.update(deepcopy(dict(answers)))
        task.run()

    return act.run(finish_it)


def wake(specs: Specs, state: bytes, world: World) -> Progress:
    """Let every timer that is due by now fire; missed repetitions fire once."""
    act = Act(load(state, specs), world)
    return act.run(act.fire_timers)


def deliver(
    specs: Specs, state: bytes, wait_id: str, name: str, payload: Any, world: World
) -> Progress:
    """Give a message or signal to the event that waits for it.

    Raises ``AlreadyDone`` where that event waits no more.
    """
    workflow = load(state, specs)
    task = _find(workflow, wait_id)
    if task is None or task.state != TaskState.WAITING:
        raise AlreadyDone()
    wanted = [part for part in parts(task) if getattr(part, "name", None) == name]
    if not wanted:
        raise AlreadyDone()

    def act() -> None:
        if len(parts(task)) > 1:
            # stock takes the timer's path too, where the timer is overdue as well
            task.internal_data["event_value"] = NEVER
        task.task_spec.catch(task, BpmnEvent(wanted[0], payload=deepcopy(payload)))
        task.task_spec._update(task)

    return Act(workflow, world).run(act)


def answer(
    specs: Specs, state: bytes, call_id: str, result: Any, world: World
) -> Progress:
    """The outside has answered a call. Raises ``AlreadyDone`` where nobody waits for it."""
    workflow = load(state, specs)
    task = _find(workflow, call_id)
    if task is None or task.state != TaskState.STARTED or not _is_call(task):
        raise AlreadyDone()
    return Act(workflow, world).run(lambda: task.task_spec.take(task, deepcopy(result)))


def shift_timers(specs: Specs, state: bytes, moved: Mapping[str, datetime]) -> bytes:
    """The state with other moments for timers that wait, by wait id; nothing runs."""
    workflow = load(state, specs)
    for wait_id, due in moved.items():
        task = _find(workflow, wait_id)
        if task is not None and isinstance(task.internal_data.get("event_value"), str):
            task.internal_data["event_value"] = due.isoformat()
    return dump(workflow)


def stop(specs: Specs, state: bytes) -> Progress:
    """Cancel whatever is open."""
    workflow = load(state, specs)
    return Act(workflow, World()).run(workflow.cancel)


def _is_call(task: Task) -> bool:
    return isinstance(task.task_spec, CallTask)


def _find(workflow: FlatWorkflow, task_id: str) -> Task | None:
    wanted = UUID(task_id)
    return next((task for task in workflow.every_task() if task.id == wanted), None)
