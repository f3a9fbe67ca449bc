"""Where on a side lines dock: in the middle, or beside it when there are several."""

from __future__ import annotations

from collections import defaultdict

from engine.workflow.layout.routing.grid import Grid
from engine.workflow.layout.routing.segments import Segment

ROOM = {
    "gateway": 20,
    "event": 12,
}  # px off the middle a side may be docked at; else 32
PITCH, NAMED_PITCH = 11, 17  # px between two docks; with answers written between them
Groups = dict[object, list[Segment]]  # by what docks together

_KEY = 0.001  # of a grid line, for one px of shift


def spread(wires: dict[str, list[Segment]], grid: Grid) -> None:
    """Gives lines that dock at the same side docks of their own; those in one target share.

    The router lets flows share the left and right sides, and all there is below a
    boundary event.
    """
    scope, flows = grid.scope, {flow.id: flow for flow in grid.scope.flows}
    sides: dict[tuple[str, bool, bool], Groups] = defaultdict(lambda: defaultdict(list))
    for name, wire in wires.items():
        first, last, flow = wire[0], wire[-1], flows[name]
        for end, piece in ((flow.source, first), (flow.target, last)):
            if scope.nodes[end].host:
                piece.key += grid.seat(end)[1] * _KEY
        if first.level or scope.nodes[flow.source].host:
            side = sides[flow.source, first.level, first.end > first.start]
            side[first].append(first)
        if last.level or scope.nodes[flow.target].host:
            side = sides[flow.target, last.level, last.end < last.start]
            side[flow.target].append(last)
    for (node, _, _), groups in sides.items():
        if len(groups) > 1:
            named = any(flows[s.flow].name for group in groups.values() for s in group)
            room = ROOM.get(scope.nodes[node].kind, 32)
            _spread(list(groups.values()), room, NAMED_PITCH if named else PITCH)
    _part_swaps(wires)


def _part_swaps(wires: dict[str, list[Segment]]) -> None:
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
            stub.shift = PITCH
            stub.key = stub.line + stub.shift * _KEY
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
            segment.key += segment.shift * _KEY
