"""What must be right before a process may run: findings, each naming its element.

SpiffWorkflow's parser accepts much that it does not execute (design/spiffworkflow.md
1.1); what is refused here is the list of design/engine.md 8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Refused
from engine.expressions import check_expression, check_script
from engine.progress import Element
from engine.workflow import xml
from engine.workflow.elements import BPMN, NAMESPACES, flow_nodes, local
from engine.workflow.library import Model, Source


@dataclass(frozen=True)
class Finding:
    """``severity`` is ``error`` (cannot be published) or ``warning``."""

    severity: str
    element: str
    sentence: str


@dataclass(frozen=True)
class Catalogue:
    """What a model may name: roles, operations on our tables, extra functions."""

    roles: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    functions: frozenset[str] = field(default_factory=frozenset)


FORBIDDEN = {
    "inclusiveGateway": "包容网关不能使用，请改用排他网关或并行网关。",
    "complexGateway": "复杂网关不能使用。",
    "adHocSubProcess": "即兴子流程不能使用。",
    "linkEventDefinition": "链接事件不能使用，请直接连线。",
    "compensateEventDefinition": "补偿事件不能使用。",
}
RESERVED_IDS = ("Start", "End", "Root")


def check_drawing(source: Source, catalogue: Catalogue) -> list[Finding]:
    """What the file alone shows, before it is parsed; in the order of the drawing."""
    root = xml.parse(source.bpmn)
    return [
        *_ids(root),
        *_references(root),
        *_forbidden(root),
        *_flows(root, catalogue),
        *_scripts(root, catalogue),
        *_operations(root, catalogue),
    ]


def check_model(source: Source, model: Model, catalogue: Catalogue) -> list[Finding]:
    """What the parsed model names: people, forms, texts."""
    return [*_people(source, model, catalogue), *_texts(model, catalogue)]


def _error(node: Any, sentence: str) -> Finding:
    name = node.get("name") or node.get("id") or local(node)
    return Finding("error", node.get("id") or "", f"“{name}”：{sentence}")


def _ids(root: Any) -> Iterator[Finding]:
    counts = Counter(
        node.get("id")
        for node in root.iter()
        if isinstance(node.tag, str)
        and node.tag.startswith(f"{{{BPMN}}}")
        and node.get("id")
    )
    operators = {
        node.get("id")
        for node in root.iterfind(".//spiff:serviceTaskOperator", namespaces=NAMESPACES)
    }
    for node in flow_nodes(root):
        own = node.get("id")
        if counts[own] > 1 or own in operators:
            yield _error(node, f"编号“{own}”用了不止一次。")
        if own in RESERVED_IDS:
            yield _error(node, f"编号“{own}”是保留字，请换一个。")


def _references(root: Any) -> Iterator[Finding]:
    known = {node.get("id") for node in flow_nodes(root)}
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        for end, word in (("sourceRef", "起点"), ("targetRef", "终点")):
            if flow.get(end) not in known:
                yield _error(flow, f"连线的{word}“{flow.get(end)}”不存在。")
    for event in root.iter(f"{{{BPMN}}}boundaryEvent"):
        if event.get("attachedToRef") not in known:
            yield _error(event, f"附着的步骤“{event.get('attachedToRef')}”不存在。")
    for reference in root.iter(f"{{{BPMN}}}flowNodeRef"):
        if (reference.text or "").strip() not in known:
            yield _error(reference.getparent(), f"泳道里的“{reference.text}”不存在。")


def _forbidden(root: Any) -> Iterator[Finding]:
    for node in root.iter(f"{{{BPMN}}}*"):
        kind = local(node)
        if kind in FORBIDDEN:
            yield _error(node if node.get("id") else node.getparent(), FORBIDDEN[kind])
        if kind == "subProcess" and node.get("triggeredByEvent") == "true":
            yield _error(node, "事件子流程不能使用，请改用边界事件。")
        if kind == "signalEventDefinition" and local(node.getparent()) == "endEvent":
            yield _error(node.getparent(), "信号结束事件不能使用，请用中间抛出事件。")


def _flows(root: Any, catalogue: Catalogue) -> Iterator[Finding]:
    kinds = {node.get("id"): local(node) for node in flow_nodes(root)}
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        condition = flow.find(f"{{{BPMN}}}conditionExpression")
        if condition is None:
            continue
        if kinds.get(flow.get("sourceRef")) != "exclusiveGateway":
            yield _error(flow, "条件只能写在排他网关流出的连线上。")
        yield from _refused(flow, check_expression, condition.text or "", catalogue)


def _scripts(root: Any, catalogue: Catalogue) -> Iterator[Finding]:
    for script in root.iter(f"{{{BPMN}}}script"):
        yield from _refused(
            script.getparent(), check_script, script.text or "", catalogue
        )
    for kind in ("preScript", "postScript"):
        for script in root.iterfind(f".//spiff:{kind}", namespaces=NAMESPACES):
            owner = script.getparent().getparent()
            yield from _refused(owner, check_script, script.text or "", catalogue)
    for kind in (
        "timeDuration",
        "timeDate",
        "timeCycle",
        "completionCondition",
        "loopCondition",
    ):
        for timer in root.iter(f"{{{BPMN}}}{kind}"):
            yield from _refused(
                _owner(timer), check_expression, timer.text or "", catalogue
            )


def _operations(root: Any, catalogue: Catalogue) -> Iterator[Finding]:
    for operator in root.iterfind(
        ".//spiff:serviceTaskOperator", namespaces=NAMESPACES
    ):
        owner = _owner(operator)
        if operator.get("id") not in catalogue.operations:
            yield _error(owner, f"没有名为“{operator.get('id')}”的操作。")
        for parameter in operator.iterfind(".//spiff:parameter", namespaces=NAMESPACES):
            value = parameter.get("value", "")
            yield from _refused(owner, check_expression, value, catalogue)


def _people(source: Source, model: Model, catalogue: Catalogue) -> Iterator[Finding]:
    for element in model.elements.values():
        if element.kind not in ("userTask", "manualTask"):
            continue
        for role in dict.fromkeys((element.role, element.worked_by)):
            if role not in catalogue.roles:
                yield _of(
                    element, f"没有名为“{role}”的角色。" if role else "不在任何泳道里。"
                )
        if element.kind == "userTask" and element.form not in source.forms:
            yield _of(element, f"没有名为“{element.form}”的表单。")
        for name in ("due", "assignee"):
            if name in element.properties:
                yield from _expression_of(element, element.properties[name], catalogue)


def _texts(model: Model, catalogue: Catalogue) -> Iterator[Finding]:
    for name in ("title", "context"):
        if name in model.properties:
            whole = Element(id=model.process_id, kind="process", name=model.name)
            yield from _expression_of(whole, model.properties[name], catalogue)
    for element in model.elements.values():
        if not element.step and element.kind.endswith(("Task", "Activity")):
            yield Finding(
                "warning", element.id, f"“{element.name or element.id}”没有写条款号。"
            )


def _of(element: Element, sentence: str) -> Finding:
    return Finding("error", element.id, f"“{element.name or element.id}”：{sentence}")


def _expression_of(
    element: Element, text: str, catalogue: Catalogue
) -> Iterator[Finding]:
    try:
        check_expression(text, catalogue.functions)
    except Refused as refused:
        yield _of(element, str(refused))


def _refused(
    node: Any, rule: Callable[..., None], text: str, catalogue: Catalogue
) -> Iterator[Finding]:
    try:
        rule(text.strip(), catalogue.functions)
    except Refused as refused:
        yield _error(node, str(refused))


def _owner(node: Any) -> Any:
    while (
        not node.get("id")
        or not node.tag.startswith(f"{{{BPMN}}}")
        or local(node).endswith("Definition")
    ):
        node = node.getparent()
    return node
