"""What stands in the way of carrying a running case over to another version.

Steps are the same where their BPMN ids are: SpiffWorkflow's own alignment also guesses by
structure, which may take one step for another (design/spiffworkflow.md 5, #4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import permutations
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import (
    BoundaryEvent,
    EventBasedGateway,
)
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from engine.progress import Element
from engine.workflow.migrate.part import RESTING, Part, Spec, Task, label

# what a half done multi-instance reads and writes in every turn
_TURNS = ("data_input", "data_output", "input_item", "output_item")


def reasons(part: Part, names: Mapping[str, Element]) -> list[str]:
    """Why this part cannot be carried over, in sentences; empty where it can."""
    found = [
        sentence.format(label(task.task_spec, names))
        for task in part.resting()
        for sentence in _refused(part, task)
    ]
    if not found:  # the flows are only looked at where all that is open is aligned
        found = [*_joins(part, names), *_doubled(part, names)]
    return list(dict.fromkeys(found))


def _refused(part: Part, task: Task) -> Iterator[str]:
    old, new = task.task_spec, part.counterpart(task)
    if isinstance(old, BoundaryEventJoin):
        return
    if isinstance(old, BoundaryEvent) and not (new and part.hosted(task)):
        if _goes_on(task):
            yield "“{}”触发后的事还没有办完，新版本里删去了它"
    elif new is None:
        yield "案件停在“{}”，新版本里没有这一步"
    elif type(new) is not type(old) or _other_event(old, new):
        yield "案件停在“{}”，新版本里它换成了另一种步骤"
    elif isinstance(old, LoopTask) and _turns(old) != _turns(new):
        yield "“{}”正在逐项办理，新版本里改了它的清单或结果"
    elif isinstance(old, SubWorkflowTask) and old.spec != new.spec:
        yield "“{}”正在办理，新版本里它改为调用另一个流程"


def _goes_on(event: Task) -> bool:
    """Whether a repeating event has come, and what it led to is still open."""
    return any(
        task.state & RESTING
        for task in event
        if task is not event
        and not isinstance(task.task_spec, (BoundaryEventJoin, _EndJoin))
    )


def _other_event(old: Spec, new: Spec) -> bool:
    """A timer that became a message, and the like; an event gateway may be edited."""
    if not isinstance(old, CatchingEvent) or isinstance(old, EventBasedGateway):
        return False
    return _event(old.event_definition) is not _event(new.event_definition)


def _event(definition: Any) -> type:
    timer = isinstance(definition, TimerEventDefinition)
    return TimerEventDefinition if timer else type(definition)


def _turns(spec: Spec) -> list[str | None]:
    values = (getattr(spec, name, None) for name in _TURNS)
    return [getattr(value, "bpmn_id", None) for value in values]


# -- flows ------------------------------------------------------------------------


def reach(
    spec: Spec, starts: Iterable[str], through: Callable[[str], bool]
) -> set[str]:
    """Names of the steps that flows lead to from ``starts``, not beyond those that
    ``through`` says no to; a start itself only where flows lead back to it."""
    found: set[str] = set()
    todo = list(starts)
    while todo:
        for name in spec.task_specs[todo.pop()]._outputs:
            if name not in found:
                found.add(name)
                if through(name):
                    todo.append(name)
    return found


def _is_parallel(spec: Spec, name: str) -> bool:
    return isinstance(spec.task_specs.get(name), ParallelGateway)


def _is_join(spec: Spec, name: str) -> bool:
    return _is_parallel(spec, name) and len(spec.task_specs[name]._inputs) > 1


def _joins(part: Part, names: Mapping[str, Element]) -> Iterator[str]:
    """Joins that would wait for ever for a branch, or no longer for any."""
    for name in part.new.task_specs:
        if not _is_parallel(part.new, name):
            continue
        known = _is_parallel(part.old, name)
        if known and not _match_arrivals(part, name):
            yield f"“{label(part.new.task_specs[name], names)}”之前已办完的分支在新版本里找不到"
        elif _is_starved(part, part.new, name):
            if not (known and _is_starved(part, part.old, name)):
                yield f"“{label(part.new.task_specs[name], names)}”要等的分支是新版本里才有的，会一直等不到"
        elif _is_full(part, name):
            yield f"“{label(part.new.task_specs[name], names)}”在新版本里不再等候别的分支"


def _arrivals(part: Part, join: str) -> list[Task]:
    """The finished steps that led to a join which still waits for others."""
    here = [t for t in part.live.tasks.values() if t.task_spec.name == join]
    if not any(task.state == TaskState.WAITING for task in here):
        return []
    parents = [task.parent for task in here]
    return [p for p in parents if p.state == TaskState.COMPLETED]


def _match_arrivals(part: Part, join: str) -> bool:
    """Find the new version's name for each branch that is done; False where unclear."""
    before = part.old.task_specs[join]._inputs
    after = part.new.task_specs[join]._inputs
    fresh = [name for name in after if name not in before]
    for task in _arrivals(part, join):
        own = task.task_spec.name
        if own not in after:
            fitting = [name for name in fresh if _on_one_branch(part, own, name, join)]
            if len(fitting) != 1:
                return False
            part.arrived[task.id] = fitting[0]
        else:
            part.arrived[task.id] = own
    return True


def _on_one_branch(part: Part, done: str, new: str, join: str) -> bool:
    """A step was put in behind what is done, or what is done was taken out behind it."""

    def leads(spec: Spec, source: str, target: str) -> bool:
        if source not in spec.task_specs:
            return False
        return target in reach(spec, [source], lambda name: name != join)

    return leads(part.new, done, new) or leads(part.old, new, done)


def _is_starved(part: Part, spec: Spec, join: str) -> bool:
    """Whether some branches will come to this join, or have, and others never can."""
    inputs = set(spec.task_specs[join]._inputs)
    open_steps = {
        task.task_spec.name
        for task in part.resting()
        if task.task_spec.name != join and task.task_spec.name in spec.task_specs
    }
    coming = open_steps | reach(spec, open_steps, lambda name: name != join)
    served = inputs & (coming | _arrived(part, spec, join))
    return bool(served) and served != inputs


def _arrived(part: Part, spec: Spec, join: str) -> set[str]:
    done = _arrivals(part, join)
    if spec is part.old:
        return {task.task_spec.name for task in done}
    return {part.arrived[task.id] for task in done}


def _is_full(part: Part, join: str) -> bool:
    inputs = set(part.new.task_specs[join]._inputs)
    return inputs <= _arrived(part, part.new, join)


def _doubled(part: Part, names: Mapping[str, Element]) -> Iterator[str]:
    """Steps under way at the same time that now come one after the other."""
    steps = {
        task.task_spec.name: task.task_spec
        for task in part.resting()
        if task.task_spec._outputs
        and not isinstance(task.task_spec, (BoundaryEvent, ParallelGateway))
    }
    for first, second in permutations(steps, 2):
        if _follows(part.new, first, second) and not _follows(part.old, first, second):
            both = (label(steps[one], names) for one in (first, second))
            yield "“{}”和“{}”正在同时办理，新版本里改成了先后办理".format(*both)


def _follows(spec: Spec, first: str, second: str) -> bool:
    """Whether ``second`` comes after ``first`` before the two have been joined."""
    beyond = reach(spec, [second], lambda name: True)

    def through(name: str) -> bool:
        return not (_is_join(spec, name) and name in beyond)

    return second in reach(spec, [first], through)
