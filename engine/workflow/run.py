"""Run a case one act further: start it, finish a task, wake its timers, stop it.

Each function takes and gives plain values; nothing here has a side effect outside the
returned ``Progress``, since an act is run again when another writer was faster.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from engine.errors import AlreadyDone, Refused
from engine.progress import Effect, Progress, Step, Wait
from engine.workflow.compaction import compact
from engine.workflow.script_engine import script_engine
from engine.workflow.state import Specs, dump, load
from engine.workflow.stepper import FlatWorkflow

# else every record carries all task data: personal data in logs, and a fifth of the time
for _name in ("spiff.task", "spiff.workflow", "spiff.data", "spiff"):
    logging.getLogger(_name).setLevel(logging.WARNING)

Functions = Mapping[str, Callable[..., Any]]
Task = Any


class StepFailed(Refused):
    """“{element}”这一步办不下去：{reason}"""

    status = 422


def start(specs: Specs, data: Mapping[str, Any], functions: Functions) -> Progress:
    """Run a new case to its first waits. ``data`` are the variables it begins with."""
    workflow = FlatWorkflow(*specs)
    first = workflow.get_next_task(spec_name="Start")
    first.set_data(**deepcopy(dict(data)))
    return _Act(workflow, functions).run(lambda: None)


def finish(
    specs: Specs,
    state: bytes,
    task_id: str,
    answers: Mapping[str, Any],
    functions: Functions,
) -> Progress:
    """Complete the task a person did. Raises ``AlreadyDone`` where it waits no more."""
    workflow = load(state, specs)
    task = (
        workflow.get_task_from_id(UUID(task_id)) if _known(workflow, task_id) else None
    )
    if task is None or task.state != TaskState.READY or not task.task_spec.manual:
        raise AlreadyDone()

    def act() -> None:
        task.data.update(deepcopy(dict(answers)))
        task.run()

    return _Act(workflow, functions).run(act)


def wake(specs: Specs, state: bytes, functions: Functions) -> Progress:
    """Let every timer that is due by now fire."""
    workflow = load(state, specs)
    return _Act(workflow, functions).run(workflow.refresh_timers)


def stop(specs: Specs, state: bytes) -> Progress:
    """Cancel whatever is open."""
    workflow = load(state, specs)
    return _Act(workflow, {}).run(workflow.cancel)


def _known(workflow: FlatWorkflow, task_id: str) -> bool:
    wanted = UUID(task_id)
    return any(task.id == wanted for task in workflow.every_task())


class _Act:
    """One act on a live workflow, and what it changed."""

    def __init__(self, workflow: FlatWorkflow, functions: Functions) -> None:
        self.workflow = workflow
        self.effects: list[Effect] = []
        # not saved with the state, and the stock one would run any Python
        workflow.script_engine = script_engine(functions, self._ask)
        self.before = {
            task.id
            for task in workflow.every_task()
            if task.state & TaskState.FINISHED_MASK
        }
        self.waits = {wait.id: wait for wait in _waits(workflow)}

    def _ask(self, context: Task, **call: Any) -> str:
        """A service task: note the operation, to be done in the case's transaction."""
        values = {name: p["value"] for name, p in call["operation_params"].items()}
        element = context.task_spec.bpmn_id
        self.effects.append(Effect(element, call["operation_name"], deepcopy(values)))
        return json.dumps(None)

    def run(self, act: Callable[[], object]) -> Progress:
        try:
            act()
            self.workflow.do_engine_steps()
            self.workflow.refresh_timers()
            self.workflow.do_engine_steps()
        except WorkflowTaskException as failed:
            raise StepFailed(element=_label(failed), reason=_reason(failed)) from failed
        except SpiffWorkflowException as failed:
            raise StepFailed(element="?", reason=str(failed)) from failed
        return self._progress()

    def _progress(self) -> Progress:
        finished = [
            task
            for task in self.workflow.every_task()
            if task.state & TaskState.FINISHED_MASK and task.id not in self.before
        ]
        finished.sort(key=lambda task: task.last_state_change)
        changed: dict[str, Any] = {}
        for task in finished:
            changed.update(_delta(task))
        steps = tuple(_step(task) for task in finished if _shown(task))
        waits = {wait.id: wait for wait in _waits(self.workflow)}
        same = {i for i, wait in self.waits.items() if _same(wait, waits.get(i))}
        gone = [wait for i, wait in self.waits.items() if i not in same]
        ended = bool(self.workflow.is_completed())
        compact(self.workflow)
        return Progress(
            state=dump(self.workflow),
            steps=steps,
            opened=tuple(wait for i, wait in waits.items() if i not in same),
            closed_tasks=tuple(wait.id for wait in gone if wait.kind == "task"),
            closed_events=tuple(wait.id for wait in gone if wait.kind != "task"),
            data=changed,
            effects=tuple(self.effects),
            ended=ended,
        )


