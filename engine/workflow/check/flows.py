"""Every flow leads somewhere, every gateway knows which way to go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.workflow.check.drawing import (
    ACTIVITIES,
    GATEWAYS,
    Drawing,
    Flow,
    Node,
    error,
)
from engine.workflow.check.findings import Finding
from engine.workflow.elements import BPMN


def flows(drawing: Drawing) -> Iterator[Finding]:
    yield from _references(drawing)
    for flow in drawing.flows:
        yield from _flow(drawing, flow)
    for node in drawing.nodes.values():
        yield from _ends_of(drawing, node)
        if node.kind == "exclusiveGateway":
            yield from _exclusive(drawing, node)
        elif node.kind == "parallelGateway":
            yield from _parallel(drawing, node)
    yield from _unreachable(drawing)
    yield from _circles(drawing)


def _references(drawing: Drawing) -> Iterator[Finding]:
    known = drawing.nodes
    for flow in drawing.flows:
        for end, word in ((flow.source, "起点"), (flow.target, "终点")):
            if end not in known:
                yield error(flow.xml, "flow.dangling", f"连线的{word}“{end}”不存在。")
    for node in drawing.of_kind("boundaryEvent"):
        host = known.get(node.host)
        if host is None:
            sentence = f"附着的步骤“{node.host}”不存在。"
            yield error(node.xml, "boundary.host", sentence)
        elif host.kind not in ACTIVITIES or host.scope != node.scope:
            sentence = "边界事件只能附着在同一层的步骤上。"
            yield error(node.xml, "boundary.host", sentence)
    for reference in drawing.root.iter(f"{{{BPMN}}}flowNodeRef"):
        if (reference.text or "").strip() not in known:
            sentence = f"泳道里的“{reference.text}”不存在。"
            yield error(reference.getparent(), "lane.reference", sentence)


def _flow(drawing: Drawing, flow: Flow) -> Iterator[Finding]:
    source, target = drawing.nodes.get(flow.source), drawing.nodes.get(flow.target)
    if source is None or target is None:
        return
    if source.scope != target.scope:
        yield error(flow.xml, "flow.crosses", "连线不能穿过子流程的边框。")
    if flow.condition and source.kind != "exclusiveGateway":
        yield error(flow.xml, "flow.condition", "条件只能写在排他网关流出的连线上。")
    if source.kind == "endEvent":
        yield error(flow.xml, "flow.from_end", "结束事件后面不能再有连线。")
    if target.kind in ("startEvent", "boundaryEvent"):
        yield error(flow.xml, "flow.to_start", "连线不能进入开始事件或边界事件。")


def _ends_of(drawing: Drawing, node: Node) -> Iterator[Finding]:
    into, out = drawing.incoming[node.id], drawing.outgoing[node.id]
    if not into and node.kind not in ("startEvent", "boundaryEvent"):
        if node.xml.get("triggeredByEvent") != "true":
            yield error(node.xml, "node.no_incoming", "没有连线进来，永远走不到。")
    if not out and node.kind != "endEvent":
        if node.xml.get("triggeredByEvent") != "true":
            yield error(
                node.xml, "node.no_outgoing", "后面没有连线，请连到下一步或结束事件。"
            )
    if len(out) > 1 and node.kind not in GATEWAYS:
        yield error(
            node.xml,
            "flow.implicit_split",
            "流出的连线不止一条，请在后面加一个网关来分支。",
        )


def _exclusive(drawing: Drawing, node: Node) -> Iterator[Finding]:
    out = drawing.outgoing[node.id]
    default = node.xml.get("default")
    if default and default not in [flow.id for flow in out]:
        yield error(node.xml, "gateway.default", f"默认连线“{default}”不从这里流出。")
    if len(out) == 1 and out[0].condition:
        yield error(
            out[0].xml,
            "gateway.single_condition",
            "网关只流出这一条连线，不能写条件：条件不成立时就走不下去了。",
        )
    for flow in out if len(out) > 1 else ():
        if flow.id == default and flow.condition:
            yield error(
                flow.xml, "gateway.default_condition", "默认连线上不能再写条件。"
            )
        if flow.id != default and not flow.condition:
            yield error(
                flow.xml, "gateway.no_condition", "这条连线没有条件，也不是默认连线。"
            )


def _parallel(drawing: Drawing, node: Node) -> Iterator[Finding]:
    into = drawing.incoming[node.id]
    for source, count in Counter(flow.source for flow in into).items():
        # The library counts the steps before a join, not the flows into it.
        if count > 1:
            yield error(
                node.xml,
                "flow.double",
                f"从“{drawing.label(source)}”到这里有 {count} 条连线，"
                "会合时只算一条，请删去多余的。",
            )


def _unreachable(drawing: Drawing) -> Iterator[Finding]:
    """Nodes on islands: no start leads there, or no end is ever reached from there."""
    entries = [
        node.id
        for node in drawing.nodes.values()
        if node.kind == "startEvent" or not drawing.incoming[node.id]
    ]
    ends = [
        node.id
        for node in drawing.nodes.values()
        if node.kind == "endEvent" or not drawing.outgoing[node.id]
    ]
    reached = _closure(entries, _next(drawing))
    ending = _closure(ends, _before(drawing))
    for node in drawing.nodes.values():
        if node.kind != "boundaryEvent" and node.id not in reached:
            yield error(
                node.xml, "node.unreachable", "从开始事件走不到这里，请检查连线。"
            )
        elif node.id not in ending:
            yield error(
                node.xml, "node.endless", "从这里走不到任何结束事件，请检查连线。"
            )


def _next(drawing: Drawing) -> Mapping[str, Sequence[str]]:
    return {node: drawing.following(node) for node in drawing.nodes}


def _before(drawing: Drawing) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for node, following in _next(drawing).items():
        for target in following:
            found.setdefault(target, []).append(node)
    return found


def _closure(first: Sequence[str], step: Mapping[str, Any]) -> set[str]:
    found, stack = set(first), list(first)
    while stack:
        for other in step.get(stack.pop(), ()):
            if other not in found:
                found.add(other)
                stack.append(other)
    return found


def _circles(drawing: Drawing) -> Iterator[Finding]:
    """Ways round without a choice: the library foresees steps up to the next choice,
    and would do so without end, even if a boundary event leads out."""
    chosen = ("exclusiveGateway", "eventBasedGateway", "boundaryEvent")
    after = {
        node.id: {
            flow.target
            for flow in drawing.outgoing[node.id]
            if drawing.nodes[flow.target].kind not in chosen
        }
        for node in drawing.nodes.values()
        if node.kind not in chosen
        and all(flow.target in drawing.nodes for flow in drawing.outgoing[node.id])
    }
    for node in drawing.nodes.values():
        if node.id in after and node.id in _closure(list(after[node.id]), after):
            yield error(
                node.xml,
                "flow.circle",
                "从这里绕一圈回来，中间没有排他网关决定要不要再绕，引擎会停不下来。",
            )
            return
