"""From grid lines to px: how wide columns, how high rows, how far apart everything is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.workflow.layout import text
from engine.workflow.layout.room import Room
from engine.workflow.layout.routing.segments import Segment
from engine.workflow.layout.routing.tracks import Tracks

TRACK = 12  # px between lines side by side
COLUMN_GAP, SIDE = 50, 24  # between columns; from a column to the first line beside it
ROW_GAP, ABOVE = 30, 14  # between rows; from a row to the first line below it
EDGE = 20  # from a lane border to the first shape
LANE, BLACK_BOX = 120, 60  # least height of a lane; height of a pool without a process
SPACE = 50  # between two pools


@dataclass
class Lines:
    """Where each grid line runs in px, and the edges of its column, row or gap."""

    at: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, low: float, at: float, high: float) -> float:
        """Appends a line; its far edge, in whole px."""
        self.low.append(low)
        self.at.append(at)
        self.high.append(round(high))
        return self.high[-1]


class Measures:
    """All positions of one scope in px, from its upper left corner."""

    def __init__(self, room: Room, counts: Tracks) -> None:
        self.room, self.counts = room, counts
        self.scope, self.plan, self.grid = room.scope, room.plan, room.grid
        self.x = self._columns()
        self.y = self._rows()

    def _columns(self) -> Lines:
        """Columns and gaps from left to right, wide enough for what spans several."""
        extra: dict[int, float] = defaultdict(float)
        lines = self._place_columns(extra)
        for name in sorted(self.plan.column, key=lambda n: self.plan.span[n]):
            first, last = self.grid.columns(name)
            have = lines.high[last] - lines.low[first]
            lack = self.scope.nodes[name].width - have
            if first < last and lack > 0:
                between = range(first, last + 1, 2)
                for column in between:
                    extra[column] += lack / len(between)
                lines = self._place_columns(extra)
        return lines

    def _place_columns(self, extra: dict[int, float]) -> Lines:
        lines, room = Lines(), self.room
        cursor = 0.0
        for x in range(self.grid.width):
            if x % 2:
                at = cursor + extra[x] / 2 + room.left[x]
                cursor = lines.add(cursor, at, at + room.right[x] + extra[x] / 2)
            else:
                cursor = lines.add(cursor, cursor, cursor + self._column_gap(x))
        return lines

    def _column_gap(self, x: int) -> float:
        count = self.counts.get((False, x), 0)
        beside = self.room.beside[x]
        if count:
            return max(beside, SIDE) + TRACK * (count - 1) + SIDE
        outer = x in (0, self.grid.width - 1)
        return max(beside + SIDE / 2, EDGE if outer else COLUMN_GAP)

    def _rows(self) -> Lines:
        """Rows and gaps from top to bottom; lanes that come out too low are stretched."""
        extra: dict[int, float] = defaultdict(float)
        lines = self._place_rows(extra)
        for number, band in enumerate(self.scope.bands):
            mine = self.grid.lines_of(number)
            if band.pool or band.id:
                lack = self._least(number) - (lines.high[mine[-1]] - lines.low[mine[0]])
                extra[mine[0]] = extra[mine[-1]] = max(0, lack / 2)
        return self._place_rows(extra)

    def _least(self, number: int) -> float:
        band = self.scope.bands[number]
        if band.black_box:
            return BLACK_BOX
        return max(LANE, text.width(band.name, text.INSIDE) + 20)

    def _place_rows(self, extra: dict[int, float]) -> Lines:
        lines, room = Lines(), self.room
        cursor = 0.0
        for y, level in enumerate(self.grid.levels):
            if level.kind == "row":
                at = cursor + room.up[y]
                low = max(at + room.down[y], self._low_of_tall(y, lines))
                cursor = lines.add(cursor, at, low)
            else:
                high = cursor + self._row_gap(y) + extra[y]
                cursor = lines.add(cursor, cursor + extra[y] / 2, high)
        return lines

    def _low_of_tall(self, y: int, lines: Lines) -> float:
        """Where the nodes that span several rows and end with this one end in px."""
        low = 0.0
        for name, (_, high) in self.plan.span.items():
            if high > 1 and self.grid.last_line(name) == y:
                node = self.scope.nodes[name]
                below = node.height - node.anchor + self.room.hanging[name]
                low = max(low, lines.at[self.grid.line(name)] + below)
        return low

    def _row_gap(self, y: int) -> float:
        level, levels = self.grid.levels[y], self.grid.levels
        count = self.counts.get((True, y), 0)
        need = 2 * ABOVE + TRACK * (count - 1) if count else 0
        if level.kind == "space":
            return max(SPACE, need)
        if self.scope.bands[level.band].black_box:
            return 0
        inner = 0 < y < len(levels) - 1 and levels[y - 1].kind == levels[y + 1].kind
        return max(ROW_GAP if inner and levels[y - 1].kind == "row" else EDGE, need)

    def at(self, segment: Segment) -> float:
        """The coordinate all points of a piece have in common, in px."""
        lines = self.y if segment.level else self.x
        count = self.counts.get((segment.level, segment.line), 0)
        if not count:
            return round(lines.at[segment.line]) + segment.shift
        low, high = lines.low[segment.line], lines.high[segment.line]
        width = TRACK * (count - 1)
        if segment.level:
            first = low + (high - low - width) / 2
        else:
            beside = max(self.room.beside[segment.line], SIDE)
            first = low + beside + max(0, high - low - beside - width - SIDE) / 2
        return round(first + TRACK * segment.track)
