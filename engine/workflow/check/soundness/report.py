"""What exploring a drawing found, in sentences: each with a run that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.workflow.check.drawing import Drawing
from engine.workflow.check.findings import Finding
from engine.workflow.check.soundness.explore import Space, explore
from engine.workflow.check.soundness.net import (
    Outcome,
    Transition,
    net_of,
    scopes_inside_out,
)
from engine.workflow.check.soundness.reduce import reduce

MOST_TOLD = 12
MOST_GROWING = 3


@dataclass(frozen=True)
class Explored:
    """One scope, the elements in it, and what exploring its reduced net found."""

    scope: str
    elements: frozenset[str]
    space: Space

    @property
    def dead(self) -> frozenset[str]:
        """Elements that no run executes; empty where not everything was explored."""
        if not self.space.complete or self.space.growing:
            return frozenset()
        return self.elements - self.space.executed


def explore_drawing(drawing: Drawing, process: str) -> list[Explored]:
    """Each scope of a process, inner ones first."""
    outcomes: dict[str, Outcome] = {}
    found = []
    for scope in scopes_inside_out(drawing, process):
        net = net_of(drawing, scope, outcomes)
        space = explore(reduce(net))
        # what is wrong inside is told there: the scope around assumes the best
        wrong = not space.complete or bool(space.growing) or bool(space.lost)
        may_complete = space.completes or wrong
        outcomes[scope] = Outcome(may_complete, space.throws)
        elements = frozenset(node.id for node in drawing.inside(scope))
        found.append(Explored(scope, elements, space))
    return found


def soundness(drawing: Drawing, process: str) -> list[Finding]:
    """Dead ends, endless rounds, what never runs, what runs twice or ever more."""
    found = []
    for one in explore_drawing(drawing, process):
        found += list(_Report(drawing, one).findings())
    return found


class _Report:
    def __init__(self, drawing: Drawing, one: Explored) -> None:
        self.drawing = drawing
        self.one, self.space, self.net = one, one.space, one.space.net
        self.told: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        if not self.space.complete:
            yield Finding(
                "warning",
                self.one.scope,
                "分支和并行太多，没有全部走完；查到的问题在下面，可能还有别的。",
                "unsound.bound",
            )
        yield from self._growth()
        yield from self._deadlocks()
        yield from self._endless()
        yield from self._twice()
        yield from self._dead()

    def _finding(
        self, severity: str, element: str, code: str, sentence: str, marking: int
    ) -> Finding:
        self.told.add(element)
        path = self.space.path(marking)
        if code in ("growth", "twice") and element in path:
            path = path[: len(path) - path[::-1].index(element)]
        told = f"“{self.drawing.label(element)}”：{self._walked(path)}{sentence}"
        return Finding(severity, element, told, f"unsound.{code}", path)

    def _walked(self, path: tuple[str, ...]) -> str:
        names = [self.drawing.nodes[step].name for step in path]
        names = [name for name in names if name]
        if len(names) > MOST_TOLD:
            half = MOST_TOLD // 2
            names = [*names[:half], "……", *names[-half:]]
        told = "→".join(name if name == "……" else f"“{name}”" for name in names)
        return f"走{told}之后，" if told else "一开始，"

    def _growth(self) -> Iterator[Finding]:
        # one place that grows makes those behind it grow too
        for place, marking in list(self.space.growing.items())[:MOST_GROWING]:
            element = self.net.labels[place]
            if element in self.told:
                continue
            sentence = "每绕一圈这里就多出一份，会越积越多；请在绕回去之前先会合。"
            yield self._finding("error", element, "growth", sentence, marking)

    def _deadlocks(self) -> Iterator[Finding]:
        """One a join that waits in vain; else one where the run came to stand."""
        for marking in self.space.stuck:
            marked = self.space.marked(marking)
            joins = [t for t in self.net.transitions if self._waits(t, marked)]
            for join in joins:
                if join.steps[0] not in self.told:
                    yield self._waiting(join, marking, marked)
            if not joins:
                yield from self._standstill(marking, marked)

    def _waiting(self, join: Transition, marking: int, marked: set[str]) -> Finding:
        sentence = (
            f"这里还要等{self._missing(join, marked)}，却再也等不到，"
            "流程再也走不到结束。"
        )
        return self._finding("error", join.steps[0], "deadlock", sentence, marking)

    def _waits(self, transition: Transition, marked: set[str]) -> bool:
        wanted = set(transition.consumes) - self.net.once
        return len(wanted) > 1 and bool(wanted & marked) and not wanted <= marked

    def _missing(self, join: Transition, marked: set[str]) -> str:
        sources = [p.split("→")[0] for p in join.consumes if p not in marked]
        return "、".join(f"“{self.drawing.label(source)}”" for source in sources)

    def _standstill(self, marking: int, marked: set[str]) -> Iterator[Finding]:
        for place in sorted(marked - self.net.once):
            element = self.net.labels.get(place, self.one.scope)
            if element not in self.told:
                sentence = "走到这里就停住了，流程再也走不到结束。"
                yield self._finding("error", element, "deadlock", sentence, marking)

    def _endless(self) -> Iterator[Finding]:
        if self.space.endless and not self.space.growing:
            marking = next(filter(self.space.path, self.space.endless), 0)
            path = self.space.path(marking)
            element = path[-1] if path else self.one.scope
            sentence = "就一直绕圈，流程再也走不到结束。"
            yield self._finding("error", element, "livelock", sentence, marking)

    def _twice(self) -> Iterator[Finding]:
        """Two tokens: a warning, but an error before a join, which may lose one."""
        joining = {
            place
            for transition in self.net.transitions
            if len(set(transition.consumes) - self.net.once) > 1
            for place in transition.consumes
        }
        # where something grows without end, that has been said
        places = {} if self.space.growing else self.space.twice
        for place, marking in places.items():
            element = self.net.labels[place]
            if element in self.told or self._is_end(element):
                continue
            if place in joining:
                sentence = "同一支会来两次，会合时对不上数；请先把它会合成一支。"
                yield self._finding("error", element, "twice", sentence, marking)
            else:
                sentence = "会同时办两份；如果本来要等齐再办，请在前面加并行网关会合。"
                yield self._finding("warning", element, "twice", sentence, marking)

    def _is_end(self, element: str) -> bool:
        node = self.drawing.nodes.get(element)
        return node is not None and node.kind == "endEvent"

    def _dead(self) -> Iterator[Finding]:
        """The first of what never runs; what only lies behind it is not told apart."""
        dead = self.one.dead
        for element in sorted(dead - self.told, key=self.drawing.places.__getitem__):
            node = self.drawing.nodes[element]
            before = [flow.source for flow in self.drawing.incoming[element]]
            before += [node.host] if node.host else []
            if all(source in dead for source in before):
                continue
            sentence = f"“{self.drawing.label(element)}”：怎么走都走不到这里。"
            if node.kind == "boundaryEvent":
                sentence = (
                    f"“{self.drawing.label(element)}”：附着的步骤不会发出这个事件，"
                    "永远不会触发。"
                )
            yield Finding("error", element, sentence, "unsound.dead")
