"""What must be right before a process may run: findings, each naming its element.

SpiffWorkflow's parser accepts much that it does not execute (design/spiffworkflow.md
1.1); what is refused here is the list of design/engine.md 8, and what no run of the
drawing can get out of again (soundness, 9).
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow import xml
from engine.workflow.check.drawing import Drawing, read_drawing
from engine.workflow.check.events import events
from engine.workflow.check.findings import Arguments, Catalogue, Finding, in_order
from engine.workflow.check.flows import flows
from engine.workflow.check.people import people
from engine.workflow.check.refusals import refusal_of
from engine.workflow.check.services import decision_of, services
from engine.workflow.check.soundness import soundness
from engine.workflow.check.structure import structure, too_large
from engine.workflow.check.tables import Decision, check_decision, read_decisions
from engine.workflow.check.texts import texts
from engine.workflow.check.timers import timers
from engine.workflow.check.variables import parallel_writes, read_writes, variables
from engine.workflow.decisions import MAY_MATCH_NOTHING
from engine.workflow.elements import properties
from engine.workflow.library import Model, Source

__all__ = [
    "Arguments",
    "Catalogue",
    "Finding",
    "check_drawing",
    "check_model",
    "in_drawing_order",
    "refusal_of",
]


def check_drawing(source: Source, catalogue: Catalogue) -> list[Finding]:
    """What the files alone show, before they are parsed; in the order of the drawing.

    Raises ``xml.DiagramRefused`` where the drawing is no diagram at all.
    """
    drawing = read_drawing(xml.parse(source.bpmn, roots=xml.BPMN))
    found = list(too_large(drawing))
    if not found:
        found = list(_rules(drawing, source, catalogue))
    return in_order(found, drawing.places)


def in_drawing_order(source: Source, found: list[Finding]) -> list[Finding]:
    """Findings of several checks as one list; those of the whole come first."""
    return in_order(found, read_drawing(xml.parse(source.bpmn)).places)


def _rules(drawing: Drawing, source: Source, catalogue: Catalogue) -> Iterator[Finding]:
    decisions, unread = read_decisions(source.decisions)
    yield from structure(drawing, source.process_id)
    yield from flows(drawing)
    yield from events(drawing)
    yield from timers(drawing)
    yield from texts(drawing, catalogue)
    ids = frozenset(decision.id for decision in decisions)
    yield from services(drawing, catalogue, ids)
    yield from people(drawing, source.forms, catalogue)
    writes = read_writes(drawing, source.forms, decisions)
    yield from variables(drawing, writes, catalogue)
    yield from unread
    for decision in decisions:
        meant = _may_match_nothing(drawing, decision)
        yield from check_decision(decision, catalogue, meant)


def _may_match_nothing(drawing: Drawing, decision: Decision) -> bool:
    """Whether every task that asks the table puts up with no answer."""
    asking = [
        node
        for node in drawing.of_kind("businessRuleTask")
        if decision_of(node) == decision.id
    ]
    return bool(asking) and all(
        properties(node.xml).get(MAY_MATCH_NOTHING) == "yes" for node in asking
    )


def check_model(source: Source, model: Model, catalogue: Catalogue) -> list[Finding]:
    """What runs of the parsed model show: whether every case can come to an end, and
    what branches do to each other; in the order of the drawing.

    For drawings in which ``check_drawing`` found no error. Each finding of unsoundness
    has a shortest ``path`` of elements that leads there.
    """
    drawing = read_drawing(xml.parse(source.bpmn, roots=xml.BPMN))
    found = soundness(drawing, model.process_id)
    if not any(finding.severity == "error" for finding in found):
        decisions, _ = read_decisions(source.decisions)
        writes = read_writes(drawing, source.forms, decisions)
        found += parallel_writes(drawing, model.process_id, writes)
    return in_order(found, drawing.places)
