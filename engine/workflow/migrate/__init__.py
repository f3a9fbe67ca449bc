"""Carry a running case over to another version of its process.

SpiffWorkflow's ``migrate_workflow`` sets back whatever is open: timers start anew, what a
turn of a multi-instance knew is lost, steps put in behind an open subprocess are skipped
(design/spiffworkflow.md 5). Here nothing open is touched: each task keeps its id, state,
data and moment; its step is taken from the other version by BPMN id, and only what is
predicted behind it is predicted anew. Nothing runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from engine.errors import Refused
from engine.progress import Element, Wait
from engine.workflow.migrate.carry import carry_over
from engine.workflow.migrate.obstacles import reasons
from engine.workflow.migrate.part import Part
from engine.workflow.migrate.timers import TimerFailed, keeps_moment
from engine.workflow.run import World
from engine.workflow.script_engine import script_engine
from engine.workflow.state import Specs, dump, load
from engine.workflow.stepper import FlatWorkflow
from engine.workflow.waits import same, waits

__all__ = ["CannotMigrate", "Migrated", "Version", "migrate"]


class Version(Protocol):
    """A published version, or a parsed model."""

    @property
    def specs(self) -> Specs: ...
    @property
    def elements(self) -> Mapping[str, Element]: ...


class CannotMigrate(Refused):
    """这个案件不能换到该版本：{reasons}。"""

    status = 409

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(reasons="；".join(found))
        self.reasons = tuple(found)


@dataclass(frozen=True)
class Migrated:
    """A case on its other version, and what it waits for.

    ``opened`` is new since and ``closed`` no longer waited for; ``changed`` are events
    that wait for another name or moment than before; ``held`` are the elements whose
    timer keeps its moment though its limit was changed.
    """

    state: bytes
    waits: tuple[Wait, ...]
    opened: tuple[Wait, ...]
    closed: tuple[Wait, ...]
    changed: tuple[Wait, ...]
    held: tuple[str, ...]


def migrate(old: Version, new: Version, state: bytes, world: World) -> Migrated:
    """The state as it stands in version ``new``.

    Timers that count keep their moment, also where the limit was changed; a boundary
    timer that is new on an open step counts from now. Raises ``CannotMigrate``.
    """
    workflow = load(state, old.specs)
    workflow.script_engine = script_engine(world.functions)
    before = {wait.id: wait for wait in waits(workflow)}
    parts = list(_parts(workflow, new.specs))
    names = {**new.elements, **old.elements}
    found = [reason for part in parts for reason in reasons(part, names)]
    if found:
        raise CannotMigrate(found)
    held = tuple(element for part in parts for element in _held(part))
    try:
        for part in parts:
            carry_over(part)
    except TimerFailed as failed:
        raise CannotMigrate([str(failed)]) from failed
    workflow.subprocess_specs = new.specs[1]
    carried = dump(workflow)
    now = {wait.id: wait for wait in waits(load(carried, new.specs))}
    return Migrated(
        state=carried,
        waits=tuple(now.values()),
        opened=tuple(wait for own, wait in now.items() if own not in before),
        closed=tuple(wait for own, wait in before.items() if own not in now),
        changed=tuple(w for w in now.values() if not same(before.get(w.id, w), w)),
        held=held,
    )


def _held(part: Part) -> Iterator[str]:
    for task in part.resting():
        step = part.counterpart(task)
        if isinstance(step, CatchingEvent) and keeps_moment(task, step):
            yield step.bpmn_id


def _parts(workflow: FlatWorkflow, specs: Specs) -> Iterator[Part]:
    """The process and the subprocesses under way in it, each with its new spec.

    A subprocess whose step has no counterpart is left out: that step is a reason itself.
    """
    whole = {id(workflow): Part(workflow, specs[0])}
    yield whole[id(workflow)]
    for own, live in sorted(
        workflow.subprocesses.items(), key=lambda one: one[1].depth
    ):
        owner = workflow.get_task_from_id(own)
        outer = whole.get(id(owner.workflow))
        step = None if outer is None else outer.counterpart(owner)
        if isinstance(step, SubWorkflowTask) and step.spec in specs[1]:
            whole[id(live)] = Part(live, specs[1][step.spec])
            yield whole[id(live)]
