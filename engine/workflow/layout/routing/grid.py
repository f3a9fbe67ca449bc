"""The grid lines are drawn on: centre lines of columns and rows, and the gaps between them.

Lines are counted from 0; the odd vertical ones run through the centres of columns, the
even ones between columns. ``levels`` says the same of the horizontal ones, which a lane
border or the space between two pools separates further. A point is (x, y), both line
numbers. A cell holds one node or lets lines pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.workflow.layout.placement.columns import Plan
from engine.workflow.layout.graph import Node, Scope

Point = tuple[int, int]
RIGHT, DOWN, LEFT, UP = range(4)
STEP = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass(frozen=True)
class Level:
    """One horizontal line: a row of a band, a gap inside it, or the space between pools."""

    kind: str  # row, gap or space
    band: int
    row: int = 0


@dataclass(frozen=True)
class Port:
    """A side of a node where lines may dock: the cell inside and the point outside."""

    inside: Point
    outside: Point
    side: int  # direction that leads out


class Grid:
    def __init__(self, scope: Scope, plan: Plan) -> None:
        self.scope, self.plan = scope, plan
        self.width = 2 * plan.count + 1
        self.levels: list[Level] = []
        self._line: dict[tuple[int, int], int] = {}
        for band in range(len(scope.bands)):
            self._add_band(band)
        self.owner: dict[Point, str] = {}
        for node in plan.column:
            for point in self.cells(node):
                self.owner[point] = node

    def _add_band(self, band: int) -> None:
        bands = self.scope.bands
        if band and bands[band].pool != bands[band - 1].pool:
            self.levels.append(Level("space", band))
        plan = self.plan
        ends = [
            int(plan.row[n]) + plan.span[n][1]
            for n in plan.column
            if self.scope.nodes[n].band == band
        ]
        for row in range(max(ends, default=1)):
            self.levels.append(Level("gap", band, row))
            self._line[band, row] = len(self.levels)
            self.levels.append(Level("row", band, row))
        self.levels.append(Level("gap", band, max(ends, default=1)))

    def lines_of(self, band: int) -> list[int]:
        """All horizontal lines of a band, from top to bottom."""
        levels = enumerate(self.levels)
        return [y for y, lv in levels if lv.band == band and lv.kind != "space"]

    def line(self, node: str) -> int:
        """The horizontal line a node's left and right sides dock to."""
        return self._line[self.scope.nodes[node].band, int(self.plan.row[node])]

    def last_line(self, node: str) -> int:
        return self.line(node) + 2 * (self.plan.span[node][1] - 1)

    def columns(self, node: str) -> tuple[int, int]:
        """First and last vertical centre line of a node."""
        first = 2 * self.plan.column[node] + 1
        return first, first + 2 * (self.plan.span[node][0] - 1)

    def middle(self, node: str) -> int:
        """The vertical line its upper and lower sides dock to."""
        first, last = self.columns(node)
        return first + (last - first) // 4 * 2

    def cells(self, node: str) -> list[Point]:
        left, right = self.columns(node)
        top, bottom = self.line(node), self.last_line(node)
        return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]

    def open(self, point: Point) -> bool:
        """May lines run through this point?"""
        x, y = point
        inside = 0 <= x < self.width and 0 <= y < len(self.levels)
        return inside and point not in self.owner

    def is_row(self, y: int) -> bool:
        return self.levels[y].kind == "row"

    def seat(self, boundary: str) -> tuple[int, int]:
        """Where a boundary event sits on its host: vertical line, and px right of it."""
        node = self.scope.nodes[boundary]
        host = node.host or ""
        left, right = self.columns(host)
        mine = self._seated(host)
        number, columns = mine.index(boundary), (right - left) // 2 + 1
        if len(mine) <= columns and columns > 1:
            return right - 2 * number, 0
        if len(mine) == 1:
            return right, 22
        pitch = 50 if len(mine) == 2 else 40
        return right, round(pitch * ((len(mine) - 1) / 2 - number))

    def _seated(self, host: str) -> list[str]:
        """Boundary events from right to left: who goes far down or back sits further left."""
        targets = {f.source: f.target for f in self.scope.flows}

        def far(boundary: str) -> tuple[int, int]:
            target = targets.get(boundary)
            if target not in self.plan.column:
                return 0, 0
            back = self.plan.column[target] <= self.plan.column[host]
            return int(back), self.line(target)

        return sorted(self.scope.attached(host), key=far)

    def ports(self, node: Node) -> list[Port]:
        """Every side of a node that exists and does not hold boundary events."""
        if node.host:
            x, _ = self.seat(node.id)
            bottom = self.last_line(node.host)
            return [Port((x, bottom), (x, bottom + 1), DOWN)]
        if node.kind == "pool":
            return self._pool_ports(node)
        left, right = self.columns(node.id)
        middle = self.middle(node.id)
        top, bottom = self.line(node.id), self.last_line(node.id)
        ports = [
            Port((right, top), (right + 1, top), RIGHT),
            Port((left, top), (left - 1, top), LEFT),
            Port((middle, top), (middle, top - 1), UP),
        ]
        if middle not in {self.seat(b)[0] for b in self.scope.attached(node.id)}:
            ports.append(Port((middle, bottom), (middle, bottom + 1), DOWN))
        return ports

    def _pool_ports(self, node: Node) -> list[Port]:
        """A black box may be docked at anywhere from above and below."""
        left, right = self.columns(node.id)
        y = self.line(node.id)
        return [
            Port((x, y), (x, y + step), side)
            for step, side in ((-1, UP), (1, DOWN))
            for x in range(left, right + 1)
            if 0 <= y + step < len(self.levels)
        ]
