"""What room every column, row and gap needs, told by the shapes and labels in it.

Every shape and every label lies in the cell of its node or in the first part of the gap
to the right of it, so that reserving their room keeps them apart.
"""

from __future__ import annotations

from collections import defaultdict

from engine.workflow.layout import labels
from engine.workflow.layout.graph import Flow, Scope
from engine.workflow.layout.labels import Box
from engine.workflow.layout.placement.columns import Plan
from engine.workflow.layout.routing.grid import DOWN, LEFT, RIGHT, Grid
from engine.workflow.layout.routing.segments import Segment, side

LEAST = 10.0  # px to each side of the centre of a column
MARGIN = 2  # px between a label and the border of its column
ARROW = 12  # px of line that stay visible after an answer

Wires = dict[str, list[Segment]]


class Room:
    """Needs in px: of columns left and right of their centre, of rows up and down.

    ``beside`` is what a gap needs before its first line, ``hanging`` what hangs below the
    lower border of a node, and ``node_labels`` and ``flow_labels`` are boxes relative to
    the centre of the node and to the dock of the flow.
    """

    def __init__(self, scope: Scope, plan: Plan, grid: Grid, wires: Wires) -> None:
        self.scope, self.plan, self.grid, self.wires = scope, plan, grid, wires
        self.flows: dict[str, Flow] = {f.id: f for f in scope.flows}
        self.left: dict[int, float] = defaultdict(lambda: LEAST)
        self.right: dict[int, float] = defaultdict(lambda: LEAST)
        self.up: dict[int, float] = defaultdict(float)
        self.down: dict[int, float] = defaultdict(float)
        self.beside: dict[int, float] = defaultdict(float)
        self.hanging: dict[str, float] = defaultdict(float)
        self.node_labels = self._node_labels()
        self.flow_labels = self._flow_labels()
        for name in plan.column:
            self._reserve_node(name)
        self._reserve_boundary_events()
        for name, box in self.node_labels.items():
            self._reserve_box(name, box)
        for name, box in self.flow_labels.items():
            self._reserve_answer(name, box)
        for name in plan.column:
            self._reserve_hanging(name)

    def _node_labels(self) -> dict[str, Box]:
        used: dict[str, set[int]] = defaultdict(set)
        for name, wire in self.wires.items():
            used[self.flows[name].source].add(side(wire[0], out=True))
            used[self.flows[name].target].add(side(wire[-1], out=False))
        found = {}
        for node in self.scope.nodes.values():
            where = self._free_side(node.id) if node.host else -1
            box = labels.of_node(node, used[node.id], where)
            if box:
                found[node.id] = box
        return found

    def _free_side(self, boundary: str) -> int:
        """Which side of a boundary event is free: -1 left, 1 right, 0 neither."""
        host = self.scope.nodes[boundary].host or ""
        column, shift = self.grid.seat(boundary)
        seats = [self.grid.seat(other) for other in self.scope.attached(host)]
        shifts = [s for c, s in seats if c == column]
        if shift == min(shifts):
            return -1
        return 1 if shift == max(shifts) else 0

    def _flow_labels(self) -> dict[str, Box]:
        found = {}
        for name, wire in self.wires.items():
            flow = self.flows[name]
            node = self.scope.nodes[flow.source]
            left = bool(node.host) and self._free_side(node.id) > 0
            way = side(wire[0], out=True)
            box = labels.of_flow(flow.name, node, way, wire[0].shift, left)
            if box:
                found[name] = box
        return found

    def _reserve_node(self, name: str) -> None:
        node, grid = self.scope.nodes[name], self.grid
        first, last = grid.columns(name)
        if first == last:
            self.left[first] = max(self.left[first], node.width / 2)
            self.right[first] = max(self.right[first], node.width / 2)
        line = grid.line(name)
        self.up[line] = max(self.up[line], node.anchor)
        if grid.last_line(name) == line:
            self.down[line] = max(self.down[line], node.height - node.anchor)

    def _reserve_boundary_events(self) -> None:
        for node in self.scope.nodes.values():
            if node.host:
                corner = -node.width / 2, -node.height / 2
                self._reserve_box(node.id, (*corner, node.width, node.height))

    def _reserve_box(self, name: str, box: Box) -> None:
        """Room in the column and row of a node for what is drawn beside it."""
        node, grid = self.scope.nodes[name], self.grid
        x, y, width, height = box
        if node.host:
            column, shift = grid.seat(name)
            x += shift
            self.hanging[node.host] = max(self.hanging[node.host], y + height)
        else:
            column, line = grid.middle(name), grid.line(name)
            self.up[line] = max(self.up[line], -y)
            below = y + height - (node.height - node.anchor)
            self.hanging[name] = max(self.hanging[name], below)
        self.left[column] = max(self.left[column], -x + MARGIN)
        self.right[column] = max(self.right[column], x + width + MARGIN)

    def _reserve_answer(self, name: str, box: Box) -> None:
        source = self.scope.nodes[self.flows[name].source]
        way = side(self.wires[name][0], out=True)
        if way in (LEFT, RIGHT):
            self._reserve_beside(source.id, box)
        elif source.kind != "pool":
            low = source.height - source.anchor
            y = box[1] + (low if way == DOWN else -source.anchor)
            self._reserve_box(source.id, (box[0], y, *box[2:]))

    def _reserve_beside(self, name: str, box: Box) -> None:
        """Room for an answer to the right of a node, before the first line of the gap."""
        first, last = self.grid.columns(name)
        width = self.scope.nodes[name].width
        inside = self.right[last] - width / 2 if first == last else 0
        need = box[0] + box[2] + ARROW - inside
        self.beside[last + 1] = max(self.beside[last + 1], need)

    def _reserve_hanging(self, name: str) -> None:
        if self.plan.span[name][1] == 1:
            node, line = self.scope.nodes[name], self.grid.line(name)
            low = node.height - node.anchor + self.hanging[name]
            self.down[line] = max(self.down[line], low)
