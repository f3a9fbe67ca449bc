"""A quick sketch of every line for a given placement, and what it would cost a reader.

The rows are chosen by trying many placements; routing each one properly would be too
slow, so a flow is taken as the simplest of a few shapes that finds its cells free. The
order of costs follows Purchase, "Which Aesthetic Has the Greatest Effect on Human
Understanding?" (1997): crossings, then bends, then length.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from engine.workflow.layout.placement.columns import Plan
from engine.workflow.layout.graph import Flow, Scope

CROSSING, OVERLAP, BEND, DETOUR, ROW = 14.0, 40.0, 6.0, 45.0, 9.0
SHARED_SIDE = 9.0  # two answers that leave a gateway by its right corner
UPWARDS = 25.0  # a deadline's exit that goes up past its own activity

# (horizontal?, the line it runs on, from, to): columns are 2c + 1 and the gaps between
# them even; rows count over all bands.
Piece = tuple[bool, float, float, float]


@dataclass
class Course:
    cost: float
    pieces: list[Piece]


class Sketch:
    """Costs of one placement: ``rank`` is the row of each node over all bands."""

    def __init__(self, scope: Scope, plan: Plan, rank: dict[str, int]) -> None:
        self.scope, self.plan, self.rank = scope, plan, rank
        self.taken: dict[int, set[int]] = defaultdict(set)
        for node, row in rank.items():
            wide, high = plan.span[node]
            for column in range(plan.column[node], plan.column[node] + wide):
                self.taken[column].update(range(row, row + high))

    def cost(self, flows: list[Flow], limit: float) -> float:
        """Each flow takes the course that is cheapest beside those taken before it.

        Stops adding at ``limit``: a placement that dear is not wanted anyway.
        """
        total = 0.0
        board = _Board(self.scope)
        weights = dict(zip(self.plan.main, self.plan.main[1:]))
        for flow in flows:
            important = weights.get(flow.source) == flow.target
            price, pieces = self._cheapest(flow, board, 2.0 if important else 1.0)
            total += price
            if total >= limit:
                break
            board.add(flow, pieces)
        return total

    def _cheapest(
        self, flow: Flow, board: _Board, weight: float
    ) -> tuple[float, list[Piece]]:
        source = self.scope.host(flow.source)
        length = abs(self.rank[source] - self.rank[flow.target])
        best, pieces = DETOUR, list[Piece]()
        for course in sorted(self.courses(flow), key=lambda c: c.cost):
            price = course.cost * weight
            if price >= best:
                break
            price += board.meetings(flow, course.pieces)
            if price < best:
                best, pieces = price, course.pieces
        return best + length, pieces

    def courses(self, flow: Flow) -> Iterator[Course]:
        """The simple shapes a flow may take here."""
        source = self.scope.host(flow.source)
        back = flow.id in self.plan.back or source == flow.target
        return self._loops(flow) if back else self._forward(flow)

    def _free_row(self, row: int, first: int, last: int) -> bool:
        return all(row not in self.taken[c] for c in range(first, last + 1))

    def _free_column(self, column: int, one: int, other: int) -> bool:
        low, high = min(one, other), max(one, other)
        return not any(low < row < high for row in self.taken[column])

    def _forward(self, flow: Flow) -> Iterator[Course]:
        nodes, plan = self.scope.nodes, self.plan
        source, target = self.scope.host(flow.source), flow.target
        y1, y2 = self.rank[source], self.rank[target]
        left = plan.column[source] + plan.span[source][0] - 1
        right = plan.column[target]
        boundary = flow.source != source
        if boundary and y2 <= y1:
            yield from self._jogs(left, y1, right, y2, y1 + 0.5, UPWARDS)
            return
        if y1 == y2 and self._free_row(y1, left + 1, right - 1):
            yield Course(0, [(True, y1, 2 * left + 1, 2 * right + 1)])
            return
        if boundary or nodes[flow.source].kind == "gateway":
            yield from self._corner(left, y1, right, y2, out=True, cost=BEND)
            for level in (y1 - 0.5, y1 + 0.5):
                if level > y1 or not boundary:
                    yield from self._jogs(left, y1, right, y2, level, 1)
        if boundary:
            return
        join = BEND if nodes[target].kind == "gateway" else 2 * BEND + 1
        yield from self._corner(left, y1, right, y2, out=False, cost=join)
        yield from self._steps(left, y1, right, y2)

    def _corner(
        self, left: int, y1: int, right: int, y2: int, *, out: bool, cost: float
    ) -> Iterator[Course]:
        """One bend: up or down at the source's column (``out``) or at the target's."""
        column, row = (left, y2) if out else (right, y1)
        first, last = (left, right - 1) if out else (left + 1, right)
        if y1 != y2 and self._free_column(column, y1, y2):
            if self._free_row(row, first, last):
                level = (True, row, 2 * left + 1, 2 * right + 1)
                yield Course(cost, [level, (False, 2 * column + 1, y1, y2)])

    def _steps(self, left: int, y1: int, right: int, y2: int) -> Iterator[Course]:
        """Two bends, up or down in a gap between two columns."""
        for gap in range(left, right):
            if y1 == y2:
                return
            free = self._free_row(y1, left + 1, gap)
            if free and self._free_row(y2, gap + 1, right - 1):
                x = 2 * gap + 2
                yield Course(
                    2 * BEND,
                    [
                        (True, y1, 2 * left + 1, x),
                        (False, x, y1, y2),
                        (True, y2, x, 2 * right + 1),
                    ],
                )

    def _jogs(
        self, left: int, y1: int, right: int, y2: int, level: float, extra: float
    ) -> Iterator[Course]:
        """Out by the bottom or top, along between the rows, and then to the target."""
        for gap in (left, right - 1):
            if self._free_row(y2, gap + 1, right - 1):
                x = 2 * gap + 2
                yield Course(
                    3 * BEND + extra,
                    [
                        (False, 2 * left + 1, y1, level),
                        (True, level, 2 * left + 1, x),
                        (False, x, level, y2),
                        (True, y2, x, 2 * right + 1),
                    ],
                )

    def _loops(self, flow: Flow) -> Iterator[Course]:
        """Back over or under a row: out, along, and in again."""
        source, target = self.scope.host(flow.source), flow.target
        y1, y2 = self.rank[source], self.rank[target]
        left, right = self.plan.column[target], self.plan.column[source]
        for level in sorted({y1 - 0.5, y1 + 0.5, y2 - 0.5, y2 + 0.5}):
            if flow.source != source and level < y1:
                continue
            blocked = sum(
                min(y, level) < row < max(y, level)
                for column, y in ((left, y2), (right, y1))
                for row in self.taken[column]
            )
            yield Course(
                2 * BEND + 3 * BEND * blocked,
                [
                    (False, 2 * right + 1, y1, level),
                    (True, level, 2 * left + 1, 2 * right + 1),
                    (False, 2 * left + 1, level, y2),
                ],
            )


class _Board:
    """The pieces drawn so far, and what a further course would meet."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.drawn: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
        self.centre: dict[tuple[bool, float], list[tuple[float, float, Flow]]] = {}

    def add(self, flow: Flow, pieces: list[Piece]) -> None:
        for level, line, start, end in pieces:
            low, high = (start, end) if start < end else (end, start)
            self.drawn[level].append((line, low, high))
            # Gaps between columns or rows hold many lines, centre lines only one.
            if line == int(line) if level else line % 2 == 1:
                self.centre.setdefault((level, line), []).append((low, high, flow))

    def meetings(self, flow: Flow, pieces: list[Piece]) -> float:
        total = 0.0
        for level, line, start, end in pieces:
            low, high = (start, end) if start < end else (end, start)
            for line2, low2, high2 in self.drawn[not level]:
                if low < line2 < high and low2 < line < high2:
                    total += CROSSING
            for low2, high2, other in self.centre.get((level, line), ()):
                common = min(high, high2) - max(low, low2)
                if common > 0:
                    total += self._sharing(flow, other, level and common <= 1)
        return total

    def _sharing(self, flow: Flow, other: Flow, stub: bool) -> float:
        """What it costs that two flows run on one centre line, or on the ``stub`` of it."""
        nodes, siblings = self.scope.nodes, self.scope.siblings
        if flow.target == other.target or siblings(flow.source, other.source):
            return 0.0
        same = flow.source == other.source and nodes[flow.source].kind == "gateway"
        return SHARED_SIDE if same and stub else OVERLAP
