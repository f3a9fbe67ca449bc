"""What finished in an act: steps for the history, and the variables they changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from engine.progress import Step, Wait
from engine.workflow.compaction import place
from engine.workflow.waits import before, turn

Task = Any
_ABSENT = object()


def steps_of(finished: Iterable[Task]) -> Iterator[Step]:
    return (_step(task) for task in finished if _shown(task))


def cut_off(finished: Iterable[Task], gone: Iterable[Wait]) -> Iterator[Step]:
    """Tasks for people that went with the branch they were on, e.g. by a deadline: the
    library takes them out of its tree without finishing them."""
    ended = {task.id.hex for task in finished}
    for wait in gone:
        if wait.kind == "task" and wait.id not in ended:
            yield Step(wait.id, wait.element, "cancelled")


def _shown(task: Task) -> bool:
    """Whether the task stands on the diagram: loop parents and joins inside do not, nor
    the arrivals at a join that wait there for the last one."""
    spec = task.task_spec
    if getattr(spec, "bpmn_id", None) is None or isinstance(spec, LoopTask):
        return False
    return not isinstance(spec, Join) or bool(task.state == TaskState.COMPLETED)


def _step(task: Task) -> Step:
    state = "done" if task.state == TaskState.COMPLETED else "cancelled"
    own = task.task_spec.bpmn_id
    source = task.parent
    while source is not None and place(source) in (None, own):
        source = source.parent
    return Step(task.id.hex, own, state, place(source) if source else None)


def delta(task: Task) -> dict[str, Any]:
    """The variables this task itself changed, for the case's own data.

    A join only brings together what others changed; what happens inside one turn of a
    multi-instance stays there until the turn's output is collected.
    """
    if isinstance(task.task_spec, Join) or task.state != TaskState.COMPLETED:
        return {}
    if turn(task) is not None:
        return {}
    base = before(task)
    known = base.data if base is not None else {}
    return {
        name: deepcopy(value)
        for name, value in task.data.items()
        if known.get(name, _ABSENT) != value
        and not name.startswith("spiff__")
        and name != "data_objects"
    }
