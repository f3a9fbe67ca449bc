"""Small models for tests: nodes as BPMN text, flows as arrows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.actions.publish_process import publish_process
from engine.store.tables import ProcessVersion
from engine.workflow.library import Source
from tests.cast import Office

_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'id="d" targetNamespace="https://steward.example/tests">'
)


def drawing(process_id: str, nodes: str, flows: str, extra: str = "") -> bytes:
    """A process in one lane of the cashier's. ``flows``: lines ``a > b`` or
    ``a > b : condition``; ``extra`` goes before the process (messages, signals)."""
    own = re.sub(r"<subProcess.*?</subProcess>", "", nodes, flags=re.S)
    outer = re.findall(r"<subProcess id=\"(\w+)\"", nodes)
    ids = [
        *re.findall(r"<\w+(?:Event|Task|Gateway|Activity) id=\"(\w+)\"", own),
        *outer,
    ]
    members = "".join(f"<flowNodeRef>{node}</flowNodeRef>" for node in ids)
    lanes = f'<laneSet id="lanes"><lane id="cashier" name="收银员">{members}</lane></laneSet>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{_HEAD}{extra}'
        f'<process id="{process_id}" name="{process_id}" isExecutable="true">'
        f"{lanes}{nodes}{arrows(flows)}</process></definitions>"
    ).encode()


def arrows(flows: str) -> str:
    """Sequence flows from lines ``a > b : condition``."""
    found = []
    for line in filter(None, (part.strip() for part in flows.splitlines())):
        path, _, condition = line.partition(" : ")
        source, target = (end.strip() for end in path.split(">"))
        inner = ""
        if condition:
            escaped = condition.replace("&", "&amp;").replace("<", "&lt;")
            inner = (
                '<conditionExpression xsi:type="tFormalExpression">'
                f"{escaped}</conditionExpression>"
            )
        found.append(
            f'<sequenceFlow id="{source}__{target}" sourceRef="{source}" '
            f'targetRef="{target}">{inner}</sequenceFlow>'
        )
    return "".join(found)


def properties(**named: str) -> str:
    inner = "".join(
        f"<spiffworkflow:property name='{name}' value='{value}'/>"
        for name, value in named.items()
    )
    return (
        "<extensionElements><spiffworkflow:properties>"
        f"{inner}</spiffworkflow:properties></extensionElements>"
    )


def operator(name: str, /, result: str = "", **parameters: str) -> str:
    inner = "".join(
        f"<spiffworkflow:parameter id='{p}' type='any' value='{value}'/>"
        for p, value in parameters.items()
    )
    kept = f' resultVariable="{result}"' if result else ""
    return (
        f'<extensionElements><spiffworkflow:serviceTaskOperator id="{name}"{kept}>'
        f"<spiffworkflow:parameters>{inner}</spiffworkflow:parameters>"
        "</spiffworkflow:serviceTaskOperator></extensionElements>"
    )


def source(
    process_id: str, bpmn: bytes, forms: Mapping[str, object] | None = None
) -> Source:
    return Source(process_id, bpmn, {}, dict(forms or {}))


def publish(
    office: Office,
    process_id: str,
    bpmn: bytes,
    forms: Mapping[str, object] | None = None,
) -> ProcessVersion:
    with office.sessions.begin() as session:
        return _publish(session, office, source(process_id, bpmn, forms))


def _publish(session: Session, office: Office, whole: Source) -> ProcessVersion:
    return publish_process(session, office.runtime, whole)
