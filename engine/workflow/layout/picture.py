"""The finished drawing of a scope: shapes, lines and labels in px."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from engine.workflow.layout import clear, columns, effort, rows, satellites, tracks
from engine.workflow.layout.graph import Node, Scope
from engine.workflow.layout.routing.grid import DOWN, LEFT, RIGHT, UP, Grid
from engine.workflow.layout.labels import Box
from engine.workflow.layout.place import HEADER, Measures, side
from engine.workflow.layout.routing.route import Router
from engine.workflow.layout.routing.tracks import Segment

PADDING = 10  # px around the inside of an expanded sub-process
TITLE = 20  # px for its name
HEIGHT = 0.06  # effort per px of height

Point = tuple[int, int]


@dataclass
class Picture:
    """Boxes (x, y, width, height) and points in px by element id, from (0, 0)."""

    width: int = 0
    height: int = 0
    anchor: int = 0
    effort: float = 0.0  # what reading it costs, see ``effort``
    shapes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[Point]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)

    def paste(self, other: Picture, x: float, y: float) -> None:
        """Adds another picture at (x, y)."""
        self.shapes |= {k: _moved(b, x, y) for k, b in other.shapes.items()}
        self.labels |= {k: _moved(b, x, y) for k, b in other.labels.items()}
        for name, points in other.lines.items():
            self.lines[name] = [(round(px + x), round(py + y)) for px, py in points]


def _moved(box: Box, x: float, y: float) -> Box:
    return box[0] + x, box[1] + y, box[2], box[3]


def arrange(scope: Scope) -> Picture:
    """Lays out a scope and, first, everything inside its sub-processes."""
    inner = {name: arrange(inside) for name, inside in scope.inner.items()}
    for name, picture in inner.items():
        node = scope.nodes[name]
        node.width = picture.width + 2 * PADDING
        node.height = picture.height + PADDING + TITLE
        node.anchor = picture.anchor + TITLE
    plans = rows.candidates(scope, columns.assign(scope))
    drawings = [_draw(scope, plan, inner) for plan in plans]
    return min(drawings, key=lambda picture: picture.effort)


def _draw(scope: Scope, plan: columns.Plan, inner: dict[str, Picture]) -> Picture:
    satellites.assign(scope, plan)
    grid = Grid(scope, plan)
    router = Router(grid, scope.flows)
    wires = {n: tracks.segments(n, path) for n, path in router.run().items()}
    for name, wire in wires.items():
        flow = router.flows[name]
        for end, piece in ((flow.source, wire[0]), (flow.target, wire[-1])):
            if scope.nodes[end].host:
                piece.key += grid.seat(end)[1] * 0.001
    tracks.spread_docks(wires, router.flows, scope)
    tracks.part_swaps(wires)
    counts = tracks.assign(wires, grid, scope.flows)
    picture = _Drawing(Measures(scope, plan, grid, wires, counts)).draw(inner)
    picture.effort = effort.of({f.id: picture.lines[f.id] for f in scope.flows})
    picture.effort += picture.height * HEIGHT
    picture.effort += rows.ALIGN * rows.unevenness(scope, plan, plan.row)
    return picture


class _Drawing:
    def __init__(self, measures: Measures) -> None:
        self.measures = measures
        self.scope, self.grid = measures.scope, measures.grid
        self.picture = Picture()

    def draw(self, inner: dict[str, Picture]) -> Picture:
        picture, x, y = self.picture, self.measures.x, self.measures.y
        self._frame()
        for node in self.scope.nodes.values():
            picture.shapes[node.id] = self._box(node)
            if node.id in inner:
                left, top = picture.shapes[node.id][:2]
                picture.paste(inner[node.id], left + PADDING, top + TITLE)
        for name, wire in self.measures.wires.items():
            picture.lines[name] = self._points(name, wire)
        self._labels()
        picture.width, picture.height = round(x.high[-1]), round(y.high[-1])
        row = next((n for n in self.measures.plan.main), None)
        picture.anchor = round(y.at[self.grid.line(row)]) if row else 40
        headers = self._headers()
        if headers:
            shifted = Picture(picture.width + headers, picture.height, picture.anchor)
            shifted.paste(picture, headers, 0)
            shifted.shapes = _framed(self.scope, shifted, headers)
            return shifted
        return picture

    def _headers(self) -> int:
        pools = any(band.pool for band in self.scope.bands)
        lanes = any(band.id for band in self.scope.bands)
        nested = HEADER if self.scope.parents else 0
        return HEADER * (pools + lanes) + nested

    def _frame(self) -> None:
        """Lanes and pools, without the headers that are added at the end."""
        width = self.measures.x.high[-1]
        edges: dict[str, list[float]] = {}
        for number, band in enumerate(self.scope.bands):
            levels = enumerate(self.grid.levels)
            mine = [y for y, lv in levels if lv.band == number and lv.kind != "space"]
            top, low = self.measures.y.low[mine[0]], self.measures.y.high[mine[-1]]
            for name in (band.pool, self.scope.parents.get(band.id or ""), band.id):
                if name:
                    found = edges.setdefault(name, [top, low])
                    found[1] = low
        for name, (top, low) in edges.items():
            self.picture.shapes[name] = (0, top, width, low - top)

    def _box(self, node: Node) -> Box:
        x, y = self.measures.x, self.measures.y
        if node.host:
            host = self.picture.shapes.get(node.host) or self._box(
                self.scope.nodes[node.host]
            )
            column, shift = self.grid.seat(node.id)
            left = round(x.at[column]) + shift - node.width / 2
            return left, host[1] + host[3] - node.height / 2, node.width, node.height
        first, last = self.grid.columns(node.id)
        line = self.grid.line(node.id)
        top = round(y.at[line]) - node.anchor
        if node.kind == "pool":
            low, high = y.low[line], y.high[line]
            return 0, low, x.high[-1], high - low
        if first < last:
            return x.low[first], top, x.high[last] - x.low[first], node.height
        left = round(x.at[first]) - node.width / 2
        return left, top, node.width, node.height

    def _at(self, segment: Segment, name: str) -> float:
        """The coordinate all points of a piece have in common."""
        if (segment.level, segment.line) in self.measures.counts:
            return self.measures.gap_at(segment)
        lines = self.measures.y if segment.level else self.measures.x
        at = round(lines.at[segment.line]) + segment.shift
        flow = self.measures.flows[name]
        for end, open_end in (
            (flow.source, segment.before),
            (flow.target, segment.after),
        ):
            if open_end is None and self.scope.nodes[end].host:
                at += self.grid.seat(end)[1]
        return at

    def _points(self, name: str, wire: list[Segment]) -> list[Point]:
        flow = self.measures.flows[name]
        first, last = wire[0], wire[-1]
        source, target = (
            self.picture.shapes[flow.source],
            self.picture.shapes[flow.target],
        )
        nodes = self.scope.nodes
        points = [
            _dock(
                nodes[flow.source], source, side(first, out=True), self._at(first, name)
            )
        ]
        for one, other in zip(wire, wire[1:]):
            a, b = self._at(one, name), self._at(other, name)
            points.append((b, a) if one.level else (a, b))
        points.append(
            _dock(
                nodes[flow.target], target, side(last, out=False), self._at(last, name)
            )
        )
        return _straightened([(round(px), round(py)) for px, py in points])

    def _labels(self) -> None:
        picture, measures = self.picture, self.measures
        boxes = {
            n: _moved(b, *self._centre(n)) for n, b in measures.node_labels.items()
        }
        for name, box in measures.flow_labels.items():
            boxes[name] = _moved(box, *picture.lines[name][0])
        shapes = [picture.shapes[node] for node in self.scope.nodes]
        lines = {name: picture.lines[name] for name in measures.wires}
        picture.labels |= clear.labels(boxes, shapes, lines)

    def _centre(self, name: str) -> tuple[float, float]:
        x, y, width, _ = self.picture.shapes[name]
        node = self.scope.nodes[name]
        if self.measures.plan.span.get(name, (1, 1))[0] > 1:
            middle = self.measures.grid.ports(node)[2].inside[0]
            return round(self.measures.x.at[middle]), y + node.anchor
        return x + width / 2, y + node.anchor


def _dock(node: Node, box: Box, way: int, at: float) -> tuple[float, float]:
    """The point on the border of a shape where a line at ``at`` meets the side ``way``."""
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
        return node.width / 2 - math.sqrt(max(0, (node.width / 2) ** 2 - off**2))
    return 0


def _straightened(points: list[Point]) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _in_line(one: Point, two: Point, three: Point) -> bool:
    return one[0] == two[0] == three[0] or one[1] == two[1] == three[1]


def _framed(scope: Scope, picture: Picture, headers: int) -> dict[str, Box]:
    """Pools and lanes widened to the left by the room for their names."""
    shapes = dict(picture.shapes)
    for band in scope.bands:
        outer = scope.parents.get(band.id or "")
        names = [name for name in (band.pool, outer, band.id) if name]
        rooms = {band.pool: headers, band.id: HEADER, outer: 2 * HEADER}
        for name in names:
            x, y, width, height = picture.shapes[name]
            if scope.parents and not outer and name == band.id:
                rooms[name] = 2 * HEADER
            shapes[name] = (x - rooms[name], y, width + rooms[name], height)
    return shapes
