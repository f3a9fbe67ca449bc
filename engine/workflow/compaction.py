"""Drop finished tasks that can no longer matter, so that a case's state stays small.

The history table keeps what is dropped here. Also mends the stock join, which counts
arrivals of an earlier turn of a loop (design/spiffworkflow.md 6, #1).
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import ParallelMultiInstanceTask
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from engine.workflow.stepper import FlatWorkflow

Task = Any
OPEN = TaskState.NOT_FINISHED_MASK
ORIGIN = "origin"


def compact(workflow: FlatWorkflow) -> None:
    """Remove finished history from the live state, in place."""
    _drop_finished_subprocesses(workflow)
    for part in (workflow, *workflow.subprocesses.values()):
        for task in _Branches(part).prune() + _merged_children(part):
            workflow.subprocesses.pop(task.id, None)


def _drop_finished_subprocesses(workflow: FlatWorkflow) -> None:
    for task_id, part in list(workflow.subprocesses.items()):
        parent = next((t for t in workflow.every_task() if t.id == task_id), None)
        if parent is not None and not parent._state & TaskState.FINISHED_MASK:
            continue
        if not any(task._state & OPEN for task in part.tasks.values()):
            del workflow.subprocesses[task_id]


def _merged_children(part: Any) -> list[Task]:
    """Finished turns of an open parallel multi-instance whose result is merged already."""
    dropped = []
    for parent in part.tasks.values():
        if parent._state != TaskState.STARTED:
            continue
        spec = parent.task_spec
        if not isinstance(spec, ParallelMultiInstanceTask) or spec.output_item is None:
            continue
        merged = parent.internal_data.get("merged", [])
        done = set(merged[:-1])  # the last id is still read by the completion condition
        for child in [part.tasks[i] for i in parent._children]:
            if str(child.id) in done and child._state == TaskState.COMPLETED:
                if not child._children:
                    parent._children.remove(child.id)
                    dropped.append(child)
        parent.internal_data["merged"] = merged[-1:]
    for child in dropped:
        del part.tasks[child.id]
    return dropped


def _ended(task: Task) -> bool:
    """A path that came to its end while others go on: at the last end all that they
    brought is put together, and a subprocess gives that to what follows."""
    return isinstance(task.task_spec, _EndJoin) and task._state == TaskState.CANCELLED


def _note_origin(task: Task) -> None:
    """What splits before an activity with boundary events is not on the diagram: it keeps
    the name of the step that led there, which is about to be dropped."""
    if place(task) is None:
        before = task.parent
        while before is not None and place(before) is None:
            before = before.parent
        if before is not None:
            task.internal_data.setdefault(ORIGIN, place(before))


def place(task: Task) -> str | None:
    """The element that a task stands for, or else the one that led to it."""
    own: str | None = getattr(task.task_spec, "bpmn_id", None)
    return own or task.internal_data.get(ORIGIN)


class _Branches:
    """One (sub)workflow's tree, read once from the leaves up."""

    def __init__(self, part: Any) -> None:
        self.part = part
        self.tasks: dict[Any, Task] = part.tasks
        self.open: dict[Any, bool] = {}
        self.needed: dict[Any, bool] = {}
        # a join that still waits needs its instances in sibling branches, also done ones
        waiting = {
            id(task.task_spec)
            for task in self.tasks.values()
            if task._state == TaskState.WAITING and isinstance(task.task_spec, Join)
        }
        for task_id in reversed(self._parents_first()):
            task = self.tasks[task_id]
            children = task._children
            self.open[task_id] = bool(task._state & OPEN) or any(
                self.open[child] for child in children
            )
            self.needed[task_id] = (
                id(task.task_spec) in waiting
                or _ended(task)
                or any(self.needed[child] for child in children)
            )

    def _parents_first(self) -> list[Any]:
        order, stack = [], [self.part.task_tree.id]
        while stack:
            task_id = stack.pop()
            order.append(task_id)
            stack.extend(reversed(self.tasks[task_id]._children))
        return order

    def prune(self) -> list[Task]:
        """Hang the deepest finished task that dominates a branch below its root."""
        dropped: list[Task] = []
        todo = [self.part.task_tree.id]
        while todo:
            parent = self.tasks[todo.pop()]
            for child in [c for c in parent._children if self.open[c]]:
                deepest = self._deepest_finished(child)
                if deepest != child:
                    _note_origin(self.tasks[deepest])
                    dropped += self._subtree(child, without=deepest)
                    parent._children[parent._children.index(child)] = deepest
                    self.tasks[deepest]._parent = parent.id
                todo.append(deepest)
        if dropped:
            self._forget(dropped)
        return dropped

    def _deepest_finished(self, task_id: Any) -> Any:
        if not self.tasks[task_id]._state & TaskState.FINISHED_MASK:
            return task_id
        while True:
            children = self.tasks[task_id]._children
            live = [child for child in children if self.open[child]]
            if (
                len(live) != 1
                or not self.tasks[live[0]]._state & TaskState.FINISHED_MASK
            ):
                return task_id
            if any(self.needed[child] for child in children if child != live[0]):
                return task_id
            task_id = live[0]

    def _subtree(self, top: Any, without: Any) -> list[Task]:
        found, stack = [], [top]
        while stack:
            task_id = stack.pop()
            if task_id != without:
                stack.extend(self.tasks[task_id]._children)
                found.append(self.tasks[task_id])
        return found

    def _forget(self, dropped: list[Task]) -> None:
        for task in dropped:
            del self.tasks[task.id]
        last = self.part.last_task
        if last is not None and last.id not in self.tasks:
            self.part.last_task = None
        # data is saved as the difference from the parent: parents must come first
        self.part.tasks = {i: self.tasks[i] for i in self._parents_first()}
        self.tasks = self.part.tasks
