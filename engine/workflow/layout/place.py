"""From grid lines to px: how wide columns, how high rows, how far apart everything is.

Every shape and every label lies in the cell of its node or in the first part of the gap
to the right of it, so that reserving their room here keeps them apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.workflow.layout import labels, tracks
from engine.workflow.layout.columns import Plan
from engine.workflow.layout.graph import Scope
from engine.workflow.layout.grid import DOWN, LEFT, RIGHT, UP, Grid
from engine.workflow.layout.labels import Box
from engine.workflow.layout.tracks import Segment

TRACK = 12  # px between lines side by side
HEADER = 30  # px, name of a pool or lane
COLUMN_GAP, SIDE = 50, 24  # between columns; from a column to the first line beside it
ROW_GAP, ABOVE = 30, 14
EDGE = 20  # from a lane border to the first shape
LANE = 120  # least height of a lane
SPACE = 50  # between two pools
_SIDES = {(True, 1): RIGHT, (True, -1): LEFT, (False, 1): DOWN, (False, -1): UP}


@dataclass
class Lines:
    """Where each grid line runs in px, and the edges of its column, row or gap."""

    at: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)


class Measures:
    """All positions of one scope in px, from its upper left corner."""

    def __init__(
        self,
        scope: Scope,
        plan: Plan,
        grid: Grid,
        wires: dict[str, list[Segment]],
        counts: tracks.Tracks,
    ) -> None:
        self.scope, self.plan, self.grid = scope, plan, grid
        self.wires, self.counts = wires, counts
        self.flows = {f.id: f for f in scope.flows}
        self.used = self._used_sides()
        self.node_labels = self._node_labels()
        self.flow_labels = self._flow_labels()
        self.left: dict[int, float] = defaultdict(lambda: 10)
        self.right: dict[int, float] = defaultdict(lambda: 10)
        self.up: dict[int, float] = defaultdict(float)
        self.down: dict[int, float] = defaultdict(float)
        self.beside: dict[int, float] = defaultdict(float)
        self.hanging: dict[str, float] = defaultdict(float)
        self._reserve()
        self.x = self._columns()
        self.y = self._rows()

    def _used_sides(self) -> dict[str, set[int]]:
        used: dict[str, set[int]] = defaultdict(set)
        for name, wire in self.wires.items():
            flow, first, last = self.flows[name], wire[0], wire[-1]
            used[flow.source].add(side(first, out=True))
            used[flow.target].add(side(last, out=False))
        return used

    def _node_labels(self) -> dict[str, Box]:
        found = {}
        for node in self.scope.nodes.values():
            where = self.boundary_side(node.id) if node.host else -1
            box = labels.of_node(node, self.used[node.id], where)
            if box:
                found[node.id] = box
        return found

    def boundary_side(self, boundary: str) -> int:
        """Which side of a boundary event is free for its name."""
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
            left = bool(node.host) and self.boundary_side(node.id) > 0
            way = side(wire[0], out=True)
            box = labels.of_flow(flow.name, node, way, wire[0].shift, left)
            if box:
                found[name] = box
        return found

    def _reserve(self) -> None:
        for node in self.plan.column:
            self._reserve_node(node)
        for name, box in self.node_labels.items():
            self._reserve_box(name, box)
        for name, box in self.flow_labels.items():
            source = self.scope.nodes[self.flows[name].source]
            way = side(self.wires[name][0], out=True)
            if way in (LEFT, RIGHT):
                self._reserve_beside(source.id, box)
            elif source.kind != "pool":
                down = source.height - source.anchor
                y = box[1] + (down if way == DOWN else -source.anchor)
                self._reserve_box(source.id, (box[0], y, *box[2:]))

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

    def _reserve_box(self, name: str, box: Box) -> None:
        """Room for a label in the column and row of its node."""
        node, grid = self.scope.nodes[name], self.grid
        x, y, width, height = box
        if node.host:
            column, shift = grid.seat(name)
            x += shift
            self.hanging[node.host] = max(self.hanging[node.host], y + height, 18)
        else:
            column = sum(grid.columns(name)) // 2 | 1
            line = grid.line(name)
            self.up[line] = max(self.up[line], -y)
            below = y + height - (node.height - node.anchor)
            self.hanging[name] = max(self.hanging[name], below)
        self.left[column] = max(self.left[column], -x + 2)
        self.right[column] = max(self.right[column], x + width + 2)

    def _reserve_beside(self, name: str, box: Box) -> None:
        """Room for an answer to the right of a node, before the first line of the gap."""
        first, last = self.grid.columns(name)
        node = self.scope.nodes[name]
        inside = self.right[last] - node.width / 2 if first == last else 0
        self.beside[last + 1] = max(self.beside[last + 1], box[0] + box[2] + 12 - inside)

    def _columns(self) -> Lines:
        """Columns and gaps from left to right, wide enough for what spans several."""
        extra: dict[int, float] = defaultdict(float)
        lines = self._place_columns(extra)
        for name in sorted(self.plan.column, key=lambda n: self.plan.span[n]):
            first, last = self.grid.columns(name)
            need = self.scope.nodes[name].width
            lack = need - (lines.high[last] - lines.low[first])
            if first < last and lack > 0:
                between = range(first, last + 1, 2)
                for column in between:
                    extra[column] += lack / len(between)
                lines = self._place_columns(extra)
        return lines

    def _place_columns(self, extra: dict[int, float]) -> Lines:
        lines = Lines()
        cursor = 0.0
        for x in range(self.grid.width):
            lines.low.append(cursor)
            if x % 2:
                half = extra[x] / 2
                lines.at.append(cursor + half + self.left[x])
                cursor += 2 * half + self.left[x] + self.right[x]
            else:
                lines.at.append(cursor)
                cursor += self._column_gap(x)
            cursor = round(cursor)
            lines.high.append(cursor)
        return lines

    def _column_gap(self, x: int) -> float:
        count = self.counts.get((False, x), 0)
        outer = x in (0, self.grid.width - 1)
        if not count:
            need = self.beside[x] + SIDE / 2
            return max(need, EDGE if outer else COLUMN_GAP)
        return max(self.beside[x], SIDE) + TRACK * (count - 1) + SIDE

    def _rows(self) -> Lines:
        """Rows and gaps from top to bottom; lanes that come out too low are stretched."""
        for name, below in list(self.hanging.items()):
            if self.plan.span.get(name, (1, 1))[1] == 1:
                node, line = self.scope.nodes[name], self.grid.line(name)
                whole = node.height - node.anchor + below
                self.down[line] = max(self.down[line], whole)
        extra: dict[int, float] = defaultdict(float)
        lines = self._place_rows(extra)
        for band in range(len(self.scope.bands)):
            mine = [y for y, lv in enumerate(self.grid.levels) if self._in(y, band)]
            if self.scope.bands[band].pool or self.scope.bands[band].id:
                lack = self._least(band) - (lines.high[mine[-1]] - lines.low[mine[0]])
                extra[mine[0]] = extra[mine[-1]] = max(0, lack / 2)
        return self._place_rows(extra)

    def _in(self, y: int, band: int) -> bool:
        level = self.grid.levels[y]
        return level.band == band and level.kind != "space"

    def _least(self, band: int) -> float:
        from_name = labels.text.width(self.scope.bands[band].name, 12) + 20
        if self.scope.bands[band].black_box:
            return 60
        return max(LANE, from_name)

    def _place_rows(self, extra: dict[int, float]) -> Lines:
        lines = Lines()
        cursor = 0.0
        until: dict[int, list[str]] = defaultdict(list)
        for name in self.plan.column:
            if self.plan.span[name][1] > 1:
                until[self.grid.last_line(name)].append(name)
        for y, level in enumerate(self.grid.levels):
            lines.low.append(cursor)
            if level.kind == "row":
                lines.at.append(cursor + self.up[y])
                cursor += self.up[y] + self.down[y]
                for name in until[y]:
                    node = self.scope.nodes[name]
                    low = lines.at[self.grid.line(name)] + node.height - node.anchor
                    cursor = max(cursor, low + self.hanging[name])
            else:
                lines.at.append(cursor + extra[y] / 2)
                cursor += self._row_gap(y) + extra[y]
            cursor = round(cursor)
            lines.high.append(cursor)
        return lines

    def _row_gap(self, y: int) -> float:
        level, levels = self.grid.levels[y], self.grid.levels
        count = self.counts.get((True, y), 0)
        room = 2 * ABOVE + TRACK * (count - 1) if count else 0
        if level.kind == "space":
            return max(SPACE, room)
        if self.scope.bands[level.band].black_box:
            return 0
        inner = all(
            0 <= other < len(levels) and levels[other].kind == "row"
            for other in (y - 1, y + 1)
        )
        return max(ROW_GAP if inner else EDGE, room)

    def gap_at(self, segment: Segment) -> float:
        """Where a piece that runs in a gap lies, in px."""
        lines = self.y if segment.level else self.x
        count = self.counts[segment.level, segment.line]
        low, high = lines.low[segment.line], lines.high[segment.line]
        room = TRACK * (count - 1)
        if segment.level:
            first = low + (high - low - room) / 2
        else:
            beside = max(self.beside[segment.line], SIDE)
            first = low + beside + max(0, high - low - beside - room - SIDE) / 2
        return round(first + TRACK * segment.track)


def side(segment: Segment, *, out: bool) -> int:
    """The side of the node a first (``out``) or last piece docks at."""
    onward = 1 if segment.end > segment.start else -1
    return _SIDES[segment.level, onward if out else -onward]
