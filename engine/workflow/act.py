"""One act on a live workflow: run it, and tell what it changed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.errors import Refused
from engine.progress import Call, Effect, Progress, Thrown
from engine.workflow.calls import keeps_result
from engine.workflow.compaction import compact
from engine.workflow.failures import label, reason
from engine.workflow.results import Counted, keep_counts, keep_results
from engine.workflow.script_engine import script_engine
from engine.workflow.state import dump
from engine.workflow.steps import cut_off, delta, steps_of
from engine.workflow.stepper import FlatWorkflow
from engine.workflow.waits import collapse_missed, same, waits

# else every record carries all task data: personal data in logs, and a fifth of the time
for _name in ("spiff.task", "spiff.workflow", "spiff.data", "spiff"):
    logging.getLogger(_name).setLevel(logging.WARNING)

Task = Any
# what goes out to other cases: the end of a called process by a terminate event does not
_SENT = ("message", "signal")


def _nothing(_task_id: str, _element: str, _data: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _no_answer(_effect: Effect) -> None:
    return None


class StepFailed(Refused):
    """“{element}”这一步办不下去：{reason}"""

    status = 422


@dataclass(frozen=True)
class World:
    """What a case's expressions may ask (``functions``), and which operations of its
    service tasks go to the outside and are waited for (``outside``). ``due_rules`` is
    filled meanwhile: how each limit in working days was made, by its instant.
    ``counted`` gives what the items of a task come to when a deadline cuts it off.
    ``perform`` does an operation at once, in the case's transaction, and gives its
    result: asked where a diagram goes on with that. ``known``
    are the case's variables before the act, of whatever branch."""

    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    outside: frozenset[str] = frozenset()
    due_rules: Mapping[datetime, Any] = field(default_factory=dict)
    counted: Counted = _nothing
    perform: Callable[[Effect], Any] = _no_answer
    known: Mapping[str, Any] = field(default_factory=dict)


class Act:
    """One act on a live workflow, and what it changed."""

    def __init__(self, workflow: FlatWorkflow, world: World) -> None:
        self.workflow = workflow
        self.world = world
        self.effects: list[Effect] = []
        self.performed = 0  # how many of them are done already
        self.calls: list[Call] = []
        self.missed: dict[str, int] = {}
        # not saved with the state, and the stock one would run any Python
        functions = {**world.functions, "latest": self._latest}
        workflow.script_engine = script_engine(functions, self._ask)
        self.finished = {
            task.id
            for task in workflow.every_task()
            if task.state & TaskState.FINISHED_MASK
        }
        self.waits = {wait.id: wait for wait in waits(workflow)}

    def _latest(self, name: str) -> Any:
        """A variable as it is now, on whatever branch it was written: a branch sees of
        the others only what was there when it began."""
        for task in reversed(self._finished(self.workflow.every_task())):
            changed = delta(task)
            if name in changed:
                return changed[name]
        return deepcopy(self.world.known.get(name))

    def _ask(self, context: Task, **call: Any) -> str | None:
        """A service task: note what it asks for, to be done in the case's transaction
        once the act has run; at once, after what was noted, where its result is kept.
        """
        values = {
            name: deepcopy(p["value"]) for name, p in call["operation_params"].items()
        }
        element, operation = context.task_spec.bpmn_id, call["operation_name"]
        if operation in self.world.outside:
            self.calls.append(Call(context.id.hex, element, operation, values))
            return None
        self.effects.append(Effect(element, operation, values))
        kept = keeps_result(context.task_spec)
        return json.dumps(self._perform() if kept else None)

    def _perform(self) -> Any:
        """Do all that was asked for so far, in order; what the last one gave back."""
        result = None
        for effect in self.effects[self.performed :]:
            self.performed += 1
            result = self.world.perform(effect)
        return result

    def run(self, act: Callable[[], object]) -> Progress:
        try:
            act()
            self.workflow.do_engine_steps(self._keep)
            self.workflow.refresh_timers()
            self.workflow.do_engine_steps(self._keep)
        except WorkflowTaskException as failed:
            raise StepFailed(
                element=label(failed.task), reason=reason(failed)
            ) from failed
        except SpiffWorkflowException as failed:
            raise StepFailed(element=self._blamed(), reason=reason(failed)) from failed
        except (AttributeError, TypeError, ValueError, KeyError) as failed:
            # the library's own way to choke, e.g. on a timer that is no text
            raise StepFailed(element=self._blamed(), reason=reason(failed)) from failed
        except Exception as failed:
            if type(failed) is not Exception:  # the library raises the bare class
                raise
            raise StepFailed(element=self._blamed(), reason=reason(failed)) from failed

        return self._progress()

    def fire_timers(self) -> None:
        self.missed = collapse_missed(self.workflow)
        self.workflow.refresh_timers()

    def come_due(self) -> None:
        """What was due before an act happens before it, also where no worker has come
        by yet: an act past a limit is late, and finds the case as the limit left it."""
        if self.workflow.timer_due():
            self.fire_timers()
            self.workflow.do_engine_steps(self._keep)

    def _keep(self, task: Task) -> None:
        keep_results(task)
        keep_counts(task, self.world.counted)

    def _blamed(self) -> str:
        """The element that was at work when the library gave up without naming it."""
        errors = [t for t in self.workflow.every_task() if t.state == TaskState.ERROR]
        fresh = [t for t in self.workflow.every_task() if t.id not in self.finished]
        recent = max(errors or fresh, key=lambda task: task.last_state_change)
        return label(recent)

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
        events = map(_thrown, self.workflow.get_events())
        thrown = tuple(event for event in events if event.kind in _SENT)
        compact(self.workflow)
        return Progress(
            state=dump(self.workflow),
            steps=steps,
            opened=tuple(wait for i, wait in now.items() if i not in kept),
            closed=tuple(gone),
            data=changed,
            effects=tuple(self.effects),
            performed=self.performed,
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
