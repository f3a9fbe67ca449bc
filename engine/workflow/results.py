"""What a multi-instance has collected survives the deadline that ends it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask


def keep_results(task: Any) -> None:
    """Before an interrupting boundary event goes on: give it what was collected so far;
    stock loses it (design/spiffworkflow.md 6, #10)."""
    spec = task.task_spec
    if not isinstance(spec, BoundaryEvent) or not spec.cancel_activity:
        return
    for sibling in task.parent.children:
        collected = getattr(sibling.task_spec, "data_output", None)
        if isinstance(sibling.task_spec, LoopTask) and collected is not None:
            name = collected.bpmn_id
            if name in sibling.data:
                task.data[name] = deepcopy(sibling.data[name])
