"""Operations, called processes, decision tables and data: what a drawing asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from engine.workflow.check.drawing import Drawing, Node, error, extension
from engine.workflow.check.findings import Arguments, Catalogue, Finding
from engine.workflow.check.texts import expression
from engine.workflow.elements import BPMN, NAMESPACES


def services(
    drawing: Drawing, catalogue: Catalogue, decisions: frozenset[str]
) -> Iterator[Finding]:
    """``decisions`` are the ids of the tables beside the drawing."""
    for node in drawing.of_kind("serviceTask"):
        yield from _operation(node, catalogue)
    for node in drawing.of_kind("callActivity"):
        yield from _called(drawing, node, catalogue)
    for node in drawing.of_kind("businessRuleTask"):
        wanted = decision_of(node)
        if not wanted:
            yield error(node.xml, "decision.missing", "没有选择决策表。")
        elif wanted not in decisions:
            yield error(node.xml, "decision.unknown", f"没有编号为“{wanted}”的决策表。")
    yield from _data(drawing)


def decision_of(node: Node) -> str:
    found = extension(node.xml, "calledDecisionId")
    return "" if found is None else (found.text or "").strip()


def operator_of(node: Node) -> Any:
    return extension(node.xml, "serviceTaskOperator")


def _operation(node: Node, catalogue: Catalogue) -> Iterator[Finding]:
    operator = operator_of(node)
    if operator is None:
        yield error(node.xml, "service.missing", "没有选择要做的操作。")
        return
    name = operator.get("id") or ""
    if name not in catalogue.operations:
        yield error(node.xml, "service.unknown", f"没有名为“{name}”的操作。")
    given = {}
    for parameter in operator.iterfind(".//spiff:parameter", namespaces=NAMESPACES):
        own, text = parameter.get("id") or "", parameter.get("value")
        if not own or text is None or not parameter.get("type"):
            sentence = f"参数“{own}”要写全名称、类型和值。"
            yield error(node.xml, "service.parameter", sentence)
            continue
        given[own] = text
        yield from expression(node.xml, text, catalogue, f"参数“{own}”，")
    wanted = catalogue.arguments.get(name)
    if wanted is not None:
        yield from _arguments(node, given, wanted)
    yield from _started(node, given, catalogue)


def _arguments(
    node: Node, given: dict[str, str], wanted: Arguments
) -> Iterator[Finding]:
    for name in sorted(wanted.required - given.keys()):
        yield error(node.xml, "service.parameter", f"操作缺少参数“{name}”。")
    if wanted.known is not None:
        for name in given.keys() - wanted.known - wanted.required:
            yield error(node.xml, "service.parameter", f"操作没有参数“{name}”。")


def _started(
    node: Node, given: dict[str, str], catalogue: Catalogue
) -> Iterator[Finding]:
    """A linked case's process, where it is written as a plain text."""
    if operator_of(node).get("id") != "start_case" or catalogue.processes is None:
        return
    try:
        process = ast.literal_eval(given.get("process", "").strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return
    if process not in catalogue.processes:
        yield error(node.xml, "service.process", f"没有编号为“{process}”的流程。")


def _called(drawing: Drawing, node: Node, catalogue: Catalogue) -> Iterator[Finding]:
    wanted = node.xml.get("calledElement") or ""
    if not wanted:
        yield error(node.xml, "call.missing", "没有选择要调用的流程。")
        return
    own = {process.get("id") for process in drawing.processes}
    if wanted in own:
        yield error(node.xml, "call.cycle", "不能调用流程自己，会没完没了。")
    elif catalogue.processes is not None:
        if wanted not in catalogue.processes:
            yield error(node.xml, "call.unknown", f"没有编号为“{wanted}”的流程。")
        else:
            way = _way(wanted, own, catalogue)
            if way:
                told = "→".join(f"“{process}”" for process in way)
                sentence = f"调用绕成了圈（{told}），会没完没了。"
                yield error(node.xml, "call.cycle", sentence)


def _way(first: str, back: set[str | None], catalogue: Catalogue) -> list[str]:
    """The shortest chain of calls from ``first`` to one of ``back``; empty without."""
    assert catalogue.processes is not None
    ways, seen = [[first]], {first}
    for way in ways:
        for called in sorted(catalogue.processes.get(way[-1], ())):
            if called in back:
                return [*way, called]
            if called not in seen:
                seen.add(called)
                ways.append([*way, called])
    return []


def _data(drawing: Drawing) -> Iterator[Finding]:
    """What the library has no class for, or would look for without end."""
    for store in drawing.root.iter(f"{{{BPMN}}}dataStore"):
        yield error(store, "data.store", "数据存储不能使用，请改用台账操作。")
    for node in drawing.nodes.values():
        for side, end in (
            ("dataInputAssociation", "sourceRef"),
            ("dataOutputAssociation", "targetRef"),
        ):
            for reference in node.xml.findall(f"{{{BPMN}}}{side}/{{{BPMN}}}{end}"):
                if not _resolves(drawing, node, (reference.text or "").strip()):
                    sentence = f"关联的数据“{reference.text}”在这一层没有定义。"
                    yield error(node.xml, "data.reference", sentence)


def _resolves(drawing: Drawing, node: Node, wanted: str) -> bool:
    """The library looks in the scope itself and in the one around it, no further."""
    reference = drawing.by_id(wanted)
    if reference is None or not str(reference.tag).endswith("}dataObjectReference"):
        return False
    scope = node.xml.getparent()
    objects = [
        child.get("id")
        for level in (scope, scope.getparent())
        for child in level.findall(f"{{{BPMN}}}dataObject")
    ]
    return reference.get("dataObjectRef") in objects
