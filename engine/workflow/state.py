"""A case's state and a process's spec as bytes.

The state carries no spec: that is kept once per published version. Bytes are opaque;
the order of tasks in them matters, so they must never pass through a JSONB column
(design/spiffworkflow.md 6, #3).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from copy import copy
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn.serializer.default.workflow import (
    BpmnSubWorkflowConverter,
    BpmnWorkflowConverter,
    TaskConverter,
    WorkflowConverter,
)
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.spiff.serializer.task_spec import ServiceTaskConverter
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.boundaries import BoundaryJoin, BoundaryJoinConverter
from engine.workflow.calls import CallTask
from engine.workflow.decisions import DecisionTask, DecisionTaskConverter
from engine.workflow.many import BoundedMultiInstance, BoundedMultiInstanceConverter
from engine.workflow.stepper import FlatSubWorkflow, FlatWorkflow

Specs = tuple[Any, dict[str, Any]]
_ABSENT = object()
_CHANGING = frozenset({dict, list, set})


class _TaskConverter(TaskConverter):  # type: ignore[misc]
    """The library's, in the same format, several times quicker: a case's variables are
    JSON types (design/engine.md 7), so none of them needs to be looked into."""

    def to_dict(self, task: Task) -> dict[str, Any]:
        parent = task.parent
        return {
            "id": str(task.id),
            "parent": None if parent is None else str(parent.id),
            "children": [str(child) for child in task._children],
            "last_state_change": task.last_state_change,
            "state": task._state,
            "task_spec": task.task_spec.name,
            "triggered": task.triggered,
            "internal_data": _or_none(task.internal_data, self.registry.convert),
            "data": task.data if parent is None else {},
            "delta": {} if parent is None else _difference(parent.data, task.data),
        }

    def from_dict(self, saved: dict[str, Any], workflow: Any) -> Task:
        spec = workflow.spec.task_specs.get(saved["task_spec"])
        task = Task(workflow, spec, state=saved["state"], id=UUID(saved["id"]))
        task._parent = UUID(saved["parent"]) if saved["parent"] is not None else None
        task._children = [UUID(child) for child in saved["children"]]
        task.last_state_change = saved["last_state_change"]
        task.triggered = saved["triggered"]
        task.internal_data = _or_none(saved["internal_data"], self.registry.restore)
        if isinstance(spec, CatchingEvent) and task._state == TaskState.WAITING:
            workflow.top_workflow.event_manager.add_task(task)
        parent = task.parent
        task.data = saved["data"]
        if parent is not None and saved["delta"]:
            task.data = _combined(parent.data, saved["delta"])
        return task


def _or_none(saved: dict[str, Any], convert: Callable[[Any], Any]) -> Any:
    return convert(saved) if saved else {}


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        "updates": {k: v for k, v in after.items() if before.get(k, _ABSENT) != v},
        "deletions": [name for name in before if name not in after],
    }


def _combined(before: dict[str, Any], delta: dict[str, Any]) -> dict[str, Any]:
    """Lists and dicts are copied, as the library does: a branch may change its own."""
    data = {k: copy(v) if type(v) in _CHANGING else v for k, v in before.items()}
    data.update(delta["updates"])
    for name in delta["deletions"]:
        data.pop(name, None)
    return data


class _LeanConverter(BpmnWorkflowConverter):  # type: ignore[misc]
    def to_dict(self, workflow: FlatWorkflow) -> dict[str, Any]:
        saved: dict[str, Any] = WorkflowConverter.to_dict(self, workflow)
        saved["subprocesses"] = self.mapping_to_dict(workflow.subprocesses)
        saved["bpmn_events"] = self.registry.convert(workflow.bpmn_events)
        return saved

    def from_dict(self, saved: dict[str, Any], specs: Specs) -> FlatWorkflow:
        spec, subprocess_specs = specs
        workflow = FlatWorkflow(spec, subprocess_specs, deserializing=True)
        workflow.tasks = self.mapping_from_dict(saved["tasks"], UUID, workflow=workflow)
        workflow.task_tree = workflow.tasks[UUID(saved["root"])]
        self.set_default_attributes(workflow, saved)
        self.subprocesses_from_dict(saved["subprocesses"], workflow)
        workflow.bpmn_events = self.registry.restore(saved["bpmn_events"])
        return workflow


# how the kinds of steps are saved that are not the library's own
OWN_STEPS = {
    BoundaryJoin: BoundaryJoinConverter,
    BoundedMultiInstance: BoundedMultiInstanceConverter,
    CallTask: ServiceTaskConverter,
    DecisionTask: DecisionTaskConverter,
}


class _PerThread(threading.local):
    """One serializer a thread: a shared one is not safe (design/spiffworkflow.md 3.3)."""

    def __init__(self) -> None:
        config = {**DEFAULT_CONFIG, **OWN_STEPS}
        config[Task] = _TaskConverter
        config[FlatWorkflow] = _LeanConverter
        config[FlatSubWorkflow] = BpmnSubWorkflowConverter
        self.serializer = BpmnWorkflowSerializer(
            BpmnWorkflowSerializer.configure(config)
        )


_thread = _PerThread()


def _plain(value: Any) -> Any:
    registry = _thread.serializer.registry
    typename = registry.typenames.get(type(value))
    if typename is None:
        raise TypeError(f"{type(value).__name__} cannot be saved in a case")
    return registry.convert_to_dict[typename](value)


_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def dump(workflow: FlatWorkflow) -> bytes:
    return orjson.dumps(
        _thread.serializer.to_dict(workflow), default=_plain, option=_OPTIONS
    )


def load(state: bytes, specs: Specs) -> FlatWorkflow:
    saved = orjson.loads(state)
    saved.pop("typename")
    restore = _thread.serializer.registry.convert_from_dict["FlatWorkflow"]
    workflow: FlatWorkflow = restore(saved, specs=specs)
    return workflow


def dump_specs(specs: Specs) -> bytes:
    to_dict = _thread.serializer.to_dict
    spec, subprocess_specs = specs
    saved = {
        "spec": to_dict(spec),
        "sub": {k: to_dict(v) for k, v in subprocess_specs.items()},
    }
    return orjson.dumps(saved)


def load_specs(saved: bytes) -> Specs:
    from_dict = _thread.serializer.from_dict
    parts = orjson.loads(saved)
    return from_dict(parts["spec"]), {k: from_dict(v) for k, v in parts["sub"].items()}
