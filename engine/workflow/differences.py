"""What changed between two versions of a drawing, element by element, for people.

Everything an element says is compared, attribute by attribute, down to the timer of its
boundary event; only positions and sizes (BPMN 2.0, 12: diagram interchange) are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.workflow import xml
from engine.workflow.element_names import KINDS, property_name
from engine.workflow.elements import BPMN, SPIFF, lanes, local

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
    ("cancelActivity", "true"),
    ("isSequential", "false"),
    ("testBefore", "false"),
    ("triggeredByEvent", "false"),
}
_BOOLEANS = {"true": "是", "false": "否"}
_THERE = "有"  # of a definition that says something by being there
_LONG = 60


@dataclass(frozen=True)
class Change:
    """One property; ``before`` or ``after`` is None where there was or is none."""

    property: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Difference:
    """An element ``added``, ``removed`` or ``changed``; ``label`` names it for people."""

    element: str
    kind: str
    name: str
    how: str
    label: str
    changes: tuple[Change, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        if self.how != "changed":
            word = {"added": "新增", "removed": "删去"}[self.how]
            return (f"{word}{self.label}。",)
        return tuple(_sentence(self.label, change) for change in self.changes)


@dataclass(frozen=True)
class _Part:
    """An element of one version: by property what is compared, and what is shown."""

    kind: str
    name: str
    label: str
    values: dict[str, tuple[str, str]] = field(default_factory=dict)


def differences(old_bpmn: bytes, new_bpmn: bytes) -> tuple[Difference, ...]:
    """In the order of the new version's flow; what was removed stands where it was.

    Raises ``xml.DiagramRefused``.
    """
    old, new = (_parts(xml.parse(bpmn)) for bpmn in (old_bpmn, new_bpmn))
    found = (_difference(own, old.get(own), new.get(own)) for own in _order(old, new))
    return tuple(one for one in found if one is not None)


def _difference(own: str, old: _Part | None, new: _Part | None) -> Difference | None:
    shown = new or old
    assert shown is not None
    about = (own, shown.kind, shown.name)
    if old is None or new is None:
        how = "added" if old is None else "removed"
        return Difference(*about, how, shown.label)
    names = dict.fromkeys([*new.values, *old.values])
    pairs = ((name, old.values.get(name), new.values.get(name)) for name in names)
    changes = tuple(
        _change(name, before, after)
        for name, before, after in pairs
        if _differ(before, after)
    )
    if not changes:
        return None
    return Difference(*about, "changed", old.label, changes)


def _differ(before: tuple[str, str] | None, after: tuple[str, str] | None) -> bool:
    if before is None or after is None:
        return before is not after
    return before[0] != after[0]


def _change(
    name: str, before: tuple[str, str] | None, after: tuple[str, str] | None
) -> Change:
    """As people read it: by names, or by ids where two have the same name."""
    shown = 1 if not (before and after and before[1] == after[1]) else 0
    return Change(name, before and before[shown], after and after[shown])


def _order(old: Mapping[str, _Part], new: Mapping[str, _Part]) -> list[str]:
    """The new version's order, each removed element after what stood before it."""
    order = list(new)
    before: str | None = None
    for own in old:
        if own not in new:
            order.insert(order.index(before) + 1 if before is not None else 0, own)
        before = own
    return order


# -- reading ----------------------------------------------------------------------


def _parts(root: Any) -> dict[str, _Part]:
    """Every element that has a meaning of its own, in flow order."""
    nodes = {
        node.get("id"): node for node in root.iter(f"{{{BPMN}}}*") if _is_own(node)
    }
    return {own: _read(nodes[own], nodes, lanes(root)) for own in _flow_order(nodes)}


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


Nodes = Mapping[str, Any]
Values = dict[str, tuple[str, str]]


def _read(node: Any, nodes: Nodes, in_lane: Mapping[str, tuple[str, str]]) -> _Part:
    kind = local(node)
    values: Values = {"kind": (kind, KINDS.get(kind, kind))}
    if node.get("id") in in_lane:
        lane, title = in_lane[node.get("id")]
        values["lane"] = (lane, title or lane)
    values.update(_values(node, nodes))
    return _Part(kind, (node.get("name") or "").strip(), _label(node, nodes), values)


def _values(node: Any, nodes: Nodes) -> Values:
    """Every attribute and text of an element and of what is inside it, by its path."""
    found = _attributes(node, "", nodes)
    seen: Counter[str] = Counter()
    todo = [(child, "") for child in reversed(node)]
    while todo:
        child, above = todo.pop()
        if local(child) in _SKIPPED or child.get("id") in nodes:
            continue
        path = _path(child, above)
        if local(child) not in _PLAIN:
            seen[path] += 1
            path = path if seen[path] == 1 else f"{path}#{seen[path]}"
            found.update(_own_text(child, path, nodes))
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


def _own_text(child: Any, path: str, nodes: Nodes) -> Values:
    text = (child.text or "").strip()
    if text:
        return {path: (text, _resolved(text, nodes))}
    if local(child).endswith(("EventDefinition", "LoopCharacteristics")):
        return {path: (_THERE, _THERE)}
    return {}


def _attributes(child: Any, path: str, nodes: Nodes) -> Values:
    found = {}
    for key, value in child.attrib.items():
        name = key.rpartition("}")[2]
        if _is_hidden(child, name) or (name, value) in _DEFAULTS:
            continue
        if name == "id" or (name == "value" and path):
            told = path  # the operation; the value of a property or parameter
        else:
            told = f"{path}@{name}" if path else name
        is_reference = name.endswith("Ref") or name == "default"
        shown = _resolved(value, nodes) if is_reference else _BOOLEANS.get(value, value)
        found[told] = (value, shown)
    return found


def _is_hidden(child: Any, name: str) -> bool:
    """Ids are no content, but those of an operation; xsi:type only says how it is read."""
    kind = local(child) if child.tag.startswith(f"{{{SPIFF}}}") else ""
    if name == "id":
        return kind != "serviceTaskOperator"
    if name == "type":
        return not kind
    return name == "name" and kind == "property"


def _resolved(value: str, nodes: Nodes) -> str:
    """A reference by the name of what it points to."""
    found = nodes.get(value)
    if found is None:
        return value
    if local(found) == "sequenceFlow":
        return _label(found, nodes)
    return str(found.get("name") or value)


# -- words ------------------------------------------------------------------------


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


def _sentence(label: str, change: Change) -> str:
    what = f"{label}的{property_name(change.property)}"
    before, after = change.before, change.after
    if max(len(before or ""), len(after or "")) > _LONG or "\n" in f"{before}{after}":
        return f"{what}改了。"
    if before is None:
        return f"{what}新设为“{after}”。" if after != _THERE else f"{what}是新加的。"
    if after is None:
        return f"{what}“{before}”删去了。" if before != _THERE else f"{what}删去了。"
    return f"{what}由“{before}”改为“{after}”。"
