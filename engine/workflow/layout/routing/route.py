"""Finding the way of every flow over the grid: cheapest path, one flow after another.

A* over (point, direction), as in Wybrow, Marriott and Stuckey, "Orthogonal
Connector Routing" (GD 2009): length, bends, crossings and the sides of the shapes have a
price. A centre line carries one flow; gaps carry many. Each flow is then taken out and
routed again, now that it can see all the others.
"""

from __future__ import annotations

import heapq
from collections import defaultdict

from engine.workflow.layout.graph import Flow, Node
from engine.workflow.layout.routing.grid import DOWN, LEFT, RIGHT, STEP, UP, Grid, Point, Port

BEND, CROSSING, TOUCH = 10.0, 14.0, 3.0
SHARED_SIDE = {"gateway": 12.0}  # of a diamond; 30 of any other shape
STEP_COST = 1.0
LAST_RESORT = 500.0  # two flows on one centre line: only when there is no other way
FORBIDDEN = float("inf")

Path = list[Point]
Unit = tuple[Point, Point]

# What leaving (out) or entering (in) by a side costs, by kind of shape.
_OUT = {
    "gateway": {RIGHT: 0, DOWN: 1, UP: 1.5},
    "task": {RIGHT: 0, DOWN: 13, UP: 13},
    "sub": {RIGHT: 0, DOWN: 13, UP: 13},
    "event": {RIGHT: 0, DOWN: 7, UP: 7},
}
_IN = {
    "gateway": {LEFT: 0, DOWN: 2, UP: 2},
    "task": {LEFT: 0, DOWN: 12, UP: 12},
    "sub": {LEFT: 0, DOWN: 12, UP: 12},
    "event": {LEFT: 0, DOWN: 12, UP: 12},
}
_BACK = {RIGHT: 9, LEFT: 9, DOWN: 2, UP: 2}
_MESSAGE = {DOWN: 0, UP: 0, RIGHT: 12, LEFT: 12}
_ASSOCIATION = {DOWN: 0, UP: 0, LEFT: 3, RIGHT: 3}


def unit(one: Point, other: Point) -> Unit:
    return (one, other) if one <= other else (other, one)


def direction(one: Point, other: Point) -> int:
    return STEP.index((other[0] - one[0], other[1] - one[1]))


