"""SpiffWorkflow's workflow with flat scans: a step costs what is open, not what was.

The stock class walks the task tree recursively: O(history) for each click, and past a
depth of 1,000 it no longer sees the task that waits (design/spiffworkflow.md 6, #2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.util.task import TaskState

Task = Any
Hook = Callable[[Task], None] | None
TIMED = (TimerEventDefinition, MultipleEventDefinition)
INNER = (ErrorEventDefinition, EscalationEventDefinition)
Rule = Callable[[Task], bool]
AHEAD = TaskState.READY | TaskState.FUTURE | TaskState.PREDICTED_MASK


def _any(task: Task) -> bool:
    return True


def _caught_from_inside(task: Task) -> bool:
    spec = task.task_spec
    return isinstance(spec, BoundaryEvent) and isinstance(spec.event_definition, INNER)


class _Flat:
    """Scans over the tasks of one (sub)workflow, a dict, instead of its tree."""

    tasks: dict[Any, Task]
    completed: bool

    def update_waiting_tasks(self) -> None:
        minute = this_minute()
        for task in self._in_state(TaskState.WAITING):
            if task._state != TaskState.WAITING or task.id not in self.tasks:
                continue
            if not _counting(task, minute):
                task.task_spec._update(task)

    def is_completed(self) -> bool:
        if not self.completed:
            self.completed = not any(
                task._state & TaskState.NOT_FINISHED_MASK
                for task in self.tasks.values()
            )
        return self.completed

    def _in_state(self, state: int) -> list[Task]:
        return [task for task in self.tasks.values() if task._state == state]

    def run_ready(self, before: Hook, after: Hook, only: Rule = _any) -> int:
        """Run what is ready and not for a person; how many ran."""
        count = 0
        for task in filter(only, self._in_state(TaskState.READY)):
            # running one task may have cancelled or removed the next
            if task.task_spec.manual or task._state != TaskState.READY:
                continue
            if task.id not in self.tasks:
                continue
            if before:
                before(task)
            if isinstance(task.task_spec, BoundaryEvent):
                # stock still only guesses at what follows, where a multi-instance fails
                task.task_spec._predict(task, mask=AHEAD)
            task.workflow.top_workflow.running = task
            task.run()
            count += 1
            if after:
                after(task)
        return count


class FlatSubWorkflow(_Flat, BpmnSubWorkflow):  # type: ignore[misc]
    def _task_removed_notify(self, task: Task) -> None:
        super()._task_removed_notify(task)
        self.top_workflow.forget(task)


class FlatWorkflow(_Flat, BpmnWorkflow):  # type: ignore[misc]
    """A running case's workflow. ``removed`` are the tasks cut off since it was loaded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.removed: list[Task] = []
        self.running: Task | None = None
        super().__init__(*args, **kwargs)

    def create_subprocess(self, my_task: Task, spec_name: str) -> FlatSubWorkflow:
        spec = self.subprocess_specs[spec_name]
        subprocess = FlatSubWorkflow(spec, parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = subprocess
        return subprocess

    def _task_removed_notify(self, task: Task) -> None:
        super()._task_removed_notify(task)
        self.forget(task)

    def catch(self, event: Any) -> None:
        """An error goes to the nearest activity around it: stock ends with it the other
        turns of a multi-instance too."""
        if self.running is not None and isinstance(event.event_definition, INNER):
            event.target = self.running.workflow
        super().catch(event)

    def forget(self, task: Task) -> None:
        """A task that was cut off takes along what it waits for and what runs in it.

        Stock leaves both behind, and then fails on a subprocess that nobody called.
        """
        self.removed.append(task)
        self.event_manager.remove_task(task)
        inner = self.subprocesses.pop(task.id, None)
        for one in inner.tasks.values() if inner is not None else ():
            self.forget(one)

    def _do_engine_steps(
        self, will_complete_task: Hook = None, did_complete_task: Hook = None
    ) -> int:
        count = 0
        active = self.get_active_subprocesses()
        for subprocess in sorted(active, key=lambda one: one.depth, reverse=True):
            while ran := subprocess.run_ready(will_complete_task, did_complete_task):
                count += ran + self._interrupt(will_complete_task, did_complete_task)
            if subprocess.parent_task_id in self.subprocesses:
                task = self.get_task_from_id(subprocess.parent_task_id)
                task.task_spec._update(task)
        count += self.run_ready(will_complete_task, did_complete_task)
        known = {id(subprocess) for subprocess in active}
        return count + sum(
            id(one) not in known for one in self.get_active_subprocesses()
        )

    def _interrupt(self, before: Hook, after: Hook) -> int:
        """Let an error that was caught end its subprocess, before that goes on: stock
        completes it, and a parallel join then takes it for an arrival."""
        every = [self, *self.subprocesses.values()]
        return sum(part.run_ready(before, after, _caught_from_inside) for part in every)

    def refresh_timers(self) -> None:
        """Fire what is due. Times are exact to the minute (TR-1), and an act in the very
        minute of a limit is on time (TR-2): a timer fires in the minute after."""
        minute = this_minute()
        for task in list(self.event_manager.tasks.values()):
            timed = isinstance(task.task_spec.event_definition, TIMED)
            if timed and not _counting(task, minute):
                task.task_spec._update(task)

    def timer_due(self) -> bool:
        """Whether a limit has passed that nobody has let fire yet."""
        minute = this_minute()
        moments = map(due_moment, self.event_manager.tasks.values())
        return any(due is not None and due < minute for due in moments)

    def every_task(self) -> Iterator[Task]:
        yield from self.tasks.values()
        for subprocess in self.subprocesses.values():
            yield from subprocess.tasks.values()


def this_minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


def _counting(task: Task, minute: datetime) -> bool:
    """Whether a timer is not due yet: ``_update`` would compare to the microsecond."""
    definition = getattr(task.task_spec, "event_definition", None)
    due = due_moment(task) if isinstance(definition, TIMED) else None
    return due is not None and due >= minute


def due_moment(task: Task) -> datetime | None:
    """When a waiting timer is due; None where it has not begun to count, or has ended."""
    value = task.internal_data.get("event_value")
    if isinstance(value, dict):  # a cycle timer
        value = value["next"] if value["cycles"] != 0 else None
    if not isinstance(value, str):
        return None
    due: datetime = TimerEventDefinition.get_datetime(value)
    return due
