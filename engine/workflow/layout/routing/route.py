"""Finding the way of every flow over the grid, one after another.

As in Wybrow, Marriott and Stuckey, "Orthogonal Connector Routing" (GD 2009): length,
bends, crossings and the sides of the shapes have a price, and the cheapest path is taken.
A centre line carries one flow; gaps carry many. Flows are then taken out and routed
again, now that they can see all the others.
"""

from __future__ import annotations

from engine.workflow.layout.graph import Flow, Node
from engine.workflow.layout.routing.grid import DOWN, LEFT, RIGHT, UP, Grid
from engine.workflow.layout.routing.search import Offer, Search
from engine.workflow.layout.routing.traffic import Path, Traffic

DETOUR = 10.0

# What leaving (out) or entering (in) by a side costs, by kind of shape.
_OUT = {
    "gateway": {RIGHT: 0.0, DOWN: 1.0, UP: 1.5},
    "task": {RIGHT: 0.0, DOWN: 13.0, UP: 13.0},
    "sub": {RIGHT: 0.0, DOWN: 13.0, UP: 13.0},
    "event": {RIGHT: 0.0, DOWN: 7.0, UP: 7.0},
}
_IN = {
    "gateway": {LEFT: 0.0, DOWN: 2.0, UP: 2.0},
    "task": {LEFT: 0.0, DOWN: 12.0, UP: 12.0},
    "sub": {LEFT: 0.0, DOWN: 12.0, UP: 12.0},
    "event": {LEFT: 0.0, DOWN: 12.0, UP: 12.0},
}
_BACK_OUT = {RIGHT: 9.0, DOWN: 2.0, UP: 2.0}
_BACK_IN = {LEFT: 9.0, DOWN: 2.0, UP: 2.0}
_MESSAGE = {DOWN: 0.0, UP: 0.0, RIGHT: 12.0, LEFT: 12.0}
_ASSOCIATION = {DOWN: 0.0, UP: 0.0, LEFT: 3.0, RIGHT: 3.0}


class Router:
    """Finds the paths of all flows of one grid, as lists of points from shape to shape."""

    def __init__(self, grid: Grid, flows: list[Flow]) -> None:
        self.grid = grid
        self.flows = {f.id: f for f in flows}
        self.traffic = Traffic(grid, self.flows)
        self.steps = set(zip(grid.plan.main, grid.plan.main[1:]))

    def run(self) -> dict[str, Path]:
        """The path of every flow by its id."""
        order = sorted(self.flows.values(), key=self._urgency)
        for flow in order:
            self.traffic.add(flow.id, self._find(flow)[0])
        for rivals in self._rivals():
            self._settle(rivals)
        for flow in order:
            self._settle([flow])
        return self.traffic.paths

    def _urgency(self, flow: Flow) -> tuple[int, bool, int, int]:
        """Main path, forward, back, messages, associations; the short before the long."""
        plan, host = self.grid.plan, self.grid.scope.host
        source, target = host(flow.source), host(flow.target)
        kinds = {"message": 2, "association": 3}
        kind = kinds.get(flow.kind, int(flow.id in plan.back))
        span = abs(plan.column[target] - plan.column[source])
        drop = abs(self.grid.line(target) - self.grid.line(source))
        return kind, (flow.source, flow.target) not in self.steps, span, -drop

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
        best: dict[str, Path] = {}
        least = float("inf")
        for turn in range(len(rivals)):
            for flow in rivals:
                self.traffic.remove(flow.id)
            spent = 0.0
            for flow in rivals[turn:] + rivals[:turn]:
                path, price = self._find(flow)
                self.traffic.add(flow.id, path)
                spent += price
            if spent < least - 1e-9:
                best = {flow.id: self.traffic.paths[flow.id] for flow in rivals}
                least = spent
        for name, path in best.items():
            self.traffic.remove(name)
            self.traffic.add(name, path)

    def _find(self, flow: Flow) -> tuple[Path, float]:
        goals = self._offers(flow, leaving=False)
        search = Search(self.grid, self.traffic, flow, goals)
        return search.run(self._offers(flow, leaving=True))

    def _offers(self, flow: Flow, *, leaving: bool) -> list[Offer]:
        """The sides a flow may dock at, each with its price."""
        node = self.grid.scope.nodes[flow.source if leaving else flow.target]
        prices = self._prices(flow, node, leaving=leaving)
        found = []
        for port in self.grid.ports(node):
            if port.side in prices:
                price = prices[port.side] + self._detour(flow, port.side, leaving)
                if not node.host:
                    price += self.traffic.crowding(flow, node, port, leaving=leaving)
                found.append((port, price))
        return found

    def _detour(self, flow: Flow, side: int, leaving: bool) -> float:
        """The price of going up first to get down in the end, or the other way round."""
        host, line = self.grid.scope.host, self.grid.line
        fall = line(host(flow.target)) - line(host(flow.source))
        if flow.id in self.grid.plan.back or side not in (UP, DOWN) or not fall:
            return 0.0
        towards = (side == DOWN) == (fall > 0)
        return 0.0 if towards == leaving else DETOUR

    def _prices(self, flow: Flow, node: Node, *, leaving: bool) -> dict[int, float]:
        if node.host:
            return {DOWN: 0.0}
        if flow.kind == "message":
            return _MESSAGE
        if flow.kind == "association":
            return _ASSOCIATION
        if flow.id in self.grid.plan.back or flow.source == flow.target:
            return _BACK_OUT if leaving else _BACK_IN
        return (_OUT if leaving else _IN).get(node.kind, _ASSOCIATION)
