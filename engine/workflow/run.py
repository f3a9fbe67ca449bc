"""Run a case one act further: start it, finish a task, wake its timers, deliver, stop.

Each function takes and gives plain values; nothing here has a side effect outside the
returned ``Progress``, since an act is run again when another writer was faster.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.errors import AlreadyDone, Refused
from engine.progress import Call, Effect, Progress, Thrown
from engine.workflow.calls import CallTask
from engine.workflow.compaction import compact
from engine.workflow.results import Counted, keep_counts, keep_results
from engine.workflow.script_engine import script_engine
from engine.workflow.state import Specs, dump, load
from engine.workflow.steps import cut_off, delta, steps_of
from engine.workflow.stepper import FlatWorkflow
from engine.workflow.waits import collapse_missed, parts, same, waits

# else every record carries all task data: personal data in logs, and a fifth of the time
for _name in ("spiff.task", "spiff.workflow", "spiff.data", "spiff"):
    logging.getLogger(_name).setLevel(logging.WARNING)

Task = Any
NEVER = "9999-12-31T00:00:00+00:00"


def _nothing(_task_id: str, _element: str, _data: Mapping[str, Any]) -> dict[str, Any]:
    return {}


class StepFailed(Refused):
    """“{element}”这一步办不下去：{reason}"""

    status = 422


@dataclass(frozen=True)
class World:
    """What a case's expressions may ask (``functions``), and which operations of its
    service tasks go to the outside and are waited for (``outside``). ``due_rules`` is
    filled meanwhile: how each limit in working days was made, by its instant.
    ``counted`` gives what the items of a task come to when a deadline cuts it off."""

    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    outside: frozenset[str] = frozenset()
    due_rules: Mapping[datetime, Any] = field(default_factory=dict)
    counted: Counted = _nothing


def start(specs: Specs, data: Mapping[str, Any], world: World) -> Progress:
    """Run a new case to its first waits. ``data`` are the variables it begins with."""
    workflow = FlatWorkflow(*specs)
    first = workflow.get_next_task(spec_name="Start")
    first.set_data(**deepcopy(dict(data)))
    return _Act(workflow, world).run(lambda: None)


def finish(
    specs: Specs, state: bytes, task_id: str, answers: Mapping[str, Any], world: World
) -> Progress:
    """Complete the task a person did. Raises ``AlreadyDone`` where it waits no more."""
    workflow = load(state, specs)
    task = _find(workflow, task_id)
    if task is None or task.state != TaskState.READY or not task.task_spec.manual:
        raise AlreadyDone()

    def act() -> None:
        task.data.update(deepcopy(dict(answers)))
        task.run()

    return _Act(workflow, world).run(act)


def wake(specs: Specs, state: bytes, world: World) -> Progress:
    """Let every timer that is due by now fire; missed repetitions fire once."""
    workflow = load(state, specs)
    act = _Act(workflow, world)

    def fire() -> None:
        act.missed = collapse_missed(workflow)
        workflow.refresh_timers()

    return act.run(fire)


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

    return _Act(workflow, world).run(act)


def answer(
    specs: Specs, state: bytes, call_id: str, result: Any, world: World
) -> Progress:
    """The outside has answered a call. Raises ``AlreadyDone`` where nobody waits for it."""
    workflow = load(state, specs)
    task = _find(workflow, call_id)
    if task is None or task.state != TaskState.STARTED or not _is_call(task):
        raise AlreadyDone()
    return _Act(workflow, world).run(
        lambda: task.task_spec.take(task, deepcopy(result))
    )


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
    return _Act(workflow, World()).run(workflow.cancel)


def _is_call(task: Task) -> bool:
    return isinstance(task.task_spec, CallTask)


def _find(workflow: FlatWorkflow, task_id: str) -> Task | None:
    wanted = UUID(task_id)
    return next((task for task in workflow.every_task() if task.id == wanted), None)


class _Act:
    """One act on a live workflow, and what it changed."""

    def __init__(self, workflow: FlatWorkflow, world: World) -> None:
        self.workflow = workflow
        self.world = world
        self.effects: list[Effect] = []
        self.calls: list[Call] = []
        self.missed: dict[str, int] = {}
        # not saved with the state, and the stock one would run any Python
        workflow.script_engine = script_engine(world.functions, self._ask)
        self.finished = {
            task.id
            for task in workflow.every_task()
            if task.state & TaskState.FINISHED_MASK
        }
        self.waits = {wait.id: wait for wait in waits(workflow)}

    def _ask(self, context: Task, **call: Any) -> str | None:
        """A service task: note what it asks for, to be done in the case's transaction."""
        values = {
            name: deepcopy(p["value"]) for name, p in call["operation_params"].items()
        }
        element, operation = context.task_spec.bpmn_id, call["operation_name"]
        if operation in self.world.outside:
            self.calls.append(Call(context.id.hex, element, operation, values))
            return None
        self.effects.append(Effect(element, operation, values))
        return json.dumps(None)

    def run(self, act: Callable[[], object]) -> Progress:
        try:
            act()
            self.workflow.do_engine_steps(self._keep)
            self.workflow.refresh_timers()
            self.workflow.do_engine_steps(self._keep)
        except WorkflowTaskException as failed:
            raise StepFailed(
                element=_label(failed.task), reason=_reason(failed)
            ) from failed
        except SpiffWorkflowException as failed:
            raise StepFailed(element=self._blamed(), reason=_reason(failed)) from failed
        except (AttributeError, TypeError, ValueError, KeyError) as failed:
            # the library's own way to choke, e.g. on a timer that is no text
            raise StepFailed(element=self._blamed(), reason=_reason(failed)) from failed
        except Exception as failed:
            if type(failed) is not Exception:  # the library raises the bare class
                raise
            raise StepFailed(element=self._blamed(), reason=_reason(failed)) from failed

        return self._progress()

    def _keep(self, task: Task) -> None:
        keep_results(task)
        keep_counts(task, self.world.counted)

    def _blamed(self) -> str:
        """The element that was at work when the library gave up without naming it."""
        errors = [t for t in self.workflow.every_task() if t.state == TaskState.ERROR]
        fresh = [t for t in self.workflow.every_task() if t.id not in self.finished]
        recent = max(errors or fresh, key=lambda task: task.last_state_change)
        return _label(recent)

    def _progress(self) -> Progress:
        finished = self._finished(self.workflow.every_task())
        removed = self._finished(self.workflow.removed)
        changed: dict[str, Any] = {}
        for task in finished:
            changed.update(delta(task))
        now = {wait.id: wait for wait in waits(self.workflow)}
        kept = {i for i, wait in self.waits.items() if same(wait, now.get(i))}
        gone = [wait for i, wait in self.waits.items() if i not in kept]
        steps = (*steps_of(finished + removed), *cut_off(finished + removed, gone))
        ended = bool(self.workflow.is_completed())
        thrown = tuple(_thrown(event) for event in self.workflow.get_events())
        compact(self.workflow)
        return Progress(
            state=dump(self.workflow),
            steps=steps,
            opened=tuple(wait for i, wait in now.items() if i not in kept),
            closed=tuple(gone),
            data=changed,
            effects=tuple(self.effects),
            calls=tuple(call for call in self.calls if call.id in now),
            thrown=thrown,
            missed=self.missed,
            ended=ended,
        )

    def _finished(self, tasks: Iterable[Task]) -> list[Task]:
        """Those of the tasks that finished in this act, in that order."""
        found = [
            task
            for task in tasks
            if task.state & TaskState.FINISHED_MASK and task.id not in self.finished
        ]
        return sorted(found, key=lambda task: task.last_state_change)


def _thrown(event: Any) -> Thrown:
    kind = type(event.event_definition).__name__.removesuffix("EventDefinition").lower()
    return Thrown(kind, str(event.event_definition.name or ""), event.payload)


def _label(task: Task) -> str:
    spec = task.task_spec
    return str(
        getattr(spec, "bpmn_name", None) or getattr(spec, "bpmn_id", None) or spec.name
    )


def _reason(failed: BaseException) -> str:
    """The innermost refusal's own sentence; the library's text only where there is none."""
    cause: BaseException | None = failed
    while cause is not None:
        if isinstance(cause, Refused):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    return str(failed)
