"""Where a line meets the border of a shape: straight, round or slanted."""

from __future__ import annotations

import math

from engine.workflow.layout.graph import Node
from engine.workflow.layout.labels import Box, Line
from engine.workflow.layout.routing.grid import LEFT, RIGHT, UP

STEP = 12  # px


def dock(node: Node, box: Box, way: int, at: float) -> list[tuple[float, float]]:
    """Points from the border of a shape to the line at ``at`` px that leaves by ``way``.

    Mostly one point. A line past the shape (from a deadline off the middle of its host
    straight to a small shape) is led to its middle with a step.
    """
    x, y, width, height = box
    if way in (LEFT, RIGHT):
        inward = _inward(node, at - y - node.anchor)
        return [(x + width - inward if way == RIGHT else x + inward, at)]
    middle = x + width / 2
    border, out = (y, -STEP) if way == UP else (y + height, STEP)
    if abs(at - middle) > width / 2:
        return [(middle, border), (middle, border + out), (at, border + out)]
    inward = _inward(node, at - middle)
    return [(at, border + inward if way == UP else border - inward)]


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
