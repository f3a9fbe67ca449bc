"""Moving an answer that found no free place at its flow's source to one further along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.workflow.layout.labels import GAP, Box

STEP = 12  # px between two places that are tried

Point = tuple[int, int]
Line = list[Point]


def labels(
    boxes: dict[str, Box], shapes: Iterable[Box], lines: dict[str, Line]
) -> dict[str, Box]:
    """The label boxes, those of flows moved where they would lie on something else.

    First choice: off all shapes, labels and lines; second: off shapes and labels.
    """
    solid = list(shapes)
    found = {name: box for name, box in boxes.items() if name not in lines}
    for name, box in boxes.items():
        if name in lines:
            taken = solid + list(found.values())
            found[name] = _place(box, lines[name], taken, lines.values())
    return found


def _place(box: Box, line: Line, taken: list[Box], lines: Iterable[Line]) -> Box:
    drawn = [piece for points in lines for piece in zip(points, points[1:])]
    second = None
    for place in _places(box, line):
        if any(overlap(place, other) for other in taken):
            continue
        if not any(overlap(place, _hull(*piece)) for piece in drawn):
            return place
        second = second or place
    return second or box


def _places(box: Box, line: Line) -> Iterator[Box]:
    """The box itself, then beside the line: on both sides, from its source to its target."""
    yield box
    _, _, width, height = box
    for start, end in zip(line, line[1:]):
        (x1, y1), (x2, y2) = start, end
        length = abs(x2 - x1) + abs(y2 - y1)
        for gone in range(GAP, max(GAP + 1, length), STEP):
            x, y = x1 + (x2 - x1) * gone / length, y1 + (y2 - y1) * gone / length
            if y1 == y2:
                left = x if x2 > x1 else x - width
                yield from ((left, y + side, width, height) for side in (-3 - height, 3))
            else:
                top = y if y2 > y1 else y - height
                yield from ((x + side, top, width, height) for side in (GAP, -GAP - width))


def _hull(start: Point, end: Point) -> Box:
    """A line piece as a box of one pixel's breadth."""
    x, y = min(start[0], end[0]), min(start[1], end[1])
    return x, y, abs(start[0] - end[0]) + 1, abs(start[1] - end[1]) + 1


def overlap(one: Box, two: Box) -> bool:
    """Do two boxes (x, y, width, height) share some area?"""
    return (
        one[0] < two[0] + two[2]
        and two[0] < one[0] + one[2]
        and one[1] < two[1] + two[3]
        and two[1] < one[1] + one[3]
    )
