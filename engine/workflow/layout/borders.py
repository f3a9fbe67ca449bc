"""Where a line meets the border of a shape: straight, round or slanted."""

from __future__ import annotations

import math

from engine.workflow.layout.graph import Node
from engine.workflow.layout.labels import Box, Line
from engine.workflow.layout.routing.grid import LEFT, RIGHT, UP


def dock(node: Node, box: Box, way: int, at: float) -> tuple[float, float]:
    """The point on the side ``way`` of a shape where a line at ``at`` px meets it."""
    x, y, width, height = box
    middle = y + node.anchor if way in (LEFT, RIGHT) else x + width / 2
    inward = _inward(node, at - middle)
    if way == RIGHT:
        return x + width - inward, at
    if way == LEFT:
        return x + inward, at
    return (at, y + inward) if way == UP else (at, y + height - inward)


def _inward(node: Node, off: float) -> float:
    """How far the border of a round or diamond shape recedes ``off`` px from its middle."""
    if node.kind == "gateway":
        return abs(off)
    if node.kind == "event":
        radius = node.width / 2
        return radius - math.sqrt(max(0, radius**2 - off**2))
    return 0


def straightened(points: Line) -> Line:
    """The same line without points that are no corners."""
    kept: Line = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _in_line(*points: tuple[int, int]) -> bool:
    return any(len({point[axis] for point in points}) == 1 for axis in (0, 1))
