"""A routed flow as straight pieces, which tracks and docks are given to."""

from __future__ import annotations

from dataclasses import dataclass

from engine.workflow.layout.routing.grid import DOWN, LEFT, RIGHT, UP
from engine.workflow.layout.routing.traffic import Path, direction

_SIDES = {(True, 1): RIGHT, (True, -1): LEFT, (False, 1): DOWN, (False, -1): UP}


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


def of(flow: str, path: Path) -> list[Segment]:
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


def side(segment: Segment, *, out: bool) -> int:
    """The side of the node a first (``out``) or last piece docks at."""
    onward = 1 if segment.end > segment.start else -1
    return _SIDES[segment.level, onward if out else -onward]