def _same(before: Wait, after: Wait | None) -> bool:
    """A task stays the one it was; a timer that counts on has another due time."""
    return after is not None and (before.kind == "task" or before == after)


def _waits(workflow: FlatWorkflow) -> Iterator[Wait]:
    for task in workflow.every_task():
        if task.state == TaskState.READY and task.task_spec.manual:
            yield Wait(task.id.hex, task.task_spec.bpmn_id, "task", item=_item(task))
    for task in workflow.event_manager.tasks.values():
        if task.state == TaskState.WAITING:
            yield _event_wait(task)


def _shown(task: Task) -> bool:
    """Whether the task stands on the diagram: loop parents and joins inside do not."""
    return getattr(task.task_spec, "bpmn_id", None) is not None and not (
        isinstance(task.task_spec, LoopTask)
    )


def _step(task: Task) -> Step:
    state = "done" if task.state == TaskState.COMPLETED else "cancelled"
    own = task.task_spec.bpmn_id
    source = task.parent
    while source is not None and getattr(source.task_spec, "bpmn_id", None) in (
        None,
        own,
    ):
        source = source.parent
    return Step(task.id.hex, own, state, source.task_spec.bpmn_id if source else None)


_ABSENT = object()


def _delta(task: Task) -> dict[str, Any]:
    """The variables this task itself changed, for the case's own data.

    A join only brings together what others changed; what happens inside one turn of a
    multi-instance stays there until the turn's output is collected.
    """
    if isinstance(task.task_spec, Join) or task.state != TaskState.COMPLETED:
        return {}
    if _turn(task) is not None:
        return {}
    base = _parent(task)
    known = base.data if base is not None else {}
    return {
        name: deepcopy(value)
        for name, value in task.data.items()
        if known.get(name, _ABSENT) != value
        and not name.startswith("spiff__")
        and name != "data_objects"
    }


def _parent(task: Task) -> Task | None:
    """The task that came before, over the border of a subprocess too."""
    if task.parent is not None and task.parent.task_spec.name != "Root":
        return task.parent
    owner = task.workflow.parent_task_id
    if owner is None:
        return task.parent
    return task.workflow.top_workflow.get_task_from_id(owner)


def _turn(task: Task) -> Task | None:
    """The multi-instance or loop that this task is inside a turn of, if any."""
    inner: Task | None = task
    while inner is not None:
        inner = _parent(inner)
        if inner is not None and isinstance(inner.task_spec, LoopTask):
            if inner.state == TaskState.STARTED:
                return inner
    return None


def _item(task: Task) -> dict[str, Any] | None:
    turn = _turn(task)
    if turn is None:
        return None
    collected = getattr(turn.task_spec, "data_output", None)
    hidden = None if collected is None else collected.bpmn_id
    return {
        name: deepcopy(value)
        for name, value in task.data.items()
        if turn.data.get(name, _ABSENT) != value
        and name != hidden
        and not name.startswith("spiff__")
    }


def _event_wait(task: Task) -> Wait:
    """One row a waiting event; of an event gateway the timer gives kind and due time."""
    definition = task.task_spec.event_definition
    parts = getattr(definition, "event_definitions", None) or [definition]
    kinds = [_event_kind(part) for part in parts]
    due = _due(task.internal_data.get("event_value"))
    names = [str(part.name) for part in parts if getattr(part, "name", None)]
    kind = "timer" if "timer" in kinds else kinds[0]
    return Wait(task.id.hex, task.task_spec.bpmn_id, kind, "、".join(names), due)


def _event_kind(definition: Any) -> str:
    if isinstance(definition, TimerEventDefinition):
        return "timer"
    return type(definition).__name__.removesuffix("EventDefinition").lower()


def _due(value: Any) -> datetime | None:
    if isinstance(value, dict):  # a cycle timer
        value = value["next"] if value["cycles"] != 0 else None
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _label(failed: WorkflowTaskException) -> str:
    spec = failed.task.task_spec
    return str(spec.bpmn_name or spec.bpmn_id or spec.name)


def _reason(failed: BaseException) -> str:
    """The innermost refusal's own sentence; the library's text only where there is none."""
    cause: BaseException | None = failed
    while cause is not None:
        if isinstance(cause, Refused):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    return str(failed)
