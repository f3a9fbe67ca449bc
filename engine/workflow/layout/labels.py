"""Where names go that bpmn-js draws outside the shape; all boxes relative to its centre."""

from __future__ import annotations

from engine.workflow.layout import text
from engine.workflow.layout.graph import Node
from engine.workflow.layout.routing.grid import DOWN, LEFT, RIGHT, UP

CAP = 90  # px; bpmn-js' own default width of a label
NARROW = 66
GAP = 5

Box = tuple[float, float, float, float]  # x, y, width, height


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
