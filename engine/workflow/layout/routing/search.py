"""The cheapest path over the grid from any of some ports to any of some others (A*)."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence

from engine.workflow.layout.graph import Flow
from engine.workflow.layout.routing.grid import STEP, Grid, Point, Port
from engine.workflow.layout.routing.traffic import LAST_RESORT, Path, Traffic, unit

STEP_PRICE = 1.0
FORBIDDEN = float("inf")

Offer = tuple[Port, float]  # a port and what docking there costs
State = tuple[Point, int]  # where, and in which direction it was entered


class Search:
    """One search: where it has been, for what price, and from where."""

    def __init__(
        self, grid: Grid, traffic: Traffic, flow: Flow, goals: Sequence[Offer]
    ) -> None:
        self.grid, self.traffic, self.flow = grid, traffic, flow
        self.goals: dict[Point, list[Offer]] = defaultdict(list)
        for port, price in goals:
            self.goals[port.outside].append((port, price))
        self.across = min(x for x, _ in self.goals), max(x for x, _ in self.goals)
        self.down = min(y for _, y in self.goals), max(y for _, y in self.goals)
        self.queue: list[tuple[float, float, bool, Point, int]] = []
        self.came: dict[State, State] = {}
        self.price: dict[State, float] = {}

    def run(self, starts: Sequence[Offer]) -> tuple[Path, float]:
        """The path, shape to shape, and its price."""
        for port, price in starts:
            # No direction inside: a loop may end in the cell it began in.
            self._reach((port.outside, port.side), (port.inside, -1), price)
        while self.queue:
            _, spent, done, point, way = heapq.heappop(self.queue)
            if done:
                return self._path((point, way)), spent
            if spent <= self.price[point, way]:
                self._arrive((point, way), spent)
                self._go_on((point, way), spent)
        raise AssertionError(f"the gaps lead everywhere, but not for {self.flow.id}")

    def _reach(
        self, state: State, origin: State, price: float, *, done: bool = False
    ) -> None:
        if price < self.price.get(state, FORBIDDEN):
            self.price[state] = price
            self.came[state] = origin
            ahead = 0.0 if done else STEP_PRICE * self._distance(state[0])
            heapq.heappush(self.queue, (price + ahead, price, done, *state))

    def _distance(self, point: Point) -> int:
        """At least so many steps are still to go."""
        (left, right), (top, low) = self.across, self.down
        x, y = point
        return max(left - x, 0, x - right) + max(top - y, 0, y - low)

    def _arrive(self, state: State, spent: float) -> None:
        point, way = state
        for port, price in self.goals.get(point, ()):
            turn = (port.side + 2) % 4
            if (turn - way) % 4 != 2:
                total = (
                    spent + price + self.traffic.turning(self.flow, point, way, turn)
                )
                self._reach((port.inside, turn), state, total, done=True)

    def _go_on(self, state: State, spent: float) -> None:
        point, way = state
        for turn, (dx, dy) in enumerate(STEP):
            there = point[0] + dx, point[1] + dy
            if (turn - way) % 4 == 2 or not self.grid.open(there):
                continue
            price = STEP_PRICE + self.traffic.turning(self.flow, point, way, turn)
            centre = there[0] % 2 == 1 if dx == 0 else self.grid.is_row(there[1])
            if centre and self.traffic.taken(self.flow, unit(point, there)):
                price += LAST_RESORT
            self._reach((there, turn), state, spent + price)

    def _path(self, state: State) -> Path:
        path = [state[0]]
        while state in self.came:
            state = self.came[state]
            path.append(state[0])
        return path[::-1]
