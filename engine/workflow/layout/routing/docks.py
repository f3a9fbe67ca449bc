"""Where on a side lines dock: in the middle, or beside it when there are several."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations

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


def part(wires: dict[str, list[Segment]]) -> bool:
    """Moves docks of lines that would lie on another one in the row they come from.

    When two flows change rows with each other in one gap, no order of their tracks keeps
    them apart; one of them then leaves its shape a little lower. Returns whether any was
    moved: the tracks have to be assigned again.
    """
    moved = False
    gaps: dict[int, list[Segment]] = defaultdict(list)
    for wire in wires.values():
        for piece in wire[1:]:
            if not piece.level and piece.line % 2 == 0:
                gaps[piece.line].append(piece)
    for pieces in gaps.values():
        for one, other in permutations(pieces, 2):
            stub = other.before
            if stub and not stub.before and not stub.shift and _covered(one, other):
                stub.shift = PITCH
                stub.key += PITCH * _KEY
                moved = True
    return moved


def _covered(one: Segment, other: Segment) -> bool:
    """Does ``one`` turn right, left of ``other``, in the row ``other`` comes from?"""
    row = other.ends()[0]
    return one.track < other.track and row[1] < 0 and (row[0], 1) in one.ends()


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
