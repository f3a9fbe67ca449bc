"""Reading semantic BPMN 2.0 (formal/2011-01-03) into the graph that is to be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.workflow.layout import text
from engine.workflow.layout.graph import Band, Flow, Node, Scope

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
NOTE_WIDTH = 130  # px
NOTE_PADDING = 14  # px, left and right together, as in bpmn-js
_TASK = (100, 80)
_SIZES = {"event": (36, 36), "gateway": (50, 50), "data": (36, 50)}


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


def children(element: Any, *names: str) -> Iterator[Any]:
    """The BPMN elements right below an element, of these names only."""
    for child in element.iterchildren(f"{{{BPMN}}}*"):
        if not names or local(child) in names:
            yield child


def shown(root: Any) -> Any:
    """What the diagram of a ``definitions`` element shows: its pools, or its first process.

    None when there is neither.
    """
    for collaboration in children(root, "collaboration"):
        if next(children(collaboration, "participant"), None) is not None:
            return collaboration
    return next(children(root, "process"), None)


def read(root: Any) -> Scope:
    """The outermost scope of a ``definitions`` element with something to show."""
    scope = Scope([])
    collaboration = shown(root)
    if local(collaboration) == "process":
        _add_process(scope, collaboration, None)
        return _with_ends_here(scope)
    processes = {p.get("id"): p for p in children(root, "process")}
    for pool in children(collaboration, "participant"):
        process = processes.pop(pool.get("processRef"), None)
        if process is None:
            _add_black_box(scope, pool)
        else:
            _add_process(scope, process, pool.get("id"))
    _fill(scope, collaboration, 0)
    for element in children(collaboration, "messageFlow"):
        scope.flows.append(_flow(element, "message"))
    _spread_bands(scope, {n.id: n.band for n in _placed(scope)})
    return _with_ends_here(scope)


def _add_black_box(scope: Scope, pool: Any) -> None:
    name = pool.get("name") or ""
    scope.bands.append(Band(None, name, pool.get("id"), black_box=True))
    band = len(scope.bands) - 1
    node = Node(pool.get("id"), "pool", name, 0, 60, band=band, anchor=30)
    scope.nodes[node.id] = node


def _add_process(scope: Scope, process: Any, pool: str | None) -> None:
    first = len(scope.bands)
    known: dict[str, int] = {}
    for lane, outer in _leaf_lanes(process):
        for reference in children(lane, "flowNodeRef"):
            known[(reference.text or "").strip()] = len(scope.bands)
        scope.bands.append(Band(lane.get("id"), lane.get("name") or "", pool, outer))
    if len(scope.bands) == first:
        scope.bands.append(Band(None, "", pool))
    _fill(scope, process, first)
    _spread_bands(scope, known)


def _leaf_lanes(process: Any) -> Iterator[tuple[Any, str | None]]:
    """Lanes from top to bottom, each with the lane around it (one level of nesting)."""
    for lane_set in children(process, "laneSet"):
        for lane in children(lane_set, "lane"):
            inside = [
                leaf
                for nested in children(lane, "childLaneSet")
                for leaf in nested.iter(f"{{{BPMN}}}lane")
                if next(children(leaf, "childLaneSet"), None) is None
            ]
            if inside:
                yield from ((leaf, lane.get("id")) for leaf in inside)
            else:
                yield lane, None


def _fill(scope: Scope, container: Any, band: int) -> None:
    """The nodes and flows right below an element; a sub-process is a scope of its own."""
    for element in children(container):
        kind = _kind(element)
        if kind and element.get("id"):
            node = scope.nodes[element.get("id")] = _node(element, kind)
            node.band = band
            scope.flows += _data_flows(element)
            if kind == "sub" and any(_kind(child) for child in children(element)):
                inner = scope.inner[node.id] = Scope([])
                _add_process(inner, element, None)
                _with_ends_here(inner)
        elif local(element) in ("sequenceFlow", "association"):
            scope.flows.append(_flow(element, local(element).removesuffix("Flow")))


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
    width, height = _SIZES.get(kind, _TASK)
    if kind == "note":
        name = "".join(part.text or "" for part in children(element, "text"))
        lines = len(text.wrap(name, NOTE_WIDTH - NOTE_PADDING, text.INSIDE))
        width = NOTE_WIDTH
        height = max(30, text.height(lines, text.INSIDE) + NOTE_PADDING)
    node = Node(element.get("id"), kind, name, width, height)
    node.anchor = height // 2
    node.host = element.get("attachedToRef")
    return node


def _flow(element: Any, kind: str) -> Flow:
    get = element.get
    name = get("name") or ""
    return Flow(get("id"), get("sourceRef"), get("targetRef"), name, kind)


def _data_flows(node: Any) -> Iterator[Flow]:
    """Data associations hold their ends as elements; the activity is the other end."""
    for link in children(node, "dataInputAssociation", "dataOutputAssociation"):
        incoming = local(link) == "dataInputAssociation"
        for end in children(link, "sourceRef" if incoming else "targetRef"):
            ends = (end.text or "").strip(), node.get("id")
            source, target = ends if incoming else ends[::-1]
            yield Flow(link.get("id") or "", source, target, "", "association")


def _placed(scope: Scope) -> list[Node]:
    return [n for n in scope.nodes.values() if not n.satellite]


def _spread_bands(scope: Scope, known: dict[str, int]) -> None:
    """Who is in no lane stays with a neighbour that is (notes with what they explain)."""
    for name, band in known.items():
        if name in scope.nodes:
            scope.nodes[name].band = band
    for flow in scope.flows:
        for name, other in ((flow.target, flow.source), (flow.source, flow.target)):
            if name in scope.nodes and name not in known and other in known:
                known[name] = scope.nodes[name].band = known[other]
    for node in scope.nodes.values():
        if node.host in scope.nodes:
            node.band = scope.nodes[node.host].band


def _with_ends_here(scope: Scope) -> Scope:
    """Ends inside a sub-process, or on a flow, become the shape that stands for them here.

    A flow with an end that is nowhere is not drawn; neither is one without an id.
    """
    stands = _stand_ins(scope)

    def known(end: str) -> str:
        for _ in range(len(stands)):
            if end in scope.nodes or end not in stands:
                break
            end = stands[end]
        return end

    flows = [
        Flow(f.id, known(f.source), known(f.target), f.name, f.kind)
        for f in scope.flows
    ]
    scope.flows = [
        f
        for f in flows
        if f.id and f.source in scope.nodes and f.target in scope.nodes
        if f.kind == "sequence" or f.source != f.target
    ]
    for node in scope.nodes.values():
        if node.host not in scope.nodes:
            node.host = None
    return scope


def _stand_ins(scope: Scope) -> dict[str, str]:
    stands = {flow.id: flow.source for flow in scope.flows}
    for name, inner in scope.inner.items():
        stands.update(dict.fromkeys(_all_ids(inner), name))
    for node in reversed(_placed(scope)):
        pool = scope.bands[node.band].pool
        if pool and pool != node.id:
            stands[pool] = node.id
    return stands


def _all_ids(scope: Scope) -> Iterator[str]:
    yield from scope.nodes
    yield from (flow.id for flow in scope.flows)
    for inner in scope.inner.values():
        yield from _all_ids(inner)
