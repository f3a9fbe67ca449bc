"""Reading semantic BPMN 2.0 (formal/2011-01-03) into what is to be drawn.

A scope is what shares one grid: all pools of a collaboration, or the inside of one
expanded sub-process. A band is a horizontal strip of a scope: a lane, a pool without
lanes, or the whole of a scope that has neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.workflow.layout import text

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
TASK = (100, 80)
SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
NOTE_WIDTH = 130
_SIZES = {"event": (36, 36), "gateway": (50, 50), "task": TASK, "data": (36, 50)}


@dataclass
class Node:
    """One shape; sizes in px. ``anchor`` is how far below its top its flows dock."""

    id: str
    kind: str  # event, gateway, task, sub, note, data or pool
    name: str
    width: int
    height: int
    host: str | None = None
    band: int = 0
    anchor: int = 0
    element: Any = None

    @property
    def satellite(self) -> bool:
        return self.kind in ("note", "data")


@dataclass(frozen=True)
class Flow:
    id: str
    source: str
    target: str
    name: str
    kind: str = "sequence"  # or message, association


@dataclass(frozen=True)
class Band:
    """A lane (``id``), or a pool without lanes (``id`` None); ``pool`` is its participant."""

    id: str | None
    name: str
    pool: str | None
    pool_name: str = ""
    black_box: bool = False


@dataclass
class Scope:
    bands: list[Band]
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    inner: dict[str, Scope] = field(default_factory=dict)
    parents: dict[str, str] = field(
        default_factory=dict
    )  # outer lane id of a band's lane

    def host(self, node: str) -> str:
        """The activity a boundary event sits on, or the node itself."""
        return self.nodes[node].host or node

    def siblings(self, one: str, other: str) -> bool:
        """Two boundary events of the same activity?"""
        host = self.nodes[one].host
        return one != other and host is not None and host == self.nodes[other].host

    def attached(self, host: str) -> list[str]:
        return [n.id for n in self.nodes.values() if n.host == host]


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


def children(element: Any, *names: str) -> Iterator[Any]:
    for child in element.iterchildren(f"{{{BPMN}}}*"):
        if not names or local(child) in names:
            yield child


def _kind(element: Any) -> str | None:
    name = local(element)
    if name in SUBPROCESSES:
        return "sub"
    if name.endswith(("Task", "task")) or name == "callActivity":
        return "task"
    if name.endswith("Event"):
        return "event"
    if name.endswith("Gateway"):
        return "gateway"
    if name in ("dataObjectReference", "dataStoreReference"):
        return "data"
    return "note" if name == "textAnnotation" else None


def _node(element: Any, kind: str) -> Node:
    name = element.get("name") or ""
    if kind == "note":
        name = "".join(t.text or "" for t in children(element, "text"))
        lines = len(text.wrap(name, NOTE_WIDTH - 14, text.INSIDE))
        size = NOTE_WIDTH, max(30, text.height(lines, text.INSIDE) + 14)
    else:
        size = _SIZES.get(kind, TASK)
    node = Node(element.get("id"), kind, name, *size, element=element)
    node.anchor = node.height // 2
    node.host = element.get("attachedToRef")
    return node


def _flow(element: Any, kind: str) -> Flow:
    get = element.get
    return Flow(get("id"), get("sourceRef"), get("targetRef"), get("name") or "", kind)


def _data_flows(node: Any) -> Iterator[Flow]:
    """Data associations hold their ends as elements; the activity is the other end."""
    for link in children(node, "dataInputAssociation", "dataOutputAssociation"):
        incoming = local(link) == "dataInputAssociation"
        for end in children(link, "sourceRef" if incoming else "targetRef"):
            ends = (end.text or "").strip(), node.get("id")
            source, target = ends if incoming else ends[::-1]
            yield Flow(link.get("id") or "", source, target, "", "association")


def _fill(scope: Scope, container: Any, band: int) -> None:
    """Nodes and flows of a process or sub-process; sub-processes become scopes of their own."""
    for element in children(container):
        kind = _kind(element)
        if kind:
            node = scope.nodes[element.get("id")] = _node(element, kind)
            node.band = band
            scope.flows += _data_flows(element)
            if kind == "sub" and any(_kind(child) for child in children(element)):
                scope.inner[node.id] = read_inner(element)
        elif local(element) == "sequenceFlow":
            scope.flows.append(_flow(element, "sequence"))
        elif local(element) == "association":
            scope.flows.append(_flow(element, "association"))


def _leaf_lanes(lane_set: Any, scope: Scope) -> Iterator[Any]:
    for lane in children(lane_set, "lane"):
        nested = list(children(lane, "childLaneSet"))
        leaves = [leaf for inner in nested for leaf in _leaf_lanes(inner, scope)]
        for leaf in leaves:
            scope.parents.setdefault(leaf.get("id"), lane.get("id"))
        yield from leaves or [lane]


def _add_process(scope: Scope, process: Any, pool: str | None, name: str) -> None:
    first = len(scope.bands)
    for lane_set in children(process, "laneSet"):
        for lane in _leaf_lanes(lane_set, scope):
            lane_name = lane.get("name") or ""
            scope.bands.append(Band(lane.get("id"), lane_name, pool, name))
    if len(scope.bands) == first:
        scope.bands.append(Band(None, "", pool, name))
    _fill(scope, process, first)
    known: dict[str, int] = {}
    for lane in process.iter(f"{{{BPMN}}}lane"):
        for number in range(first, len(scope.bands)):
            if scope.bands[number].id == lane.get("id"):
                refs = (r.text or "" for r in children(lane, "flowNodeRef"))
                known.update({ref.strip(): number for ref in refs})
    _spread_bands(scope, known)


def _spread_bands(scope: Scope, known: dict[str, int]) -> None:
    """Who is in no lane stays with a neighbour that is (notes with what they explain)."""
    for node, band in known.items():
        if node in scope.nodes:
            scope.nodes[node].band = band
    for flow in scope.flows:
        for node, other in ((flow.target, flow.source), (flow.source, flow.target)):
            if node in scope.nodes and node not in known and other in known:
                known[node] = scope.nodes[node].band = known[other]
    for one in scope.nodes.values():
        if one.host in scope.nodes:
            one.band = scope.nodes[one.host].band


def read_inner(container: Any) -> Scope:
    """The scope inside a sub-process."""
    scope = Scope([])
    _add_process(scope, container, None, "")
    return _tidy(scope)


def read(root: Any) -> Scope:
    """The outermost scope of a ``definitions`` element: its pools, or its process."""
    scope = Scope([])
    processes = {p.get("id"): p for p in children(root, "process")}
    collaboration = next(children(root, "collaboration"), None)
    pools = [] if collaboration is None else children(collaboration, "participant")
    for pool in pools:
        process = processes.pop(pool.get("processRef"), None)
        if process is None:
            _add_black_box(scope, pool)
        else:
            _add_process(scope, process, pool.get("id"), pool.get("name") or "")
    if collaboration is None:
        for process in list(processes.values())[:1]:
            _add_process(scope, process, None, "")
    else:
        _fill(scope, collaboration, 0)
        for element in children(collaboration, "messageFlow"):
            scope.flows.append(_flow(element, "message"))
        _spread_bands(scope, {n.id: n.band for n in _placed(scope)})
    return _tidy(scope)


def _placed(scope: Scope) -> list[Node]:
    return [n for n in scope.nodes.values() if not n.satellite]


def _add_black_box(scope: Scope, pool: Any) -> None:
    name = pool.get("name") or ""
    scope.bands.append(Band(None, "", pool.get("id"), name, black_box=True))
    node = Node(pool.get("id"), "pool", name, 0, 60, band=len(scope.bands) - 1)
    node.anchor = 30
    scope.nodes[node.id] = node


def _tidy(scope: Scope) -> Scope:
    """Ends inside a sub-process, or on a flow, become the shape that stands for them here."""
    stands = {flow.id: flow.source for flow in scope.flows if flow.source}
    for node, inner in scope.inner.items():
        for each in _all_ids(inner):
            stands[each] = node
    for band in scope.bands:
        first = [n.id for n in _placed(scope) if scope.bands[n.band].pool == band.pool]
        if band.pool and band.pool not in scope.nodes and first:
            stands[band.pool] = first[0]

    def known(end: str) -> str:
        while end not in scope.nodes and end in stands:
            end = stands[end]
        return end

    flows = [
        Flow(f.id, known(f.source), known(f.target), f.name, f.kind)
        for f in scope.flows
    ]
    both = (f for f in flows if f.source in scope.nodes and f.target in scope.nodes)
    scope.flows = [
        f for f in both if f.id and (f.kind == "sequence" or f.source != f.target)
    ]
    for node in scope.nodes.values():
        if node.host not in scope.nodes:
            node.host = None
    return scope


def _all_ids(scope: Scope) -> Iterator[str]:
    yield from scope.nodes
    yield from (flow.id for flow in scope.flows)
    for inner in scope.inner.values():
        yield from _all_ids(inner)
