"""Put a live (sub)process onto its new spec, task by task; no open task is set back."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.task import Task as SpiffTask
from SpiffWorkflow.util.task import TaskState

from engine.workflow.migrate.part import SPLIT, Part, Spec, Task
from engine.workflow.migrate.timers import carry_timer

_PREDICTED = TaskState.FUTURE | TaskState.LIKELY | TaskState.MAYBE


def carry_over(part: Part) -> None:
    """In place. What stands in the way was looked for before (``obstacles``)."""
    _drop_predicted(part)
    for task in part.resting():
        if task.id in part.live.tasks:  # an event may have gone with its step's others
            _change_events(part, task)
    for task in part.live.tasks.values():
        task.task_spec = _step(part, task)
    part.live.spec = part.new
    for task in part.resting():
        _predict(task)
        if task.state == TaskState.WAITING and isinstance(
            task.task_spec, CatchingEvent
        ):
            carry_timer(task)
    for name in part.new.data_objects:
        part.live.data.setdefault("data_objects", {}).setdefault(name, None)
    _put_parents_first(part)


def _drop_predicted(part: Part) -> None:
    for task in list(part.live.tasks.values()):
        if task.state & _PREDICTED and task.id in part.live.tasks:
            part.live._remove_task(task.id)


def _step(part: Part, task: Task) -> Spec:
    """The task's step in the new version. What is finished may have none: then it counts
    as the process's own beginning, which no flow and no join looks for."""
    name = part.arrived.get(task.id)
    if name is not None:
        return part.new.task_specs[name]
    return part.counterpart(task) or part.new.start


def _predict(task: Task) -> None:
    definition = getattr(task.task_spec, "event_definition", None)
    if not isinstance(
        definition, CycleTimerEventDefinition
    ):  # it makes its own children
        task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)


def _put_parents_first(part: Part) -> None:
    """Data is saved as the difference from the parent, which must be read before."""
    order, todo = [], [part.live.task_tree.id]
    while todo:
        own = todo.pop()
        order.append(own)
        todo.extend(reversed(part.live.tasks[own]._children))
    part.live.tasks = {own: part.live.tasks[own] for own in order}
    if part.live.last_task is not None:
        part.live.last_task = part.live.tasks.get(part.live.last_task.id)


# -- boundary events ---------------------------------------------------------------


def _change_events(part: Part, host: Task) -> None:
    """Give an open step the boundary events it has in the new version."""
    name = SPLIT.format(host.task_spec.name)
    new_split = part.new.task_specs.get(name)
    split = host.parent if host.parent.task_spec.name == name else None
    if split is not None:
        wanted = set(new_split._outputs) if new_split is not None else set()
        for event in _events(split):
            if event.task_spec.name not in wanted:
                _take_off(part, split, event)
        if new_split is None:
            _take_out(part, split)
    if new_split is not None:
        if split is None:
            split = _put_in(part, host, new_split)
        _add_events(split, new_split)


def _events(split: Task) -> list[Task]:
    return [t for t in split.children if isinstance(t.task_spec, BoundaryEvent)]


def _take_off(part: Part, split: Task, event: Task) -> None:
    """An event that has not come is forgotten; the path of one that has goes on."""
    if event.state == TaskState.WAITING:
        part.live._remove_task(event.id)
        return
    for child in event.children:
        if isinstance(child.task_spec, BoundaryEventJoin):
            part.live._remove_task(child.id)
    _move(event, split, split.parent)


def _take_out(part: Part, split: Task) -> None:
    for child in split.children:
        _move(child, split, split.parent)
    part.live._remove_task(split.id)


def _put_in(part: Part, host: Task, new_split: Spec) -> Task:
    parent = host.parent
    split = SpiffTask(part.live, new_split, parent, state=TaskState.COMPLETED)
    split.data = dict(parent.data)
    _move(host, parent, split)
    return split


def _move(task: Task, source: Task, target: Task) -> None:
    source._children.remove(task.id)
    target._children.append(task.id)
    task._parent = target.id


def _add_events(split: Task, new_split: Spec) -> None:
    known = {event.task_spec.name for event in _events(split)}
    for step in new_split.outputs:
        if isinstance(step, BoundaryEvent) and step.name not in known:
            event = split._add_child(step, TaskState.WAITING)
            event._inherit_data()
