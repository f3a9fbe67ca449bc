"""A parallel multi-instance opens only so many turns: each costs 16 KB while it is open."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from SpiffWorkflow.spiff.serializer.task_spec import SpiffMultiInstanceConverter
from SpiffWorkflow.spiff.specs.defaults import ParallelMultiInstanceTask

from engine.errors import Refused

MOST_TURNS = 200


class TooManyTurns(Refused):
    """“{element}”要同时展开 {count} 项，最多 {most} 项；更多的请改用任务表单的逐项清单。"""

    status = 422


class BoundedMultiInstance(ParallelMultiInstanceTask):  # type: ignore[misc]
    def create_children(self, my_task: Any) -> None:
        count = self._turns(my_task)
        if count > MOST_TURNS:
            inner = self._wf_spec.task_specs[self.task_spec]
            name = inner.bpmn_name or self.bpmn_id
            raise TooManyTurns(element=name, count=count, most=MOST_TURNS)
        super().create_children(my_task)

    def _turns(self, my_task: Any) -> int:
        if self.data_input is not None:
            found = self.data_input.get(my_task)
            return len(found) if isinstance(found, Sized) else 0
        count = my_task.workflow.script_engine.evaluate(my_task, self.cardinality)
        return count if isinstance(count, int) else 0


class BoundedMultiInstanceConverter(SpiffMultiInstanceConverter):  # type: ignore[misc]
    """Saved under stock's own name, so that earlier versions are bounded as well."""

    def __init__(self, target_class: type[BoundedMultiInstance], registry: Any) -> None:
        name = ParallelMultiInstanceTask.__name__
        super().__init__(target_class, registry, typename=name)
