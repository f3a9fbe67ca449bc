"""Which flows run where so far, and what meeting them costs another one."""

from __future__ import annotations

from collections import defaultdict

from engine.workflow.layout.graph import Flow, Node
from engine.workflow.layout.routing.grid import LEFT, RIGHT, STEP, Grid, Point, Port

BEND, CROSSING, TOUCH = 10.0, 14.0, 3.0
SHARED_DIAMOND, SHARED_SIDE = 12.0, 30.0  # leaving by a side that is in use
LAST_RESORT = 500.0  # two flows on one centre line: only when there is no other way

Path = list[Point]
Unit = tuple[Point, Point]


def unit(one: Point, other: Point) -> Unit:
    """The piece between two neighbouring points, whichever way it is run."""
    return (one, other) if one <= other else (other, one)


def direction(one: Point, other: Point) -> int:
    return STEP.index((other[0] - one[0], other[1] - one[1]))


class Traffic:
    """The paths taken so far, looked up by piece and by point."""

    def __init__(self, grid: Grid, flows: dict[str, Flow]) -> None:
        self.grid, self.flows = grid, flows
        self.paths: dict[str, Path] = {}
        self._users: dict[Unit, set[str]] = defaultdict(set)
        self._turns: dict[Point, dict[str, tuple[int, int]]] = defaultdict(dict)
        self._tails: dict[str, set[Unit]] = {}

    def add(self, flow: str, path: Path) -> None:
        self.paths[flow] = path
        for one, other in zip(path, path[1:]):
            self._users[unit(one, other)].add(flow)
        for one, point, other in zip(path, path[1:], path[2:]):
            self._turns[point][flow] = direction(one, point), direction(point, other)
        self._tails[flow] = _tail(path)

    def remove(self, flow: str) -> None:
        path = self.paths.pop(flow)
        for one, other in zip(path, path[1:]):
            self._users[unit(one, other)].discard(flow)
        for point in path:
            self._turns[point].pop(flow, None)

    def crowding(self, flow: Flow, node: Node, port: Port, *, leaving: bool) -> float:
        """What it costs that other flows dock at the same side of a node."""
        price = 0.0
        for name in self._users[unit(port.inside, port.outside)]:
            other = self.flows[name]
            arrives = self.paths[name][-1] == port.inside
            if not leaving and arrives and other.target == flow.target:
                continue  # lines to the same target may join before it
            if port.side in (LEFT, RIGHT):
                diamond = node.kind == "gateway"
                price += SHARED_DIAMOND if diamond else SHARED_SIDE
            else:
                price += LAST_RESORT
        return price

    def taken(self, flow: Flow, piece: Unit) -> bool:
        """Is a piece of a centre line in use by a flow that cannot share it?"""
        for name in self._users[piece]:
            other = self.flows[name]
            merge = other.target == flow.target and piece in self._tails[name]
            # Deadlines of one host hang side by side, each with a line of its own.
            if not (merge or self.grid.scope.siblings(other.source, flow.source)):
                return True
        return False

    def turning(self, flow: Flow, point: Point, way: int, turn: int) -> float:
        """The price of running through a point, coming ``way`` and going on ``turn``."""
        price = BEND if way != turn else 0.0
        for name, theirs in self._turns[point].items():
            if self.flows[name].target != flow.target:
                price += self._meeting(point, (way, turn), theirs)
        return price

    def _meeting(
        self, point: Point, mine: tuple[int, int], theirs: tuple[int, int]
    ) -> float:
        bends = (mine[0] != mine[1]) + (theirs[0] != theirs[1])
        if bends == 0:
            return CROSSING if (mine[0] - theirs[0]) % 2 else 0.0
        centres = (point[0] % 2 == 1) + self.grid.is_row(point[1])
        if bends == 2 and centres == 2:
            return LAST_RESORT
        return 2 * TOUCH if bends == 2 and centres else TOUCH


def _tail(path: Path) -> set[Unit]:
    """The last straight part of a path, where others may join it."""
    last = direction(path[-2], path[-1])
    found = set()
    for one, other in zip(path[-2::-1], path[:0:-1]):
        if direction(one, other) != last:
            break
        found.add(unit(one, other))
    return found
