"""Which row of its band a node stands in: a first guess, then moves that save cost.

A move sets one node, or the chain of nodes that follows it in its row, into another row
or a new row between two. Every placement tried is measured by ``sketch``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from engine.workflow.layout.graph import Scope
from engine.workflow.layout.placement.columns import Plan
from engine.workflow.layout.placement.sketch import ROW, Sketch

SWEEPS = 4
WORSE, TRIED = 1.2, 3  # how much dearer a candidate may be, and how many are drawn
ALIGN = 4.0  # price of each row that the main path leaves its own
# Ours have 25 steps. Somebody's 200 shall not take minutes: one guess, and fewer moves.
LARGE = 45
LOOKS = 30_000  # placements tried, times flows

Rows = dict[str, float]


def candidates(scope: Scope, plan: Plan) -> list[Plan]:
    """A few good placements, the best by the sketch first; all have ``row`` set.

    They start from different guesses: the main path the longest way or the one listed
    first, the branches below it or above.
    """
    found: dict[tuple[tuple[str, float], ...], tuple[float, Plan]] = {}
    neutral = _Search(scope, plan)
    mains, ways = (plan.main, plan.listed), (False, True)
    starts = [(main, upwards) for main in mains for upwards in ways]
    for main, upwards in starts if len(plan.column) <= LARGE else starts[:1]:
        variant = plan.copy()
        variant.main = main
        search = _Search(scope, variant)
        variant.row = search.improve(search.first_guess(upwards))
        cost = neutral.cost(variant.row)
        key = tuple(sorted(variant.row.items()))
        if key not in found or found[key][0] > cost:
            found[key] = cost, variant
    best = min(cost for cost, _ in found.values())
    good = [both for both in found.values() if both[0] <= best * WORSE + ROW]
    good.sort(key=lambda both: both[0])
    return [variant for _, variant in good[:TRIED]]


def unevenness(scope: Scope, plan: Plan, rows: Rows) -> float:
    """How many rows the main path changes inside its bands; it should keep to one."""
    last: dict[int, float] = {}
    total = 0.0
    for node in plan.main:
        band = scope.nodes[node].band
        total += abs(rows[node] - last.get(band, rows[node]))
        last[band] = rows[node]
    return total


class _Search:
    def __init__(self, scope: Scope, plan: Plan) -> None:
        self.scope, self.plan = scope, plan
        self.flows = [
            f
            for f in scope.flows
            if scope.host(f.source) in plan.column and f.target in plan.column
        ]
        steps = set(zip(plan.main, plan.main[1:]))
        self.flows.sort(key=lambda f: (f.source, f.target) not in steps)
        self.order = sorted(plan.column, key=lambda n: (plan.column[n], self._rank(n)))
        self.main = set(plan.main)

    def _rank(self, node: str) -> tuple[bool, int]:
        return node not in self.plan.main, list(self.scope.nodes).index(node)

    def _band(self, node: str) -> int:
        return self.scope.nodes[node].band

    def first_guess(self, upwards: bool = False) -> Rows:
        """Each node in the row of what leads to it, else in the nearest free one."""
        rows: Rows = {}
        way = 1 if upwards else -1
        for node in self.order:
            wanted = self._wanted(node, rows)
            room = sum(high for _, high in self.plan.span.values()) + 2
            candidates = sorted(
                range(-room if upwards else 0, room),
                key=lambda row: (abs(row - wanted), way * row),
            )
            rows[node] = next(r for r in candidates if self._fits(node, r, rows))
        return rows

    def _wanted(self, node: str, rows: Rows) -> float:
        if node in self.main:
            return 0
        if self._alone(node):
            same = [r for n, r in rows.items() if self._band(n) == self._band(node)]
            return max(same, default=-1) + 1
        for flow in self.flows:
            source = self.scope.host(flow.source)
            if flow.target == node and source in rows:
                if self._band(source) == self._band(node):
                    return rows[source] + (flow.source != source)
        return 0

    def _alone(self, node: str) -> bool:
        return not any(node in (f.source, f.target) for f in self.flows)

    def _cells(self, node: str) -> tuple[int, int, int]:
        wide, high = self.plan.span[node]
        return self.plan.column[node], self.plan.column[node] + wide, high

    def _fits(self, node: str, row: float, rows: Rows) -> bool:
        first, last, high = self._cells(node)
        for other, its in rows.items():
            begin, end, tall = self._cells(other)
            if other == node or self._band(other) != self._band(node):
                continue
            if first < end and begin < last and row < its + tall and its < row + high:
                return False
        return True

    def cost(self, rows: Rows, limit: float = float("inf")) -> float:
        """What a placement costs a reader; at least ``limit`` when it is no better."""
        rank, count = self._ranks(rows)
        cost = (
            ROW * count
            + 0.2 * sum(rows.values())
            + ALIGN * unevenness(self.scope, self.plan, rows)
        )
        sketch = Sketch(self.scope, self.plan, rank)
        return cost + sketch.cost(self.flows, limit - cost)

    def _ranks(self, rows: Rows) -> tuple[dict[str, int], int]:
        """Rows over all bands, and how many there are in use."""
        rank: dict[str, int] = {}
        start = 0
        for band in range(len(self.scope.bands)):
            mine = [n for n in rows if self._band(n) == band]
            rank.update({n: start + int(rows[n]) for n in mine})
            high = self.plan.span
            start = max(
                [start + int(rows[n]) + high[n][1] for n in mine] or [start + 1]
            )
        return rank, start

    def improve(self, rows: Rows) -> Rows:
        """The rows after all moves that save something."""
        rows = self._dense(rows)
        best = self.cost(rows)
        looks = LOOKS // max(1, len(self.flows))
        for _ in range(SWEEPS):
            before = best
            for node in self.order:
                for moved in islice(self._moves(node, rows), looks):
                    looks -= 1
                    cost = self.cost(moved, best)
                    if cost < best - 1e-9:
                        best, rows = cost, moved
            if best >= before or looks <= 0:
                break
        return rows

    def _moves(self, node: str, rows: Rows) -> Iterator[Rows]:
        band = [n for n in rows if self._band(n) == self._band(node)]
        used = sorted({rows[n] for n in band})
        places = used + [row + 0.5 for row in used] + [-0.5]
        chain = self._chain(node, rows)
        for group in [[node], chain] if len(chain) > 1 else [chain]:
            for place in places:
                if place == rows[node]:
                    continue
                moved = rows | dict.fromkeys(group, place)
                if all(self._fits(n, moved[n], moved) for n in group):
                    yield self._dense(moved)

    def _chain(self, node: str, rows: Rows) -> list[str]:
        """The node and what follows it in the same row of the same band."""
        chain = [node]
        for flow in self.flows:
            source, target = self.scope.host(flow.source), flow.target
            near = source in chain and target not in chain
            same = self._band(target) == self._band(node) and rows[target] == rows[node]
            if near and same and flow.id not in self.plan.back:
                chain.append(target)
        return chain

    def _dense(self, rows: Rows) -> Rows:
        """Rows counted from 0 in each band, without empty ones between."""
        found: Rows = {}
        for band in range(len(self.scope.bands)):
            mine = [n for n in rows if self._band(n) == band]
            found.update(_ranked(mine, rows, self.plan.span))
        return found


def _ranked(mine: Iterable[str], rows: Rows, span: dict[str, tuple[int, int]]) -> Rows:
    nodes = list(mine)
    covered = {rows[n] + extra for n in nodes for extra in range(span[n][1])}
    order = {row: float(number) for number, row in enumerate(sorted(covered))}
    return {n: order[rows[n]] for n in nodes}
