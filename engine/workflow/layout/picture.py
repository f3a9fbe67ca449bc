"""The finished drawing of a scope: shapes, lines and labels in px."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.workflow.layout import labels
from engine.workflow.layout.borders import dock, straightened
from engine.workflow.layout.graph import Band, Node
from engine.workflow.layout.labels import Box, Line
from engine.workflow.layout.place import Measures
from engine.workflow.layout.routing.segments import Segment, side

HEADER = 30  # px, name of a pool or lane
PADDING = 10  # px around the inside of an expanded sub-process
TITLE = 20  # px for its name


@dataclass
class Picture:
    """Boxes (x, y, width, height) and points in px by element id, from (0, 0)."""

    width: int = 0
    height: int = 0
    anchor: int = 0  # how far down the main path runs
    shapes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)

    def paste(self, other: Picture, x: float, y: float) -> None:
        """Adds what another picture shows, moved to (x, y)."""
        self.shapes |= {k: _moved(b, x, y) for k, b in other.shapes.items()}
        self.labels |= {k: _moved(b, x, y) for k, b in other.labels.items()}
        for name, points in other.lines.items():
            self.lines[name] = [(round(px + x), round(py + y)) for px, py in points]


def _moved(box: Box, x: float, y: float) -> Box:
    return box[0] + x, box[1] + y, box[2], box[3]


def show(measures: Measures, inner: dict[str, Picture]) -> Picture:
    """The picture of a measured scope, with the pictures of its sub-processes in it."""
    return _Drawing(measures).draw(inner)


class _Drawing:
    def __init__(self, measures: Measures) -> None:
        self.measures, self.room = measures, measures.room
        self.scope, self.grid = measures.scope, measures.grid
        self.picture = Picture()

    def draw(self, inner: dict[str, Picture]) -> Picture:
        picture, x, y = self.picture, self.measures.x, self.measures.y
        for node in self.scope.nodes.values():
            picture.shapes[node.id] = self._box(node)
        for name, wire in self.room.wires.items():
            picture.lines[name] = self._points(name, wire)
        self._add_labels()
        for name, inside in inner.items():
            left, top = picture.shapes[name][:2]
            picture.paste(inside, left + PADDING, top + TITLE)
        picture.width, picture.height = round(x.high[-1]), round(y.high[-1])
        main = self.measures.plan.main[:1]
        picture.anchor = round(y.at[self.grid.line(main[0])]) if main else 40
        return self._framed()

    def _box(self, node: Node) -> Box:
        x, y = self.measures.x, self.measures.y
        if node.host:
            host = self._box(self.scope.nodes[node.host])
            column, shift = self.grid.seat(node.id)
            left = round(x.at[column]) + shift - node.width / 2
            top = host[1] + host[3] - node.height / 2
            return left, top, node.width, node.height
        first, last = self.grid.columns(node.id)
        line = self.grid.line(node.id)
        if node.kind == "pool":
            return 0, y.low[line], x.high[-1], y.high[line] - y.low[line]
        top = round(y.at[line]) - node.anchor
        if first < last:
            return x.low[first], top, x.high[last] - x.low[first], node.height
        return round(x.at[first]) - node.width / 2, top, node.width, node.height

    def _at(self, segment: Segment, name: str) -> float:
        """The coordinate all points of a piece have in common."""
        at = self.measures.at(segment)
        flow = self.room.flows[name]
        for end, near in ((flow.source, segment.before), (flow.target, segment.after)):
            if near is None and self.scope.nodes[end].host:
                at += self.grid.seat(end)[1]
        return at

    def _points(self, name: str, wire: list[Segment]) -> Line:
        flow = self.room.flows[name]
        ats = [self._at(segment, name) for segment in wire]
        points = self._end(flow.source, side(wire[0], out=True), ats[0])
        for segment, one, other in zip(wire, ats, ats[1:]):
            points.append((other, one) if segment.level else (one, other))
        points += self._end(flow.target, side(wire[-1], out=False), ats[-1])[::-1]
        return straightened([(round(x), round(y)) for x, y in points])

    def _end(self, node: str, way: int, at: float) -> list[tuple[float, float]]:
        """From the border of a node to the line ``at`` px that leaves its side ``way``."""
        return dock(self.scope.nodes[node], self.picture.shapes[node], way, at)

    def _add_labels(self) -> None:
        picture, room = self.picture, self.room
        boxes = {n: _moved(b, *self._centre(n)) for n, b in room.node_labels.items()}
        for name, box in room.flow_labels.items():
            boxes[name] = _moved(box, *picture.lines[name][0])
        picture.labels = labels.cleared(boxes, picture.shapes.values(), picture.lines)

    def _centre(self, name: str) -> tuple[float, float]:
        x, y, width, _ = self.picture.shapes[name]
        return x + width / 2, y + self.scope.nodes[name].anchor

    def _framed(self) -> Picture:
        """With pools and lanes around it, when there are any."""
        bands = self.scope.bands
        rooms = [_headers(band, bands) for band in bands]
        across = max((sum(room.values()) for room in rooms), default=0)
        if not across:
            return self.picture
        plain = self.picture
        framed = Picture(plain.width + across, plain.height, plain.anchor)
        framed.paste(plain, across, 0)
        for number, room in enumerate(rooms):
            mine = self.grid.lines_of(number)
            low, high = self.measures.y.low[mine[0]], self.measures.y.high[mine[-1]]
            left = 0
            for name, width in room.items():
                _, top, _, _ = framed.shapes.get(name, (0, low, 0, 0))
                framed.shapes[name] = left, top, framed.width - left, high - top
                left += width
        return framed


def _headers(band: Band, bands: list[Band]) -> dict[str, int]:
    """The frames around a band from outside in, with the width of their names."""
    names = [name for name in (band.pool, band.outer, band.id) if name]
    room = dict.fromkeys(names, HEADER)
    if band.id and not band.outer and any(other.outer for other in bands):
        room[band.id] = 2 * HEADER  # as wide as the two headers of nested lanes
    return room
