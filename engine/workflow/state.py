"""A case's state and a process's spec as bytes.

The state carries no spec: that is kept once per published version. Bytes are opaque;
the order of tasks in them matters, so they must never pass through a JSONB column
(design/spiffworkflow.md 6, #3).
"""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn.serializer.default.workflow import (
    BpmnSubWorkflowConverter,
    BpmnWorkflowConverter,
    WorkflowConverter,
)
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.spiff.serializer.task_spec import ServiceTaskConverter

from engine.workflow.boundaries import BoundaryJoin, BoundaryJoinConverter
from engine.workflow.calls import CallTask
from engine.workflow.decisions import DecisionTask, DecisionTaskConverter
from engine.workflow.stepper import FlatSubWorkflow, FlatWorkflow

Specs = tuple[Any, dict[str, Any]]


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


class _PerThread(threading.local):
    """One serializer a thread: a shared one is not safe (design/spiffworkflow.md 3.3)."""

    def __init__(self) -> None:
        config = dict(DEFAULT_CONFIG)
        config[FlatWorkflow] = _LeanConverter
        config[FlatSubWorkflow] = BpmnSubWorkflowConverter
        config[BoundaryJoin] = BoundaryJoinConverter
        config[CallTask] = ServiceTaskConverter
        config[DecisionTask] = DecisionTaskConverter
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
