"""What a model says of each element beyond what SpiffWorkflow keeps: read from the XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine.progress import Element

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
NAMESPACES = {"bpmn": BPMN, "spiff": SPIFF}

_FLOW_NODES = (
    "Task",
    "Event",
    "Gateway",
    "callActivity",
    "subProcess",
    "transaction",
    "task",
)


def local(node: Any) -> str:
    return str(etree.QName(node).localname)


def is_flow_node(node: Any) -> bool:
    return (
        isinstance(node.tag, str)
        and node.tag.startswith(f"{{{BPMN}}}")
        and local(node).endswith(_FLOW_NODES)
        and node.get("id") is not None
    )


def flow_nodes(root: Any) -> Iterator[Any]:
    return (node for node in root.iter(f"{{{BPMN}}}*") if is_flow_node(node))


def properties(node: Any) -> dict[str, str]:
    """The ``spiffworkflow:property`` entries of an element, by name."""
    found = node.xpath(
        "bpmn:extensionElements/spiff:properties/spiff:property", namespaces=NAMESPACES
    )
    return {p.get("name", ""): p.get("value", "") for p in found}


def lanes(root: Any) -> dict[str, tuple[str, str]]:
    """Element id to (lane id, lane name), the innermost lane winning."""
    found: dict[str, tuple[str, str]] = {}
    for lane in root.iter(f"{{{BPMN}}}lane"):
        for reference in lane.findall(f"{{{BPMN}}}flowNodeRef"):
            place = (lane.get("id", ""), lane.get("name", ""))
            found[(reference.text or "").strip()] = place
    return found


def read_elements(root: Any) -> dict[str, Element]:
    """Every flow node of a model by id; lanes of a subprocess count for what is in it."""
    in_lane = lanes(root)
    lane_properties = {
        lane.get("id"): properties(lane) for lane in root.iter(f"{{{BPMN}}}lane")
    }
    return {
        node.get("id"): _element(node, in_lane, lane_properties)
        for node in flow_nodes(root)
    }


def _message_name(node: Any) -> str | None:
    """The name of the message that an event catches, by its reference."""
    definition = node.find(f"{{{BPMN}}}messageEventDefinition")
    holder = node if definition is None else definition
    reference = holder.get("messageRef")
    if reference is None:
        return None
    for message in node.getroottree().iter(f"{{{BPMN}}}message"):
        if message.get("id") == reference:
            return str(message.get("name") or reference)
    return None


def start_rule(node: Any) -> Any | None:
    """The text of a start by the clock, an expression over ``day``; not Spiff's timer: our
    clock starts the case, which then begins at once."""
    if local(node) != "startEvent":
        return None
    return node.find(f"{{{BPMN}}}timerEventDefinition/{{{BPMN}}}timeCycle")


def _element(
    node: Any,
    in_lane: Mapping[str, tuple[str, str]],
    lane_properties: Mapping[str, Mapping[str, str]],
) -> Element:
    own = properties(node)
    message = _message_name(node)
    if message is not None:
        own["message"] = message
    rule = start_rule(node)
    if rule is not None and (rule.text or "").strip():
        own["starts"] = rule.text.strip()
    place = node
    while place is not None and place.get("id") not in in_lane:
        place = place.getparent()
    role = in_lane[place.get("id")][0] if place is not None else ""
    role = own.get("role", role)
    worked_by = (
        own.get("worked_by") or lane_properties.get(role, {}).get("worked_by") or role
    )
    kind = local(node)
    form = own.get("form", node.get("id")) if kind == "userTask" else None
    instructions = node.findtext(
        "bpmn:extensionElements/spiff:instructionsForEndUser",
        default="",
        namespaces=NAMESPACES,
    )
    return Element(
        id=node.get("id"),
        kind=kind,
        name=node.get("name") or "",
        role=role,
        worked_by=worked_by,
        step=own.get("clause", ""),
        form=form,
        outcome=own.get("outcome"),
        instructions=instructions.strip(),
        properties=own,
    )