class Router:
    """Paths of all flows of one grid, as lists of points from shape to shape."""

    def __init__(self, grid: Grid, flows: list[Flow]) -> None:
        self.grid = grid
        self.flows = {f.id: f for f in flows}
        self.paths: dict[str, Path] = {}
        self.users: dict[Unit, set[str]] = defaultdict(set)
        self.passing: dict[Point, dict[str, tuple[int, int]]] = defaultdict(dict)
        self.tails: dict[str, set[Unit]] = {}

    def run(self) -> dict[str, Path]:
        order = sorted(self.flows.values(), key=self._urgency)
        for flow in order:
            self._add(flow.id, self.find(flow)[0])
        for rivals in self._rivals():
            self._settle(rivals)
        for flow in order:
            self._settle([flow])
        return self.paths

    def _urgency(self, flow: Flow) -> tuple[int, bool, int, int]:
        """Main path, forward, back, messages, associations; the short before the long."""
        plan, host = self.grid.plan, self.grid.scope.host
        main = dict(zip(plan.main, plan.main[1:])).get(flow.source) == flow.target
        source, target = host(flow.source), host(flow.target)
        span = abs(plan.column[target] - plan.column[source])
        rank = {"message": 2, "association": 3}.get(flow.kind, flow.id in plan.back)
        drop = abs(self.grid.line(target) - self.grid.line(source))
        return int(rank), not main, span, -drop

    def _rivals(self) -> list[list[Flow]]:
        """Flows that want the corners of the same gateway."""
        found = []
        for node in self.grid.scope.nodes.values():
            ends = [f for f in self.flows.values() if node.id in (f.source, f.target)]
            if node.kind == "gateway" and len(ends) > 3:
                found.append(ends)
        return found

    def _settle(self, rivals: list[Flow]) -> None:
        """Routes some flows anew, each of them first in turn; keeps the cheapest outcome."""
        best: tuple[float, dict[str, Path]] | None = None
        for turn in range(len(rivals)):
            for flow in rivals:
                self._remove(flow.id)
            spent = 0.0
            for flow in rivals[turn:] + rivals[:turn]:
                path, cost = self.find(flow)
                self._add(flow.id, path)
                spent += cost
            if best is None or spent < best[0] - 1e-9:
                best = spent, {flow.id: self.paths[flow.id] for flow in rivals}
        for flow in rivals:
            self._remove(flow.id)
        for name, path in best[1].items() if best else ():
            self._add(name, path)

    def _add(self, flow: str, path: Path) -> None:
        self.paths[flow] = path
        for one, other in zip(path, path[1:]):
            self.users[unit(one, other)].add(flow)
        for one, point, other in zip(path, path[1:], path[2:]):
            self.passing[point][flow] = direction(one, point), direction(point, other)
        straight = set()
        for one, other in zip(path[-2::-1], path[:0:-1]):
            if direction(one, other) != direction(path[-2], path[-1]):
                break
            straight.add(unit(one, other))
        self.tails[flow] = straight

    def _remove(self, flow: str) -> None:
        path = self.paths.pop(flow)
        for one, other in zip(path, path[1:]):
            self.users[unit(one, other)].discard(flow)
        for point in path:
            self.passing[point].pop(flow, None)

    def _prices(self, flow: Flow, node: Node, leaving: bool) -> dict[int, float]:
        plan = self.grid.plan
        if flow.kind == "message":
            return dict(_MESSAGE)
        if flow.kind == "association":
            return dict(_ASSOCIATION)
        if node.host:
            return {DOWN: 0}
        table = dict((_OUT if leaving else _IN).get(node.kind, _ASSOCIATION))
        if flow.id in plan.back or flow.source == flow.target:
            loop = {side: price for side, price in _BACK.items() if side in table}
            return {**loop, RIGHT: 9} if leaving else loop
        return dict(table)

    def _ends(self, flow: Flow, leaving: bool) -> list[tuple[Port, float]]:
        node = self.grid.scope.nodes[flow.source if leaving else flow.target]
        prices = self._prices(flow, node, leaving)
        found = []
        for port in self.grid.ports(node):
            if port.side in prices:
                crowd = 0.0 if node.host else self._crowding(flow, node, port, leaving)
                found.append((port, prices[port.side] + crowd))
        return found

    def _crowding(self, flow: Flow, node: Node, port: Port, leaving: bool) -> float:
        """What it costs that other flows dock at the same side."""
        others = self.users[unit(port.inside, port.outside)] - {flow.id}
        price = 0.0
        for other in map(self.flows.__getitem__, others):
            end = self.paths[other.id][-1]
            if not leaving and end == port.inside and other.target == flow.target:
                continue  # lines to the same target may join before it
            level = port.side in (LEFT, RIGHT)
            price += SHARED_SIDE.get(node.kind, 30.0) if level else LAST_RESORT
        return price

    def find(self, flow: Flow) -> tuple[Path, float]:
        """The cheapest way of a flow from its source to its target, and its price."""
        goals: dict[Point, list[tuple[Port, float]]] = defaultdict(list)
        for port, price in self._ends(flow, leaving=False):
            goals[port.outside].append((port, price))
        left, right = min(x for x, _ in goals), max(x for x, _ in goals)
        top, low = min(y for _, y in goals), max(y for _, y in goals)
        queue: list[tuple[float, float, int, Point, int]] = []
        came: dict[tuple[Point, int], tuple[Point, int]] = {}
        cost: dict[tuple[Point, int], float] = {}
        for port, price in self._ends(flow, leaving=True):
            start = port.outside, port.side
            if price < cost.get(start, FORBIDDEN):
                cost[start] = price
                # No direction: a loop may end in the same cell.
                came[start] = port.inside, -1
                heapq.heappush(queue, (price, price, 0, *start))
        while queue:
            _, spent, done, point, way = heapq.heappop(queue)
            if done:
                return _walk_back(came, point, way), spent
            if spent > cost[point, way]:
                continue
            for port, price in goals.get(point, ()):
                self._arrive(
                    flow, (spent, point, way), port, price, (queue, came, cost)
                )
            for turn in (RIGHT, DOWN, LEFT, UP):
                if (turn - way) % 4 == 2:
                    continue
                dx, dy = STEP[turn]
                x, y = there = point[0] + dx, point[1] + dy
                price = spent + self._price(flow, point, way, turn, there)
                if price < cost.get((there, turn), FORBIDDEN):
                    cost[there, turn] = price
                    came[there, turn] = point, way
                    ahead = max(left - x, 0, x - right) + max(top - y, 0, y - low)
                    rest = price + STEP_COST * ahead
                    heapq.heappush(queue, (rest, price, 0, there, turn))
        raise RuntimeError(f"no way for {flow.id}")

    def _arrive(
        self,
        flow: Flow,
        here: tuple[float, Point, int],
        port: Port,
        price: float,
        search: tuple[
            list[tuple[float, float, int, Point, int]],
            dict[tuple[Point, int], tuple[Point, int]],
            dict[tuple[Point, int], float],
        ],
    ) -> None:
        spent, point, way = here
        queue, came, cost = search
        turn = (port.side + 2) % 4
        if (turn - way) % 4 == 2:
            return
        total = spent + price + self._turning(flow, point, way, turn)
        if total < cost.get((port.inside, turn), FORBIDDEN):
            cost[port.inside, turn] = total
            came[port.inside, turn] = point, way
            heapq.heappush(queue, (total, total, 1, port.inside, turn))

    def _price(
        self, flow: Flow, point: Point, way: int, turn: int, there: Point
    ) -> float:
        grid = self.grid
        if not (0 <= there[0] < grid.width and 0 <= there[1] < len(grid.levels)):
            return FORBIDDEN
        if there in grid.owner:
            return FORBIDDEN
        price = STEP_COST + self._turning(flow, point, way, turn)
        centre = grid.is_row(there[1]) if turn in (RIGHT, LEFT) else there[0] % 2 == 1
        if centre and not self._free(flow, unit(point, there)):
            price += LAST_RESORT
        return price

    def _free(self, flow: Flow, line: Unit) -> bool:
        for other in self.users[line]:
            theirs = self.flows[other]
            merge = theirs.target == flow.target and line in self.tails[other]
            # Deadlines of one host hang side by side, each with a line of its own.
            if not (merge or self.grid.scope.siblings(theirs.source, flow.source)):
                return False
        return True

    def _turning(self, flow: Flow, point: Point, way: int, turn: int) -> float:
        price = BEND if way != turn else 0.0
        for other, (way2, turn2) in self.passing[point].items():
            if self.flows[other].target == flow.target:
                continue
            price += self._meeting(point, (way, turn), (way2, turn2))
        return price

    def _meeting(
        self, point: Point, mine: tuple[int, int], theirs: tuple[int, int]
    ) -> float:
        bends = (mine[0] != mine[1]) + (theirs[0] != theirs[1])
        if bends == 0:
            return CROSSING if (mine[0] - theirs[0]) % 2 else 0.0
        column, row = point[0] % 2 == 1, self.grid.is_row(point[1])
        if bends == 2 and column and row:
            return LAST_RESORT
        if bends == 2 and (column or row):
            return 2 * TOUCH
        return TOUCH


def _walk_back(
    came: dict[tuple[Point, int], tuple[Point, int]], point: Point, way: int
) -> Path:
    path = [point]
    state = point, way
    while state in came:
        state = came[state]
        path.append(state[0])
    return path[::-1]
