"""Lines that share a gap get tracks side by side, in the order that crosses least.

This is channel routing (Hashimoto and Stevens, 1971) with the order chosen by counting,
for each pair of lines, the crossings and touches that either order gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from engine.workflow.layout.graph import Flow, Scope
from engine.workflow.layout.routing.grid import LEFT, RIGHT, Grid
from engine.workflow.layout.routing.route import Path, direction

_NEAR = 0.45  # line numbers closer than this would touch when on one track
_ON_TOP = 20
ROOM = {"gateway": 20, "event": 12}  # px off its middle where a side may be docked at


@dataclass(eq=False)
class Segment:
    """A straight piece of a flow on line ``line``; ``key`` orders it among all others."""

    flow: str
    level: bool
    line: int
    start: int
    end: int
    key: float
    before: Segment | None = None
    after: Segment | None = None
    track: int = 0
    shift: float = 0.0  # px off the centre line, where a side holds several lines

    def ends(self) -> list[tuple[float, int]]:
        """Where it begins and ends, and to which side the flow goes on there."""
        found = []
        for other, own in ((self.before, self.start), (self.after, self.end)):
            if other is None:
                found.append((float(own), 0))
            else:
                away = other.start if other is self.before else other.end
                found.append((other.key, (away > self.line) - (away < self.line)))
        return found


def segments(flow: str, path: Path) -> list[Segment]:
    """The straight pieces of a path, linked in order."""
    found: list[Segment] = []
    for one, other in zip(path, path[1:]):
        level = direction(one, other) in (LEFT, RIGHT)
        end = other[0] if level else other[1]
        if found and found[-1].level == level:
            found[-1].end = end
            continue
        line, start = (one[1], one[0]) if level else one
        piece = Segment(flow, level, line, start, end, float(line))
        if found:
            piece.before, found[-1].after = found[-1], piece
        found.append(piece)
    return found


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


def assign(
    wires: dict[str, list[Segment]], grid: Grid, flows: Iterable[Flow]
) -> Tracks:
    """Numbers the tracks of all gaps; how many each has, by (horizontal?, line)."""
    target = {flow.id: flow.target for flow in flows}
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


def spread_docks(
    wires: dict[str, list[Segment]], flows: dict[str, Flow], scope: Scope
) -> None:
    """Lines that dock at the same side get docks of their own; those in one target share.

    The router lets flows share the left and right sides, and all there is below a
    boundary event.
    """
    sides: dict[tuple[str, bool, bool], dict[object, list[Segment]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for name, wire in wires.items():
        first, last, flow = wire[0], wire[-1], flows[name]
        if first.level or scope.nodes[flow.source].host:
            forward = first.end > first.start
            sides[flow.source, first.level, forward][first].append(first)
        if last.level or scope.nodes[flow.target].host:
            side = sides[flow.target, last.level, last.end < last.start]
            side[flow.target].append(last)
    for (node, _, _), groups in sides.items():
        if len(groups) > 1:
            named = any(flows[s.flow].name for group in groups.values() for s in group)
            room = ROOM.get(scope.nodes[node].kind, 32)
            _spread(list(groups.values()), room, 17 if named else 11)


def part_swaps(wires: dict[str, list[Segment]]) -> None:
    """Two flows that change rows with each other in one gap would meet on both rows.

    One of them leaves its shape a little lower, so that they cross instead.
    """
    seen: dict[tuple[int, int, int], list[Segment]] = defaultdict(list)
    for wire in wires.values():
        for piece in wire[1:2]:
            if not piece.level and piece.line % 2 == 0:
                for other in seen[piece.line, piece.end, piece.start]:
                    _part(piece, other)
                seen[piece.line, piece.start, piece.end].append(piece)


def _part(one: Segment, other: Segment) -> None:
    for stub in (one.before, other.before):
        if stub is not None and not stub.shift:
            stub.shift = 11
            stub.key = stub.line + stub.shift * 0.001
            return


def _spread(groups: list[list[Segment]], room: int, pitch: int) -> None:
    def aim(group: list[Segment]) -> float:
        bends = [s.after if s.before is None else s.before for s in group]
        lines = [b.end if b.before else b.start for b in bends if b]
        return sum(lines) / len(lines) if lines else group[0].line

    groups = sorted(groups, key=lambda g: (aim(g), g[0].flow))
    straight = [
        n for n, g in enumerate(groups) if any(not (s.before or s.after) for s in g)
    ]
    zero = straight[0] if straight else len(groups) // 2
    steps = max(zero, len(groups) - 1 - zero)
    pitch = min(pitch, room // steps)
    for number, group in enumerate(groups):
        for segment in group:
            segment.shift = (number - zero) * pitch
            segment.key += segment.shift * 0.001
