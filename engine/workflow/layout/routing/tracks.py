"""Lines that share a gap get tracks side by side, in the order that crosses least.

This is channel routing (Hashimoto and Stevens, 1971) with the order chosen by counting,
for each pair of lines, the crossings and touches that either order gives.
"""

from __future__ import annotations

from collections import defaultdict

from engine.workflow.layout.routing.grid import Grid
from engine.workflow.layout.routing.segments import Segment

_NEAR = 0.45  # line numbers closer than this would touch when on one track
_ON_TOP = 20


class Bundle:
    """Segments that run as one line because they end in the same dock."""

    def __init__(self, members: list[Segment]) -> None:
        self.members = members
        self.ends = [end for member in members for end in member.ends()]
        self.low = min(y for y, _ in self.ends)
        self.high = max(y for y, _ in self.ends)

    def meets(self, other: Bundle) -> bool:
        return self.low < other.high + _NEAR and other.low < self.high + _NEAR


def _cost(first: Bundle, second: Bundle) -> int:
    """Crossings and touches when ``first`` runs on the lower side of ``second``."""
    cost = 0
    for y, side in first.ends:
        if side > 0 and second.low < y < second.high:
            cost += 1
        if side > 0 and any(abs(y - y2) < 1e-6 and s < 0 for y2, s in second.ends):
            cost += _ON_TOP
    for y, side in second.ends:
        if side < 0 and first.low < y < first.high:
            cost += 1
    return cost


def _ordered(bundles: list[Bundle]) -> list[Bundle]:
    order = sorted(bundles, key=lambda b: (b.low + b.high, b.members[0].flow))
    for _ in range(3):
        for bundle in list(order):
            rest = [b for b in order if b is not bundle]
            prices = []
            for place in range(len(rest) + 1):
                price = sum(_cost(b, bundle) for b in rest[:place])
                price += sum(_cost(bundle, b) for b in rest[place:])
                prices.append((price, abs(place - order.index(bundle)), place))
            place = min(prices)[2]
            order = rest[:place] + [bundle] + rest[place:]
    return order


def _number(bundles: list[Bundle]) -> int:
    """Sets tracks from 0; gives how many there are."""
    placed: list[tuple[Bundle, int]] = []
    for bundle in _ordered(bundles):
        below = [track + 1 for other, track in placed if bundle.meets(other)]
        track = max(below, default=0)
        placed.append((bundle, track))
    count = max(track for _, track in placed) + 1
    for bundle, track in placed:
        for segment in bundle.members:
            segment.track = track
            segment.key = segment.line + 0.02 * (track - (count - 1) / 2)
    return count


def _bundles(channel: list[Segment], target: dict[str, str]) -> list[Bundle]:
    groups: dict[object, list[Segment]] = defaultdict(list)
    for segment in channel:
        last = segment.after
        if last is not None and last.after is None:
            way = last.end > last.start
            groups[target[segment.flow], last.line, way].append(segment)
        else:
            groups[segment].append(segment)
    return [Bundle(members) for members in groups.values()]


Tracks = dict[tuple[bool, int], int]


def assign(wires: dict[str, list[Segment]], grid: Grid) -> Tracks:
    """Numbers the tracks of all gaps; how many each has, by (horizontal?, line)."""
    target = {flow.id: flow.target for flow in grid.scope.flows}
    channels: dict[tuple[bool, int], list[Segment]] = defaultdict(list)
    for wire in wires.values():
        for segment in wire:
            if is_gap(grid, segment):
                channels[segment.level, segment.line].append(segment)
    counts: Tracks = {}
    # Each direction is ordered twice: the second time it knows the tracks of the other.
    for level in (False, True, False, True):
        for channel, members in sorted(channels.items()):
            if channel[0] == level:
                counts[channel] = _number(_bundles(members, target))
    return counts


def is_gap(grid: Grid, segment: Segment) -> bool:
    if segment.level:
        return not grid.is_row(segment.line)
    return segment.line % 2 == 0
