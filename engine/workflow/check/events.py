"""Elements that the engine does not run as drawn, and events that would never come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from engine.workflow.check.drawing import (
    Drawing,
    Node,
    error,
    owner_of,
    tag,
    warning,
)
from engine.workflow.check.findings import Finding
from engine.workflow.elements import BPMN, properties

FORBIDDEN = {
    "inclusiveGateway": "包容网关不能使用，请改用排他网关或并行网关。",
    "complexGateway": "复杂网关不能使用，请改用排他网关或并行网关。",
    "adHocSubProcess": "即兴子流程不能使用，请改用普通子流程。",
    "linkEventDefinition": "链接事件不能使用，请直接连线。",
    "compensateEventDefinition": "补偿事件不能使用，请把退回、冲销画成普通步骤。",
}
REFERENCES = {
    "message": ("messageRef", "消息"),
    "signal": ("signalRef", "信号"),
    "error": ("errorRef", "错误"),
    "escalation": ("escalationRef", "升级"),
}


def events(drawing: Drawing) -> Iterator[Finding]:
    yield from _forbidden(drawing)
    yield from _references(drawing)
    for node in drawing.of_kind("eventBasedGateway"):
        yield from _event_gateway(drawing, node)
    for host, attached in drawing.attached.items():
        yield from _boundary(drawing, host, attached)
    for node in drawing.nodes.values():
        yield from _placed(node)


def _forbidden(drawing: Drawing) -> Iterator[Finding]:
    for xml in drawing.root.iter(f"{{{BPMN}}}*"):
        kind = tag(xml)
        if kind in FORBIDDEN:
            owner = xml if xml.get("id") and "Event" not in kind else owner_of(xml)
            yield error(owner, f"forbidden.{kind}", FORBIDDEN[kind])
        if kind == "subProcess" and xml.get("triggeredByEvent") == "true":
            sentence = "事件子流程不能使用，请改用边界事件。"
            yield error(xml, "forbidden.eventSubProcess", sentence)
        if kind == "signalEventDefinition" and tag(xml.getparent()) == "endEvent":
            sentence = "信号结束事件不能使用，请在前面加一个信号抛出事件。"
            yield error(xml.getparent(), "forbidden.signalEndEvent", sentence)


def _references(drawing: Drawing) -> Iterator[Finding]:
    """Messages and the like exist and have names: the engine finds them by name."""
    for node in drawing.nodes.values():
        holders = node.definitions
        if node.kind in ("sendTask", "receiveTask"):
            holders = holders or [node.xml]
        for holder in holders:
            kind = tag(holder).removesuffix("EventDefinition")
            kind = "message" if kind in ("sendTask", "receiveTask") else kind
            if kind in REFERENCES:
                yield from _reference(drawing, node, holder, kind)
    for (kind, _id), xml in drawing.definitions.items():
        if kind in ("message", "signal") and not (xml.get("name") or "").strip():
            yield error(xml, f"{kind}.no_name", f"{REFERENCES[kind][1]}没有名称。")


def _reference(
    drawing: Drawing, node: Node, holder: Any, kind: str
) -> Iterator[Finding]:
    attribute, word = REFERENCES[kind]
    wanted = holder.get(attribute)
    if not wanted and kind in ("message", "signal"):
        yield error(node.xml, f"{kind}.missing", f"没有选择是哪一个{word}。")
    elif wanted and (kind, wanted) not in drawing.definitions:
        yield error(node.xml, f"{kind}.unknown", f"{word}“{wanted}”没有定义。")


def caught(drawing: Drawing, node: Node) -> list[tuple[str, str]]:
    """What an event waits for: (kind, id of message or signal; of others empty)."""
    holders = node.definitions
    if node.kind == "receiveTask":
        return [("message", node.xml.get("messageRef") or "")]
    kinds = [tag(holder).removesuffix("EventDefinition") for holder in holders]
    names = [REFERENCES.get(kind, ("", ""))[0] for kind in kinds]
    return [
        (kind, holder.get(name) or "" if name else "")
        for kind, name, holder in zip(kinds, names, holders, strict=True)
    ]


def _event_gateway(drawing: Drawing, gateway: Node) -> Iterator[Finding]:
    waits: list[tuple[str, str]] = []
    for flow in drawing.outgoing[gateway.id]:
        target = drawing.nodes.get(flow.target)
        if target is None:
            continue
        found = caught(drawing, target)
        catches = target.kind in ("intermediateCatchEvent", "receiveTask")
        if not catches or {kind for kind, _ in found} - {"message", "signal", "timer"}:
            sentence = "事件网关后面只能是消息、信号或定时事件。"
            yield error(target.xml, "event_gateway.target", sentence)
        if len(drawing.incoming[target.id]) > 1:
            sentence = "事件网关后面的事件不能再有别的连线进来。"
            yield error(target.xml, "event_gateway.shared", sentence)
        waits += found
    yield from _twice(gateway, waits)


def _twice(node: Node, waits: list[tuple[str, str]]) -> Iterator[Finding]:
    counts = Counter(waits)
    if sum(count for (kind, _), count in counts.items() if kind == "timer") > 1:
        sentence = "一次等待里只能有一个定时，请只留最早的一个。"
        yield error(node.xml, "timer.two", sentence)
    for (kind, name), count in counts.items():
        if kind != "timer" and count > 1:
            sentence = "等的是同一件事，请只留一个。"
            yield error(node.xml, "event_gateway.same", sentence)


def _boundary(drawing: Drawing, host: str, attached: list[Node]) -> Iterator[Finding]:
    repeating = [node for node in attached if not node.interrupts]
    seen: set[tuple[str, str]] = set()
    for node in repeating:
        for what in caught(drawing, node):
            if what[0] not in ("message", "signal"):
                continue
            if what in seen:
                sentence = "同一步骤上有两个不中断的边界事件等同一件事，请只留一个。"
                yield error(node.xml, "boundary.twice", sentence)
            elif properties(node.xml).get("once") != "yes":  # meant so
                sentence = "这个不中断的边界事件只会触发一次，再来就不理会了。"
                yield warning(node.xml, "boundary.once", sentence)
            seen.add(what)


def _placed(node: Node) -> Iterator[Finding]:
    kinds = [tag(holder) for holder in node.definitions]
    if node.kind == "boundaryEvent" and not kinds:
        yield error(node.xml, "event.empty", "没有选择由什么触发。")
    if node.kind == "intermediateCatchEvent" and not kinds:
        yield error(node.xml, "event.empty", "没有选择等待什么。")
    if node.kind not in ("intermediateThrowEvent", "endEvent"):
        yield from _twice(node, [(kind[:5], "") for kind in kinds if "timer" in kind])
    if "cancelEventDefinition" in kinds and not _in_transaction(node):
        yield error(node.xml, "cancel.outside", "取消事件只能用在事务里。")
    for kind in kinds:
        if kind not in _MAY_HOLD.get(node.kind, ()) and kind not in FORBIDDEN:
            sentence = "这种事件不能放在这里，引擎不会执行。"
            yield error(node.xml, "event.misplaced", sentence)


def _in_transaction(node: Node) -> bool:
    """Whether a transaction is what a cancel event ends, or is attached to."""
    parent = node.xml.getparent()
    if node.kind == "boundaryEvent":
        return any(x.get("id") == node.host and tag(x) == "transaction" for x in parent)
    return tag(parent) == "transaction"


_WAITED = ("messageEventDefinition", "signalEventDefinition", "timerEventDefinition")
_CODED = ("errorEventDefinition", "escalationEventDefinition", "cancelEventDefinition")
# What SpiffWorkflow's parsers look for in each kind of event; the rest they ignore.
_MAY_HOLD = {
    "startEvent": (*_WAITED, "conditionalEventDefinition"),
    "intermediateCatchEvent": (*_WAITED, "conditionalEventDefinition"),
    "boundaryEvent": (*_WAITED, *_CODED, "conditionalEventDefinition"),
    "intermediateThrowEvent": (
        "messageEventDefinition",
        "signalEventDefinition",
        "escalationEventDefinition",
    ),
    "endEvent": (
        *_CODED,
        "messageEventDefinition",
        "signalEventDefinition",  # refused above, by its own sentence
        "terminateEventDefinition",
    ),
}
