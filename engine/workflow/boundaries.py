"""The join after a task with boundary events, mended for tasks that are come back to."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.serializer.default.task_spec import EventJoinConverter
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin


class BoundaryJoin(BoundaryEventJoin):  # type: ignore[misc]
    """Brings together one round of its task: stock takes those of the next round for its
    own, so that their boundary events outlive the task."""

    def _find_tasks(self, my_task: Any) -> list[Any]:
        split = my_task.find_ancestor(self.split_task)
        round_of = [] if split is None else split.children
        return [
            join
            for branch in round_of
            for join in branch.children
            if join.task_spec is self
        ]


class BoundaryJoinConverter(EventJoinConverter):  # type: ignore[misc]
    """Saved under stock's own name: what was published before is mended as well."""

    def __init__(self, target_class: type[BoundaryJoin], registry: Any) -> None:
        super().__init__(target_class, registry, typename=BoundaryEventJoin.__name__)
