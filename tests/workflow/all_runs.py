"""Every run of a small model in the real engine: each task, each choice, each message.

Conditions ask ``flip()``; an act is repeated with every series of answers to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Refused
from engine.progress import Progress, Wait
from engine.workflow.run import World, deliver, finish, start
from engine.workflow.state import Specs, load

MOST_FLIPS = 30
Key = object


class TooManyFlips(Refused):
    """网关一直绕圈。"""


@dataclass
class Runs:
    """``before`` are the states each state was reached from, ``waiting`` the elements
    that wait in each; ``whole`` is False where not all of them were followed."""

    executed: set[str] = field(default_factory=set)
    states: dict[Key, bytes] = field(default_factory=dict)
    ended: set[Key] = field(default_factory=set)
    open: set[Key] = field(default_factory=set)
    before: dict[Key, set[Key]] = field(default_factory=lambda: defaultdict(set))
    waiting: dict[Key, set[str]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.open

    def stranded(self) -> set[Key]:
        """States from which no run ends."""
        fine = self.ended | self.open
        stack = list(fine)
        while stack:
            for earlier in self.before[stack.pop()] - fine:
                fine.add(earlier)
                stack.append(earlier)
        return set(self.states) - fine


def all_runs(specs: Specs, most: int) -> Runs:
    """Follow at most ``most`` states."""
    runs = Runs()
    waiting: dict[Key, list[Wait]] = {}
    queue: list[Key] = []

    def note(progress: Progress, source: Key | None, known: list[Wait]) -> None:
        runs.executed |= {s.element for s in progress.steps if s.state == "done"}
        key = shape(load(progress.state, specs))
        if source is not None:
            runs.before[key].add(source)
        if key in runs.states:
            return
        runs.states[key] = progress.state
        closed = {wait.id for wait in progress.closed}
        waiting[key] = [w for w in known if w.id not in closed] + list(progress.opened)
        runs.waiting[key] = {wait.element for wait in waiting[key]}
        if progress.ended:
            runs.ended.add(key)
        else:
            queue.append(key)

    for progress in _choices(lambda world: start(specs, {}, world), runs):
        note(progress, None, [])
    for count, key in enumerate(queue):
        if count >= most:
            runs.open.update(queue[count:])
            break
        for wait in waiting[key]:
            for progress in _choices(_act(specs, runs.states[key], wait), runs):
                note(progress, key, waiting[key])
    return runs


def _act(specs: Specs, state: bytes, wait: Wait) -> Callable[[World], Progress]:
    if wait.kind == "task":
        return lambda world: finish(specs, state, wait.id, {}, world)
    name = wait.name.split("\n")[0]
    return lambda world: deliver(specs, state, wait.id, name, {}, world)


def _choices(act: Callable[[World], Progress], runs: Runs) -> Iterator[Progress]:
    """The act once for every series of answers that its conditions may get."""
    todo: list[tuple[bool, ...]] = [()]
    while todo:
        answers = todo.pop()
        asked: list[bool] = []

        def flip() -> bool:
            at = len(asked)
            if at >= MOST_FLIPS:
                raise TooManyFlips
            asked.append(answers[at] if at < len(answers) else False)
            return asked[-1]

        try:
            yield act(World({"flip": flip}))
        except Refused as refused:
            if "绕圈" not in str(refused):
                runs.failed.append(str(refused))
        for at in range(len(answers), min(len(asked), MOST_FLIPS - 1)):
            todo.append((*asked[:at], True))


def shape(workflow: Any) -> Key:
    """A state without its data: which tasks stand where in which state."""

    def tree(task: Any) -> tuple[object, ...]:
        inner = workflow.subprocesses.get(task.id)
        below = tree(inner.task_tree) if inner is not None else ()
        children = sorted((tree(child) for child in task.children), key=repr)
        return task.task_spec.name, task.state, below, tuple(children)

    return tree(workflow.task_tree)
