"""Who does what: roles, forms, clauses, outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.progress import Element
from engine.workflow.check.drawing import Drawing, Node, error, warning
from engine.workflow.check.findings import Catalogue, Finding
from engine.workflow.elements import properties, read_elements


def people(
    drawing: Drawing, forms: Mapping[str, object], catalogue: Catalogue
) -> Iterator[Finding]:
    elements = read_elements(drawing.root)
    for node in drawing.nodes.values():
        element = elements.get(node.id)
        if element is None:
            continue
        if node.kind in ("userTask", "manualTask"):
            yield from _roles(node, element, catalogue)
        if node.kind == "userTask" and element.form not in forms:
            sentence = f"没有名为“{element.form}”的表单。"
            yield error(node.xml, "form.unknown", sentence)
        if not element.step and node.kind.endswith(("Task", "Activity")):
            yield warning(node.xml, "clause.missing", "没有写条款号。")
    yield from _outcomes(drawing)


def _roles(node: Node, element: Element, catalogue: Catalogue) -> Iterator[Finding]:
    if not element.role:
        yield error(node.xml, "lane.missing", "不在任何泳道里。")
    asked = (element.role, element.worked_by, element.properties.get("escalate", ""))
    for role in dict.fromkeys(asked):
        if role and role not in catalogue.roles:
            yield error(node.xml, "role.unknown", f"没有名为“{role}”的角色。")


def _outcomes(drawing: Drawing) -> Iterator[Finding]:
    """Where one end of the process says how it came out, all should."""
    scopes = {process.get("id") for process in drawing.processes}
    ends = [node for node in drawing.of_kind("endEvent") if node.scope in scopes]
    without = [node for node in ends if not properties(node.xml).get("outcome")]
    for node in without if len(without) < len(ends) else ():
        yield warning(
            node.xml, "outcome.missing", "没有写办理结果（outcome），别的结束都写了。"
        )
