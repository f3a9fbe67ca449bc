"""Every expression and script of a drawing, put to engine.expressions.

SpiffWorkflow evaluates them only when a case arrives there (design/spiffworkflow.md
1.1), so what cannot be read is said here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.errors import Refused
from engine.expressions import check_expression, check_script
from engine.workflow.check.drawing import Drawing, error, extension, owner_of, tag
from engine.workflow.check.findings import Catalogue, Finding
from engine.workflow.check.timers import KINDS, is_unquoted
from engine.workflow.elements import BPMN, SPIFF, properties

_TEXTS = frozenset(
    (
        *(*KINDS, "completionCondition", "loopCondition", "loopCardinality"),
        *("condition", "messagePath"),
    )
)
_PAYLOADS = ("messagePayload", "expression", "payloadExpression")
_OF_ELEMENTS = ("due", "warn", "assignee", "correlation")
_OF_PROCESSES = ("title", "context")


def texts(drawing: Drawing, catalogue: Catalogue) -> Iterator[Finding]:
    functions = catalogue.functions
    for flow in drawing.flows:
        if flow.condition:
            yield from expression(flow.xml, flow.condition, catalogue)
    for xml in drawing.root.iter(f"{{{BPMN}}}*", f"{{{SPIFF}}}*"):
        if xml.tag in _EXPRESSIONS and not _told_already(xml):
            yield from expression(owner_of(xml), xml.text or "", catalogue)
        elif xml.tag in _SCRIPTS and _runs(xml):
            yield from _refused(owner_of(xml), check_script, xml.text, functions)
    for node in drawing.nodes.values():
        if node.kind == "scriptTask" and not any(tag(x) == "script" for x in node.xml):
            yield error(node.xml, "script.missing", "还没有写脚本。")
        yield from _properties(node.xml, _OF_ELEMENTS, catalogue)
    for process in drawing.processes:
        yield from _properties(process, _OF_PROCESSES, catalogue)


_EXPRESSIONS = frozenset(
    (
        *(f"{{{BPMN}}}{name}" for name in _TEXTS),
        *(f"{{{SPIFF}}}{name}" for name in _PAYLOADS),
    )
)
_SCRIPTS = frozenset(
    (f"{{{BPMN}}}script", f"{{{SPIFF}}}preScript", f"{{{SPIFF}}}postScript")
)


def _told_already(xml: Any) -> bool:
    """Timers have rules of their own for these (timers.py)."""
    text = (xml.text or "").strip()
    return tag(xml) in KINDS and (not text or is_unquoted(text))


def _runs(xml: Any) -> bool:
    """An empty pre- or post-script does nothing, an empty script task is a mistake."""
    return tag(xml) == "script" or bool((xml.text or "").strip())


def _properties(
    xml: Any, names: tuple[str, ...], catalogue: Catalogue
) -> Iterator[Finding]:
    found = properties(xml) if extension(xml, "properties") is not None else {}
    for name in names:
        if found.get(name, "").strip():
            yield from expression(xml, found[name], catalogue, f"属性 {name}，")


def expression(
    xml: Any, text: str, catalogue: Catalogue, where: str = ""
) -> Iterator[Finding]:
    """The refusal of one expression, told of the element it stands in."""
    yield from _refused(xml, check_expression, text, catalogue.functions, where)


def _refused(
    xml: Any, rule: Any, text: str | None, functions: frozenset[str], where: str = ""
) -> Iterator[Finding]:
    try:
        rule(
            (text or "").strip() if rule is check_expression else text or "", functions
        )
    except Refused as refused:
        code = "expression" if rule is check_expression else "script"
        yield error(xml, code, f"{where}{refused}")
