"""One case run twice: by our engine, saved and loaded at every act, and by the stock
engine, which lives in memory and is never saved."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from engine.progress import Progress, Wait
from engine.workflow import run
from engine.workflow.library import parse
from engine.workflow.results import keep_results
from engine.workflow.run import World
from engine.workflow.state import dump_specs, load, load_specs
from engine.workflow.waits import parts, waits
from tests.models import source
from tests.proofs.random_cases import FAILING

Task = Any


def plain(data: dict[str, Any]) -> str:
    kept = {name: value for name, value in data.items() if name != "data_objects"}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class Seen:
    """What can be seen of a case: ``tasks`` (element, data), ``events`` (element, data,
    due time), ``done`` how often each element ended."""

    tasks: list[tuple[str, str]]
    events: list[tuple[str, str, datetime | None]]
    done: Counter[str]
    ended: bool
    data: str


def _due(task: Task) -> datetime | None:
    value = task.internal_data.get("event_value")
    if isinstance(value, dict):
        value = value["next"] if value["cycles"] != 0 else None
    return None if value is None else datetime.fromisoformat(value)


def _seen(workflow: Any, done: Counter[str], ended: bool) -> Seen:
    tasks = [(t.task_spec.bpmn_id, plain(t.data)) for t in ready(workflow)]
    events = [
        (t.task_spec.bpmn_id, plain(t.data), _due(t))
        for t in workflow.event_manager.tasks.values()
        # stock goes on listening for an event that was cut off with its branch
        if t.state == TaskState.WAITING and t.id in t.workflow.tasks
    ]
    events.sort(key=lambda one: (one[0], one[1], str(one[2])))
    return Seen(sorted(tasks), events, done, ended, plain(workflow.data))


def _every(workflow: Any) -> list[Task]:
    found, todo = [], [workflow]
    while todo:
        tasks = list(todo.pop().tasks.values())
        found += tasks
        # stock keeps a subprocess that was cut off with its branch, among the others
        todo += [
            workflow.subprocesses[t.id] for t in tasks if t.id in workflow.subprocesses
        ]
    return found


def ready(workflow: Any) -> list[Task]:
    """The tasks that wait for a person, in an order that both engines share."""
    found = [
        t for t in _every(workflow) if t.state == TaskState.READY and t.task_spec.manual
    ]
    return sorted(found, key=lambda t: (t.task_spec.bpmn_id, plain(t.data)))


class Stock:
    """The library as it comes, with its own parser, stepper and script engine."""

    def __init__(self, bpmn: bytes, data: dict[str, Any]) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str(bpmn)
        inner = parser.get_subprocess_specs("p")
        self.workflow = BpmnWorkflow(parser.get_spec("p"), inner)
        self.done: dict[Any, str] = {}  # also of what is cut off later
        self.workflow.get_next_task(spec_name="Start").set_data(**data)
        self._go_on()

    def _go_on(self) -> None:
        # what a multi-instance has collected by its deadline is lost without the hook
        self.workflow.do_engine_steps(keep_results, self._note)
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps(keep_results, self._note)

    def finish(self, place: int, answers: dict[str, Any]) -> None:
        task = ready(self.workflow)[place]
        task.data.update(answers)
        task.run()
        self._note(task)
        self._go_on()

    def wake(self) -> None:
        self.workflow.refresh_timers()
        self._go_on()

    def deliver(self, name: str, payload: Any) -> None:
        for task in list(self.workflow.event_manager.tasks.values()):
            for part in parts(task):
                if part.name == name:
                    self.workflow.send_event(BpmnEvent(part, payload=payload))
                    return self._go_on()

    def _note(self, task: Task) -> None:
        if task.state == TaskState.COMPLETED and _counts(task):
            self.done[task.id] = task.task_spec.bpmn_id

    def seen(self) -> Seen:
        for task in _every(self.workflow):
            self._note(task)
        done = Counter(self.done.values())
        return _seen(self.workflow, done, bool(self.workflow.is_completed()))


def _counts(task: Task) -> bool:
    """Whether its end is told: not of a multi-instance as a whole, nor (stock completes
    it) of a subprocess that an error has left."""
    own = getattr(task.task_spec, "bpmn_id", None)
    whole = hasattr(task.task_spec, "task_spec")
    return own is not None and not whole and not own.startswith(FAILING)


@dataclass
class Ours:
    """engine.workflow.run on plain values; the table of waits is kept as the store does."""

    bpmn: bytes
    data: dict[str, Any]
    waits: dict[str, Wait] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    cancelled: Counter[str] = field(default_factory=Counter)
    ended: bool = False

    def __post_init__(self) -> None:
        model = parse(source("p", self.bpmn))
        self.specs = load_specs(dump_specs(model.specs))
        self._take(run.start(self.specs, self.data, World()))

    def _take(self, progress: Progress) -> None:
        self.state = progress.state
        for wait in progress.closed:
            del self.waits[wait.id]
        for wait in progress.opened:
            assert wait.id not in self.waits
            self.waits[wait.id] = wait
        self.data = {**self.data, **progress.data}
        self.done.update(
            s.element
            for s in progress.steps
            if s.state == "done" and not s.element.startswith(FAILING)
        )
        self.cancelled.update(
            s.element for s in progress.steps if s.state == "cancelled"
        )
        self.ended = progress.ended
        assert not progress.thrown and not progress.missed

    def finish(self, place: int, answers: dict[str, Any]) -> None:
        task = ready(load(self.state, self.specs))[place]
        self._take(run.finish(self.specs, self.state, task.id.hex, answers, World()))

    def wake(self) -> None:
        self._take(run.wake(self.specs, self.state, World()))

    def deliver(self, name: str, payload: Any) -> None:
        (wait,) = [w for w in self.waits.values() if name in w.name.split("\n")]
        self._take(run.deliver(self.specs, self.state, wait.id, name, payload, World()))

    def seen(self) -> Seen:
        """From the saved state; it must say what the table of waits says."""
        workflow = load(self.state, self.specs)
        assert {w.id: w for w in waits(workflow)} == self.waits
        return _seen(workflow, self.done, self.ended)
