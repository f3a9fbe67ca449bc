"""What was answered so far survives the deadline that cuts it off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

# a person's open task (its id, its element, its variables): what its items come to
Counted = Callable[[str, str, Mapping[str, Any]], Mapping[str, Any]]


def keep_results(task: Any) -> None:
    """Before an interrupting boundary event goes on: give it what was collected so far;
    stock loses it (design/spiffworkflow.md 6, #10)."""
    if not _interrupts(task):
        return
    for sibling in task.parent.children:
        collected = getattr(sibling.task_spec, "data_output", None)
        if isinstance(sibling.task_spec, LoopTask) and collected is not None:
            name = collected.bpmn_id
            if name in sibling.data:
                task.data[name] = deepcopy(sibling.data[name])


def keep_counts(task: Any, counted: Counted) -> None:
    """Before an interrupting boundary event goes on: give it what the items of the tasks
    that it cuts off have come to so far."""
    if not _interrupts(task):
        return
    for cut in list(_inside(task.parent.children)):
        if cut.state == TaskState.READY and cut.task_spec.manual:
            values = counted(cut.id.hex, cut.task_spec.bpmn_id, cut.data)
            task.data.update(deepcopy(dict(values)))


def _interrupts(task: Any) -> bool:
    spec = task.task_spec
    return isinstance(spec, BoundaryEvent) and bool(spec.cancel_activity)


def _inside(tasks: Iterable[Any]) -> Iterator[Any]:
    """Tasks with what follows them and what runs in them."""
    for task in tasks:
        yield task
        yield from _inside(task.children)
        inner = task.workflow.top_workflow.subprocesses.get(task.id)
        if inner is not None:
            yield from _inside([inner.task_tree])
