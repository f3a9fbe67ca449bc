"""Reads a finished drawing (BPMN DI) and says what is wrong with it, one line a fault."""

from __future__ import annotations

import math
from itertools import combinations

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
_NODES = (
    "Task",
    "task",
    "Event",
    "Gateway",
    "callActivity",
    "ubProcess",
    "textAnnotation",
    "ObjectReference",
    "StoreReference",
)
_FLOWS = ("Flow", "ssociation")
_FRAMES = ("participant", "lane")

Box = tuple[float, float, float, float]
Line = list[tuple[float, float]]


def _box(element) -> Box:
    x, y, w, h = (float(element.get(k)) for k in ("x", "y", "width", "height"))
    return x, y, x + w, y + h


def overlap(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def inside(one: Box, outer: Box) -> bool:
    return (
        outer[0] <= one[0]
        and outer[1] <= one[1]
        and one[2] <= outer[2]
        and one[3] <= outer[3]
    )


class Drawing:
    def __init__(self, xml: bytes) -> None:
        self.root = etree.fromstring(xml)
        self.elements = {
            e.get("id"): e for e in self.root.iter(BPMN + "*") if e.get("id")
        }
        self.shapes: dict[str, Box] = {}
        self.lines: dict[str, Line] = {}
        self.labels: dict[str, Box] = {}
        self.drawn: list[str] = []
        for shape in self.root.iter(BPMNDI + "BPMNShape", BPMNDI + "BPMNEdge"):
            self._read(shape, shape.get("bpmnElement"))

    def _read(self, shape, name: str) -> None:
        self.drawn.append(name)
        bounds = shape.find(DC + "Bounds")
        if bounds is not None:
            self.shapes[name] = _box(bounds)
        else:
            points = shape.iter(DI + "waypoint")
            self.lines[name] = [(float(p.get("x")), float(p.get("y"))) for p in points]
        label = shape.find(f"{BPMNDI}BPMNLabel/{DC}Bounds")
        if label is not None:
            self.labels[name] = _box(label)

    def kind(self, name: str) -> str:
        return etree.QName(self.elements[name]).localname

    def nodes(self) -> list[str]:
        return [n for n in self.shapes if self.kind(n).endswith(_NODES)]

    def above(self, name: str) -> set[str]:
        """What a node may lie on: its host, and what contains either."""
        found: set[str] = set()
        element = self.elements[name]
        host = element.get("attachedToRef")
        if host:
            found |= {host} | self.above(host)
        for parent in element.iterancestors(BPMN + "*"):
            found.add(parent.get("id"))
        return found

    def faults(self) -> list[str]:
        return (
            self.not_drawn_once()
            + self.overlapping()
            + self.outside()
            + self.slanted()
            + self.through()
            + self.undocked()
            + self.bad_labels()
            + self.on_top()
        )

    def not_drawn_once(self) -> list[str]:
        wanted = [
            name
            for name in self.elements
            if self.kind(name).endswith(_NODES)
            or self.kind(name).endswith(_FLOWS + _FRAMES)
        ]
        both = set(wanted) | set(self.drawn)
        return [
            f"{name} drawn {self.drawn.count(name)} times, wanted {wanted.count(name)}"
            for name in sorted(both)
            if self.drawn.count(name) != wanted.count(name)
        ]

    def overlapping(self) -> list[str]:
        return [
            f"{one} overlaps {two}"
            for one, two in combinations(self.nodes(), 2)
            if overlap(self.shapes[one], self.shapes[two])
            and one not in self.above(two)
            and two not in self.above(one)
        ]

    def outside(self) -> list[str]:
        found = []
        frames = [n for n in self.shapes if self.kind(n) in _FRAMES]
        for name in self.nodes():
            parent = self.elements[name].getparent().get("id")
            homes = [parent] if parent in self.shapes else self._homes(name, frames)
            for home in homes:
                if self.elements[name].get("attachedToRef") and parent == home:
                    continue  # hangs over the lower border of a host, not of the parent
                if not inside(self.shapes[name], self.shapes[home]):
                    found.append(f"{name} is not inside {home}")
        return found

    def _homes(self, name: str, frames: list[str]) -> list[str]:
        process = next(self.elements[name].iterancestors(BPMN + "process"), None)
        if process is None:
            return []
        homes = [
            f for f in frames if self.elements[f].get("processRef") == process.get("id")
        ]
        for frame in frames:
            refs = self.elements[frame].findall(BPMN + "flowNodeRef")
            if name in [(r.text or "").strip() for r in refs]:
                homes.append(frame)
        return homes

    def slanted(self) -> list[str]:
        return [
            f"{name} is slanted or empty: {line}"
            for name, line in self.lines.items()
            if len(line) < 2
            or any(a[0] != b[0] and a[1] != b[1] for a, b in zip(line, line[1:]))
        ]

    def ends(self, flow: str) -> tuple[str, str]:
        element = self.elements[flow]
        source, target = (
            element.get(end) or (element.findtext(BPMN + end) or "").strip()
            for end in ("sourceRef", "targetRef")
        )
        return source, target

    def through(self) -> list[str]:
        found = []
        for flow, line in self.lines.items():
            source, target = self.ends(flow)
            own = {source, target} | self.above(source) | self.above(target)
            own -= {self.elements[source].get("attachedToRef")}
            for node in set(self.nodes()) - own:
                x1, y1, x2, y2 = self.shapes[node]
                for a, b in zip(line, line[1:]):
                    piece = (
                        min(a[0], b[0]),
                        min(a[1], b[1]),
                        max(a[0], b[0]),
                        max(a[1], b[1]),
                    )
                    host = self.elements[source].get("attachedToRef")
                    if node == host and a == line[0]:
                        continue
                    if (
                        piece[0] < x2
                        and piece[2] > x1
                        and piece[1] < y2
                        and piece[3] > y1
                    ):
                        found.append(f"{flow} runs through {node}")
        return found

    def undocked(self) -> list[str]:
        found = []
        for flow, line in self.lines.items():
            for point, name in zip((line[0], line[-1]), self.ends(flow)):
                if not self._on_border(point, name):
                    found.append(f"{flow} does not dock at {name}: {point}")
        return found

    def _on_border(self, point: tuple[float, float], name: str) -> bool:
        x1, y1, x2, y2 = self.shapes[name]
        px, py = point[0] - (x1 + x2) / 2, point[1] - (y1 + y2) / 2
        half = (x2 - x1) / 2
        kind = self.kind(name)
        if kind.endswith("Event"):
            return abs(math.hypot(px, py) - half) <= 1
        if kind.endswith("Gateway"):
            return abs(abs(px) + abs(py) - half) <= 1
        return inside((*point, *point), self.shapes[name]) and (
            point[0] in (x1, x2) or point[1] in (y1, y2)
        )

    def bad_labels(self) -> list[str]:
        found = []
        for name, box in self.labels.items():
            for node in self.nodes():
                if overlap(box, self.shapes[node]) and node not in self.above(name):
                    found.append(f"label of {name} overlaps {node}")
        for one, two in combinations(self.labels, 2):
            if overlap(self.labels[one], self.labels[two]):
                found.append(f"labels of {one} and {two} overlap")
        named = [n for n in self.lines if self.elements[n].get("name")]
        return found + [f"{n} has no label" for n in named if n not in self.labels]

    def on_top(self) -> list[str]:
        """Lines of different flows on top of each other that do not end in one target."""
        found = []
        for one, two in combinations(self.lines, 2):
            if self.ends(one)[1] == self.ends(two)[1]:
                continue
            for a in zip(self.lines[one], self.lines[one][1:]):
                for b in zip(self.lines[two], self.lines[two][1:]):
                    if _covers(a, b):
                        found.append(f"{one} and {two} run on top of each other")
        return found

    def crossings(self) -> int:
        count = 0
        for one, two in combinations(self.lines, 2):
            for a in zip(self.lines[one], self.lines[one][1:]):
                for b in zip(self.lines[two], self.lines[two][1:]):
                    count += _crosses(a, b) or _crosses(b, a)
        return count

    def bends(self) -> int:
        return sum(len(line) - 2 for line in self.lines.values())


def _covers(a, b) -> bool:
    for axis in (0, 1):
        other = 1 - axis
        if len({a[0][axis], a[1][axis], b[0][axis], b[1][axis]}) == 1:
            low = max(min(a[0][other], a[1][other]), min(b[0][other], b[1][other]))
            high = min(max(a[0][other], a[1][other]), max(b[0][other], b[1][other]))
            return high > low
    return False


def _crosses(a, b) -> bool:
    """Does the level piece ``a`` cross the upright piece ``b``?"""
    (ax, ay), (ax2, ay2) = a
    (bx, by), (bx2, by2) = b
    if ay != ay2 or bx != bx2:
        return False
    return min(ax, ax2) < bx < max(ax, ax2) and min(by, by2) < ay < max(by, by2)
