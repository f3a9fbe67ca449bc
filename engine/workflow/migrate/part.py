"""One (sub)process of a live case, beside the spec it is to be carried over to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.progress import Element
from engine.workflow.differences.names import KINDS

Task = Any
Spec = Any
RESTING = TaskState.READY | TaskState.WAITING | TaskState.STARTED
SPLIT = "{}.BoundaryEventSplit"  # what SpiffWorkflow puts before a step with events


@dataclass
class Part:
    """One (sub)process of a live case, and the spec it is to be carried over to.

    ``arrived`` says under which name a finished step counts at the join it led to.
    """

    live: Any
    new: Spec
    arrived: dict[Any, str] = field(default_factory=dict)

    @property
    def old(self) -> Spec:
        return self.live.spec

    def resting(self) -> list[Task]:
        return [t for t in self.live.tasks.values() if t.state & RESTING]

    def counterpart(self, task: Task) -> Spec | None:
        """The step of the new version with this task's id; None where it has none."""
        return self.new.task_specs.get(task.task_spec.name)

    def hosted(self, event: Task) -> bool:
        """Whether a boundary event is still one of the step at which it waits."""
        split = self.new.task_specs.get(event.parent.task_spec.name)
        return split is not None and event.task_spec.name in split._outputs


def label(spec: Spec, names: Mapping[str, Element]) -> str:
    """The name of a step for people, or what it is where it has no name."""
    element = names.get(spec.bpmn_id or "")
    if element is None:
        return str(spec.name)
    return element.name or f"{KINDS.get(element.kind, element.kind)} {element.id}"
