"""A case walked by hand or at random, in memory, on any version of its process."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from engine.progress import Element, Progress, Wait
from engine.workflow import run
from engine.workflow.library import parse
from engine.workflow.migrate import Migrated, migrate
from engine.workflow.run import World
from engine.workflow.state import Specs, dump_specs, load, load_specs
from engine.workflow.waits import waits
from tests.models import drawing, source

_FLOW = re.compile(
    r'<sequenceFlow id="(\w+)" sourceRef="(\w+)" targetRef="(\w+)">(.*?)</sequenceFlow>',
    re.S,
)


@dataclass(frozen=True)
class Version:
    """A model as a published one is: its specs have been saved and restored."""

    specs: Specs
    elements: dict[str, Element]


def version(bpmn: bytes) -> Version:
    model = parse(source("p", bpmn))
    return Version(load_specs(dump_specs(model.specs)), dict(model.elements))


def drawn(nodes: str, flows: str, extra: str = "") -> Version:
    return version(drawing("p", nodes, flows, extra))


@dataclass
class Walk:
    """One case. ``done`` counts the elements that ended since it began."""

    version: Version
    state: bytes = b""
    ended: bool = False
    done: Counter[str] = field(default_factory=Counter)
    world: World = World()

    @classmethod
    def begin(cls, on: Version, world: World = World(), **data: Any) -> Walk:
        walk = cls(on, world=world)
        walk._take(run.start(on.specs, data, world))
        return walk

    def _take(self, progress: Progress) -> None:
        self.state, self.ended = progress.state, progress.ended
        self.done.update(s.element for s in progress.steps if s.state == "done")

    def waits(self) -> list[Wait]:
        found = waits(load(self.state, self.version.specs))
        order = ("element", "kind", "due_at", "item", "id")
        return sorted(found, key=lambda w: [str(getattr(w, name)) for name in order])

    def seen(self) -> list[tuple[Any, ...]]:
        return [(w.element, w.kind, w.name, w.due_at, w.item) for w in self.waits()]

    def at(self) -> list[str]:
        return [wait.element for wait in self.waits()]

    def wait(self, element: str) -> Wait:
        return next(wait for wait in self.waits() if wait.element == element)

    def finish(self, *elements: str, **answers: Any) -> None:
        for element in elements:
            self.finish_id(self.wait(element).id, **answers)

    def finish_id(self, task_id: str, **answers: Any) -> None:
        self._take(
            run.finish(self.version.specs, self.state, task_id, answers, self.world)
        )

    def wake(self) -> None:
        self._take(run.wake(self.version.specs, self.state, self.world))

    def deliver(self, name: str, payload: Any = None) -> None:
        (wait,) = [w for w in self.waits() if name in w.name.split("\n")]
        specs, state = self.version.specs, self.state
        self._take(run.deliver(specs, state, wait.id, name, payload, self.world))

    def answer(self, element: str, result: Any = None) -> None:
        specs, call = self.version.specs, self.wait(element).id
        self._take(run.answer(specs, self.state, call, result, self.world))

    def look(self, to: Version) -> Migrated:
        return migrate(self.version, to, self.state, self.world)

    def move(self, to: Version) -> Migrated:
        """Carry the case over; what it waits for must be what the answer says."""
        migrated = self.look(to)
        self.version, self.state = to, migrated.state
        assert {w.id: w for w in migrated.waits} == {w.id: w for w in self.waits()}
        return migrated

    def moved(self, to: Version) -> Walk:
        other = Walk(self.version, self.state, self.ended, world=self.world)
        other.move(to)
        return other


# -- at random --------------------------------------------------------------------

Act = Callable[[Walk], None]


def random_act(rnd: random.Random, walk: Walk, clock: Any) -> Act | None:
    """Something that may happen to the case now; the same may be done to its twin.

    Of waits that look alike none is chosen: a twin could not tell which was meant.
    """
    acts: list[Callable[[], Act]] = []
    seen = walk.seen()
    for place, wait in enumerate(walk.waits()):
        if wait.kind == "task" and seen.count(seen[place]) == 1:
            acts.append(partial(_finish, rnd, place, wait.element))
        acts += [partial(_deliver, name) for name in wait.name.split("\n") if name]
    dues = [wait.due_at for wait in walk.waits() if wait.due_at is not None]
    if dues:
        acts.append(partial(_wake, clock, min(dues)))
    return rnd.choice(acts)() if acts else None


def _finish(rnd: random.Random, place: int, element: str) -> Act:
    answers = {f"a_{element}": rnd.choice([1, 5, 7])}
    return lambda walk: walk.finish_id(walk.waits()[place].id, **answers)


def _deliver(name: str) -> Act:
    return lambda walk: walk.deliver(name, {"x": 1})


def _wake(clock: Any, due: datetime) -> Act:
    clock.move_to(max(datetime.now(UTC), due) + timedelta(minutes=2), tick=False)
    return Walk.wake


def with_a_task(bpmn: bytes, rnd: random.Random) -> bytes:
    """The model with the task ``added`` in a flow of its own choosing."""
    text = bpmn.decode()
    flows = [f for f in _FLOW.finditer(text) if not f[2].startswith("await")]
    flow = rnd.choice(flows)
    own, source_id, target, inside = flow.groups()
    new = (
        f'<sequenceFlow id="{own}" sourceRef="{source_id}" targetRef="added">{inside}'
        '</sequenceFlow><manualTask id="added" name="补充"/>'
        f'<sequenceFlow id="added_on" sourceRef="added" targetRef="{target}"/>'
    )
    return (text[: flow.start()] + new + text[flow.end() :]).encode()
