"""Where names go that bpmn-js draws outside the shape; and that nothing lies on them.

Boxes are relative to the centre of the node or to the dock of the flow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.workflow.layout import text
from engine.workflow.layout.graph import Node
from engine.workflow.layout.routing.grid import DOWN, LEFT, RIGHT, UP

CAP = 90  # px; bpmn-js' own default width of a label
NARROW = 66
GAP = 5
STEP = 12  # px between two places that are tried along a line

Box = tuple[float, float, float, float]  # x, y, width, height
Point = tuple[int, int]
Line = list[Point]


def of_node(node: Node, used: set[int], side: int = -1) -> Box | None:
    """The label of an event, gateway or data object, away from the sides in use.

    ``side``: which side of a boundary event is free: -1 left, 1 right, 0 neither.
    """
    if not node.name or node.kind not in ("event", "gateway", "data"):
        return None
    half = node.height / 2
    if node.host:
        return _of_boundary(node, side)
    free = [side for side in _preference(node) if side not in used]
    if not free:
        width, height = text.label(node.name, NARROW)
        return -width - 8, -half - GAP - height, width, height
    width, height = text.label(node.name, CAP)
    if free[0] == DOWN:
        return -width / 2, half + GAP, width, height
    return -width / 2, -half - GAP - height, width, height


def _preference(node: Node) -> tuple[int, int]:
    return (UP, DOWN) if node.kind == "gateway" else (DOWN, UP)


def _of_boundary(node: Node, side: int) -> Box:
    """Beside the event, below the border of its host: ``side`` -1 left, 1 right, 0 between."""
    width, height = text.label(node.name, NARROW if side else 30)
    if not side:
        return -width - GAP, node.height / 2 + 2, width, height
    beside = node.width / 2 + 2
    return (beside if side > 0 else -beside - width), 4, width, height


def of_flow(name: str, node: Node, side: int, shift: float, left: bool) -> Box | None:
    """The answer on a flow, relative to the point where it leaves its source.

    ``shift``: how far that point is off the middle; ``left`` of a line that runs down.
    """
    if not name:
        return None
    if side in (RIGHT, LEFT):
        width, height = text.label(name, CAP if not shift else 400)
        x = GAP + 1 + (abs(shift) if node.kind == "gateway" else 0)
        return (x if side == RIGHT else -x - width), -3 - height, width, height
    width, height = text.label(name, CAP)
    y = GAP if side == DOWN else -GAP - height
    return (-width - GAP if left else GAP), y, width, height


def cleared(
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
    """The box itself, then beside the line: near it first, from source to target."""
    yield box
    _, _, width, height = box
    for far in (0, height + 2, 2 * height + 4):
        for x, y, level, onward in _along(line):
            if level:
                left = x if onward else x - width
                for top in (y - 3 - height - far, y + 3 + far):
                    yield left, top, width, height
            else:
                top = y if onward else y - height
                for left in (x + GAP + far, x - GAP - width - far):
                    yield left, top, width, height


def _along(line: Line) -> Iterator[tuple[float, float, bool, bool]]:
    """Points on a line; is it level there, and does it run right or down?"""
    for (x1, y1), (x2, y2) in zip(line, line[1:]):
        length = abs(x2 - x1) + abs(y2 - y1)
        for gone in range(GAP, max(GAP + 1, length), STEP):
            x, y = x1 + (x2 - x1) * gone / length, y1 + (y2 - y1) * gone / length
            yield x, y, y1 == y2, x2 > x1 or y2 > y1


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
