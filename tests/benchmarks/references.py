"""What we compare with: the bare library, and the way its documentation shows."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
    update,
)

from engine.store.database import open_engine
from engine.workflow.library import Model
from engine.workflow.script_engine import script_engine
from engine.workflow.state import OWN_STEPS
from tests.benchmarks.measure import spent_ms

PARAMETERS = {"handover_prepay_months": 6, "rate_per_m2": 2.4}
DATA = {"unit_no": "1-1-0101", "handover_date": "2026-03-10", "area_m2": 98.5}
STATE = 6000  # bytes, about what a case has
BEFORE_THE_LOOP = (
    "check_identity",
    "collect_papers",
    "fill_owner_file",
    "sign_safety_letter",
)


def _engine() -> Any:
    return script_engine({"param": PARAMETERS.__getitem__})


def _ready(workflow: BpmnWorkflow) -> Any:
    return workflow.get_tasks(state=TaskState.READY, manual=True)[0]


def _step(workflow: BpmnWorkflow, **answers: Any) -> None:
    task = _ready(workflow)
    task.data.update(answers)
    task.run()
    workflow.do_engine_steps()
    workflow.refresh_timers()


def at_the_loop(model: Model) -> BpmnWorkflow:
    """A stock workflow that waits at the cashier, whose task loops while unpaid."""
    workflow = BpmnWorkflow(*model.specs, script_engine=_engine())
    workflow.get_next_task(spec_name="Start").set_data(**DATA)
    workflow.do_engine_steps()
    for _ in BEFORE_THE_LOOP:
        _step(workflow, identity_ok=True)
    return workflow


def turn(workflow: BpmnWorkflow) -> None:
    """One task completed: a gateway, and the next task."""
    _step(workflow, fees_paid=False)


class Bare:
    """The step of a workflow at the beginning of its life: the library's own grows with
    what lies behind it."""

    def __init__(self, model: Model, turns: int = 5) -> None:
        self.model, self.turns, self.left = model, turns, 0

    def once(self) -> float:
        """Milliseconds of one."""
        if self.left == 0:
            self.workflow, self.left = at_the_loop(self.model), self.turns
        self.left -= 1
        return spent_ms(lambda: turn(self.workflow))


class Commit:
    """One row of 6 KB updated and committed, through the same engine and settings as ours
    (design/spiffworkflow.md 4.1: the floor of what a saved step can cost)."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        one = Table(
            "one", MetaData(), Column("id", Integer), Column("state", LargeBinary)
        )
        self.update = update(one).where(one.c.id == 1)
        with self.engine.begin() as connection:
            one.create(connection)
            connection.execute(insert(one), {"id": 1, "state": b""})

    def once(self) -> None:
        # the same bytes again would not be written at all
        with self.engine.begin() as connection:
            connection.execute(self.update, {"state": os.urandom(STATE)})

    def close(self) -> None:
        self.engine.dispose()


class Naive:
    """Load all, ``serialize_json``, save all: the whole workflow with its spec, each time."""

    def __init__(self, folder: Path, model: Model, turns: int) -> None:
        config = {**DEFAULT_CONFIG, **OWN_STEPS}
        registry = BpmnWorkflowSerializer.configure(config)
        self.serializer = BpmnWorkflowSerializer(registry)
        self.connection = sqlite3.connect(folder / f"naive{turns}.sqlite3")
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, state TEXT)")
        workflow = at_the_loop(model)
        for _ in range(turns):
            turn(workflow)
        state = self.serializer.serialize_json(workflow)
        self.connection.execute("INSERT INTO one VALUES (1, ?)", (state,))
        self.connection.commit()

    def once(self) -> None:
        (state,) = self.connection.execute("SELECT state FROM one").fetchone()
        workflow = self.serializer.from_dict(self._plain(state))
        workflow.script_engine = _engine()
        turn(workflow)
        saved = self.serializer.serialize_json(workflow)
        self.connection.execute("UPDATE one SET state = ? WHERE id = 1", (saved,))
        self.connection.commit()

    def _plain(self, state: str) -> dict[str, Any]:
        saved: dict[str, Any] = json.loads(state)
        saved.pop(self.serializer.VERSION_KEY)
        return saved
