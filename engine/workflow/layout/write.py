"""Writing a picture as BPMN DI (formal/2011-01-03, clause 12) into the model it shows."""

from __future__ import annotations

from typing import Any

from lxml import etree

from engine.workflow.layout.read import BPMN, SUBPROCESSES, local, shown
from engine.workflow.layout.labels import Box
from engine.workflow.layout.picture import Picture

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
PREFIXES = {"bpmndi": BPMNDI, "dc": DC, "di": DI}
MARGIN = (160, 80)  # px, where bpmn-js itself starts a drawing
_SHAPES = ("participant", "lane")


def without_picture(root: Any) -> Any:
    """The model without its diagrams, with the usual prefixes for a new one at its root."""
    for diagram in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        root.remove(diagram)
    prefixes = {k: v for k, v in root.nsmap.items() if v not in PREFIXES.values()}
    wanted = prefixes | {k: v for k, v in PREFIXES.items() if k not in prefixes}
    if wanted == root.nsmap:
        return root
    # lxml cannot change the prefixes of an element, so the root is made anew.
    fresh = etree.Element(root.tag, nsmap=wanted)
    for name, value in root.attrib.items():
        fresh.set(name, value)
    fresh.text = root.text
    for comment in list(root.itersiblings(preceding=True))[::-1]:
        fresh.addprevious(comment)
    for comment in list(root.itersiblings())[::-1]:
        fresh.addnext(comment)
    fresh.extend(list(root))
    return fresh


def indent(element: Any, depth: int = 0) -> None:
    """Two blanks a level. Unlike ``etree.indent`` it leaves text with elements in it alone."""
    children = list(element)
    texts = [element.text] + [child.tail for child in children]
    if not children or any(text and text.strip() for text in texts):
        return
    element.text = "\n" + "  " * (depth + 1)
    for child in children:
        child.tail = element.text
        indent(child, depth + 1)
    children[-1].tail = "\n" + "  " * depth


def add_picture(root: Any, picture: Picture) -> None:
    """Appends the diagram of a picture, its elements in the order of the model."""
    diagram = etree.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", id="BPMNDiagram_1")
    plane = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", id="BPMNPlane_1")
    plane.set("bpmnElement", shown(root).get("id"))
    elements = [e for e in root.iter(f"{{{BPMN}}}*") if e.get("id")]
    for element in elements:
        box = picture.shapes.get(element.get("id"))
        if box:
            _add_shape(plane, element, box, picture.labels.get(element.get("id")))
    for element in elements:
        points = picture.lines.get(element.get("id"))
        if points:
            _add_edge(plane, element.get("id"), points, picture.labels)


def _add_shape(plane: Any, element: Any, box: Box, label: Box | None) -> None:
    name = element.get("id")
    shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", id=f"{name}_di")
    shape.set("bpmnElement", name)
    kind = local(element)
    if kind in _SHAPES:
        shape.set("isHorizontal", "true")
    if kind in SUBPROCESSES:
        shape.set("isExpanded", "true")
    if kind == "exclusiveGateway":
        shape.set("isMarkerVisible", "true")
    _add_bounds(shape, box)
    if label:
        _add_bounds(etree.SubElement(shape, f"{{{BPMNDI}}}BPMNLabel"), label)


def _add_edge(
    plane: Any, name: str, points: list[tuple[int, int]], labels: dict[str, Box]
) -> None:
    edge = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id=f"{name}_di")
    edge.set("bpmnElement", name)
    for x, y in points:
        point = etree.SubElement(edge, f"{{{DI}}}waypoint")
        point.set("x", str(x + MARGIN[0]))
        point.set("y", str(y + MARGIN[1]))
    if name in labels:
        _add_bounds(etree.SubElement(edge, f"{{{BPMNDI}}}BPMNLabel"), labels[name])


def _add_bounds(parent: Any, box: Box) -> None:
    x, y, width, height = box
    bounds = etree.SubElement(parent, f"{{{DC}}}Bounds")
    bounds.set("x", str(round(x) + MARGIN[0]))
    bounds.set("y", str(round(y) + MARGIN[1]))
    bounds.set("width", str(round(width)))
    bounds.set("height", str(round(height)))
