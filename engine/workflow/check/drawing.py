"""A drawing as its rules look at it: nodes, flows, and which stands in which scope.

Reads whatever is there: broken references are for the rules to find.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.workflow.check.findings import Finding
from engine.workflow.elements import BPMN, NAMESPACES, local

SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(
    "task userTask manualTask serviceTask scriptTask businessRuleTask sendTask"
    " receiveTask".split()
)
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    "exclusiveGateway parallelGateway inclusiveGateway complexGateway"
    " eventBasedGateway".split()
)
EVENTS = frozenset(
    "startEvent endEvent boundaryEvent intermediateCatchEvent"
    " intermediateThrowEvent".split()
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True, eq=False)
class Node:
    """An activity, gateway or event. ``scope`` is the id of what it stands in: the
    process or a subprocess; ``host`` the activity a boundary event is attached to."""

    id: str
    kind: str
    name: str
    scope: str
    host: str
    xml: Any

    @property
    def interrupts(self) -> bool:
        return str(self.xml.get("cancelActivity", "true")).lower() == "true"

    @property
    def definitions(self) -> list[Any]:
        """The event definitions it holds."""
        return [child for child in self.xml if tag(child).endswith("EventDefinition")]


@dataclass(frozen=True, eq=False)
class Flow:
    """A sequence flow; ``condition`` is None where none is written."""

    id: str
    source: str
    target: str
    condition: str | None
    xml: Any


@dataclass(frozen=True)
class Drawing:
    root: Any
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    @cached_property
    def outgoing(self) -> dict[str, list[Flow]]:
        found = defaultdict(list)
        for flow in self.flows:
            found[flow.source].append(flow)
        return found

    @cached_property
    def incoming(self) -> dict[str, list[Flow]]:
        found = defaultdict(list)
        for flow in self.flows:
            found[flow.target].append(flow)
        return found

    @cached_property
    def attached(self) -> dict[str, list[Node]]:
        """Boundary events by the activity they are attached to."""
        found = defaultdict(list)
        for node in self.nodes.values():
            if node.kind == "boundaryEvent":
                found[node.host].append(node)
        return found

    @cached_property
    def processes(self) -> list[Any]:
        return list(self.root.iter(f"{{{BPMN}}}process"))

    @cached_property
    def places(self) -> dict[str, int]:
        """Where in the file each id stands."""
        found: dict[str, int] = {}
        for place, node in enumerate(self.root.iter()):
            found.setdefault(node.get("id") or "", place)
        found.pop("", None)
        return found

    @cached_property
    def _by_id(self) -> dict[str, Any]:
        return {own: xml for xml in self.root.iter() if (own := xml.get("id"))}

    def by_id(self, own: str) -> Any:
        """Any element of that id, or None."""
        return self._by_id.get(own)

    @cached_property
    def definitions(self) -> dict[tuple[str, str], Any]:
        """Messages, signals, errors, escalations by (kind, id)."""
        return {
            (tag(child), child.get("id") or ""): child
            for child in self.root
            if tag(child) in ("message", "signal", "error", "escalation")
        }

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.kind in kinds)

    def inside(self, scope: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.scope == scope)

    def following(self, element: str) -> list[str]:
        """What may come next: by its flows, and by the boundary events on it."""
        events = [event.id for event in self.attached[element]]
        return [flow.target for flow in self.outgoing[element]] + events

    def comes_back(self, element: str) -> bool:
        """Whether a way leads from an element back to it."""
        seen: set[str] = set()
        stack = [element]
        while stack:
            for other in self.following(stack.pop()):
                if other == element:
                    return True
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return False

    def label(self, element: str) -> str:
        node = self.nodes.get(element)
        return (node.name if node else "") or element


def read_drawing(root: Any) -> Drawing:
    drawing = Drawing(root)
    for xml in root.iter(f"{{{BPMN}}}*"):
        kind, own = local(xml), xml.get("id") or ""
        if kind in FLOW_NODES and own:
            node = Node(own, kind, _name(xml), _scope(xml), _host(xml), xml)
            drawing.nodes.setdefault(own, node)
        elif kind == "sequenceFlow":
            drawing.flows.append(_flow(xml))
    return drawing


def _flow(xml: Any) -> Flow:
    condition = xml.find(f"{{{BPMN}}}conditionExpression")
    text = (condition.text or "").strip() if condition is not None else ""
    source, target = xml.get("sourceRef") or "", xml.get("targetRef") or ""
    return Flow(xml.get("id") or "", source, target, text or None, xml)


def _name(xml: Any) -> str:
    return " ".join((xml.get("name") or "").split())


def _host(xml: Any) -> str:
    return xml.get("attachedToRef") or ""


def _scope(xml: Any) -> str:
    parent = xml.getparent()
    return "" if parent is None else parent.get("id") or ""


def tag(xml: Any) -> str:
    """The local name of a BPMN element; empty for one of another namespace."""
    name = str(xml.tag)
    return local(xml) if name.startswith(f"{{{BPMN}}}") else ""


def extension(xml: Any, name: str) -> Any:
    """The ``spiffworkflow:`` extension element of that name, or None."""
    return xml.find(
        f"bpmn:extensionElements/spiff:{name}",
        namespaces=NAMESPACES,
    )


def owner_of(xml: Any) -> Any:
    """The node, flow or process that an inner element belongs to."""
    node = xml
    while node.getparent() is not None and not (
        tag(node) in FLOW_NODES | {"sequenceFlow", "process"} and node.get("id")
    ):
        node = node.getparent()
    return node


def named(xml: Any) -> str:
    return _name(xml) or xml.get("id") or local(xml)


def error(xml: Any, code: str, sentence: str) -> Finding:
    return Finding("error", xml.get("id") or "", f"“{named(xml)}”：{sentence}", code)


def warning(xml: Any, code: str, sentence: str) -> Finding:
    return Finding("warning", xml.get("id") or "", f"“{named(xml)}”：{sentence}", code)
