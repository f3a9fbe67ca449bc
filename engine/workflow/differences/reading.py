"""What each element of a drawing says: every attribute and text, by a readable path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.workflow.differences.names import KINDS
from engine.workflow.elements import BPMN, lanes, local

# parts of a path that say nothing to a person
_PLAIN = frozenset({"extensionElements", "properties", "parameters"})
# what holds elements of their own, what is none of them, what only points back or draws
_HOLDERS = frozenset(
    {"definitions", "collaboration", "process", "subProcess", "transaction"}
    | {"laneSet", "childLaneSet"}
)
_NO_ELEMENTS = frozenset(
    {"collaboration", "laneSet", "ioSpecification", "association", "group", "category"}
)
_SKIPPED = frozenset({"incoming", "outgoing", "flowNodeRef", "laneSet", "unitTests"})
_SKIPPED |= _NO_ELEMENTS - {"ioSpecification"}
# what an attribute means where it is not written (BPMN 2.0 XML schema)
_DEFAULTS = {
    "boundaryEvent": {"cancelActivity": "true"},
    "multiInstanceLoopCharacteristics": {"isSequential": "false"},
    "standardLoopCharacteristics": {"testBefore": "false"},
    "subProcess": {"triggeredByEvent": "false"},
}
# the id of an operation is its name, that of a data item the variable's
_NAMED_BY_ID = frozenset(
    {
        "serviceTaskOperator",
        "inputDataItem",
        "outputDataItem",
        "dataInput",
        "dataOutput",
    }
)
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_BOOLEANS = {"true": "是", "false": "否"}
THERE = "有"  # of a definition that says something by being there

Nodes = Mapping[str, Any]
Values = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Described:
    """An element of one version: by property what is compared, and what is shown."""

    kind: str
    name: str
    label: str
    values: Values = field(default_factory=dict)


def described(root: Any) -> dict[str, Described]:
    """Every element that has a meaning of its own, in flow order."""
    nodes = {
        node.get("id"): node for node in root.iter(f"{{{BPMN}}}*") if _is_own(node)
    }
    in_lane = lanes(root)
    return {own: _read(nodes[own], nodes, in_lane) for own in _flow_order(nodes)}


def _is_own(node: Any) -> bool:
    held = node.getparent() is not None and local(node.getparent()) in _HOLDERS
    return bool(held and node.get("id") and local(node) not in _NO_ELEMENTS)


def _flow_order(nodes: Mapping[str, Any]) -> list[str]:
    """Pools and lanes; then steps as the flows reach them, each followed by what hangs on
    it, lies in it and leads out of it; then messages and the like."""
    after: dict[str | None, list[str]] = {own: [] for own in nodes}
    for own, node in nodes.items():
        if node.get("attachedToRef") in after:
            after[node.get("attachedToRef")].append(own)
    for own, node in nodes.items():
        if local(node) == "startEvent" and node.getparent().get("id") in after:
            after[node.getparent().get("id")].append(own)
    for own, node in nodes.items():
        if local(node) == "sequenceFlow" and node.get("sourceRef") in after:
            after[node.get("sourceRef")].append(own)
            after[own].append(node.get("targetRef"))
    order: dict[str, None] = {}
    rank = {"participant": 0, "lane": 1, "process": 2}
    starts = sorted(nodes, key=lambda own: rank.get(local(nodes[own]), 3))
    todo = list(reversed(starts))
    while todo:
        own = todo.pop()
        if own not in order and own in nodes:
            order[own] = None
            todo.extend(reversed(after[own]))
    return list(order)


def _read(node: Any, nodes: Nodes, in_lane: Mapping[str, tuple[str, str]]) -> Described:
    kind = local(node)
    values: Values = {"kind": (kind, KINDS.get(kind, kind))}
    if node.get("id") in in_lane:
        lane, title = in_lane[node.get("id")]
        values["lane"] = (lane, title or lane)
    values.update(_values(node, nodes))
    return Described(
        kind, (node.get("name") or "").strip(), _label(node, nodes), values
    )


def _values(node: Any, nodes: Nodes) -> Values:
    """Every attribute and text of an element and of what is inside it, by its path."""
    found = _attributes(node, "", nodes)
    seen: Counter[str] = Counter()
    todo = [(child, "") for child in reversed(node)]
    while todo:
        child, above = todo.pop()
        if local(child) in _SKIPPED or _is_own(child):
            continue
        path = _path(child, above)
        if local(child) not in _PLAIN:
            seen[path] += 1
            path = path if seen[path] == 1 else f"{path}#{seen[path]}"
            found.update(_own_text(child, path))
            found.update(_attributes(child, path, nodes))
        todo.extend((inner, path) for inner in reversed(child))
    return found


def _path(child: Any, above: str) -> str:
    """``a/b``; a named property or parameter under its name, not under its place."""
    name = local(child)
    if name in _PLAIN:
        return above
    told = {"property": child.get("name"), "parameter": child.get("id")}.get(name)
    own = f"{name}[{told}]" if told else name
    return f"{above}/{own}" if above else own


def _own_text(child: Any, path: str) -> Values:
    text = (child.text or "").strip()
    if text:
        return {path: (text, text)}
    if local(child).endswith(("EventDefinition", "LoopCharacteristics")):
        return {path: (THERE, THERE)}
    return {}


def _attributes(child: Any, path: str, nodes: Nodes) -> Values:
    found = {}
    for key, value in {**_DEFAULTS.get(local(child), {}), **child.attrib}.items():
        name = key.rpartition("}")[2]
        if _is_hidden(child, key):
            continue
        if name == "id" or (name == "value" and path):
            told = path  # what it names; the value of a property or parameter
        else:
            told = f"{path}@{name}" if path else name
        is_reference = name.endswith("Ref") or name == "default"
        shown = _resolved(value, nodes) if is_reference else _BOOLEANS.get(value, value)
        found[told] = (value, shown)
    return found


def _is_hidden(child: Any, key: str) -> bool:
    """Most ids are no content; xsi:type only says how a text is to be read."""
    if key == "id":
        return local(child) not in _NAMED_BY_ID
    if key == "name":
        return local(child) == "property"  # it stands in the path
    return key == _XSI_TYPE


def _resolved(value: str, nodes: Nodes) -> str:
    """A reference by the name of what it points to."""
    found = nodes.get(value)
    if found is None:
        return value
    if local(found) == "sequenceFlow":
        return _label(found, nodes)
    return str(found.get("name") or value)


def _label(node: Any, nodes: Nodes) -> str:
    kind = local(node)
    word = KINDS.get(kind, kind)
    if kind == "sequenceFlow":
        ends = (_resolved(node.get(end, ""), nodes) for end in _ENDS)
        return "从“{}”到“{}”的连线".format(*ends)
    if kind == "textAnnotation":
        return f"{word} {node.get('id')}"
    return f"{word}“{(node.get('name') or '').strip() or node.get('id')}”"


_ENDS = ("sourceRef", "targetRef")
