"""Files in, specs out: parse a process once, then share what it parsed to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from lxml import etree
from SpiffWorkflow import version as spiff_version
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from engine.errors import Refused
from engine.progress import Element
from engine.workflow import xml
from engine.workflow.calls import Parser
from engine.workflow.elements import (
    BPMN,
    flow_nodes,
    properties,
    read_elements,
    start_rule,
)
from engine.workflow.state import Specs, dump_specs, load_specs

SPIFF_VERSION: str = spiff_version.__version__


class ModelRefused(Refused):
    """流程图不能用：{reason}"""

    status = 422


@dataclass(frozen=True)
class Source:
    """A process as it lies in its folder: the drawing, its decisions, its forms.

    ``called`` are the drawings of the processes it calls, by id, and of those they call;
    a form of theirs is named ``<process>/<task>``.
    """

    process_id: str
    bpmn: bytes
    decisions: Mapping[str, bytes]
    forms: Mapping[str, object]
    called: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """SHA-256 over all that decides how a case runs: the version's id."""
        digest = hashlib.sha256(SPIFF_VERSION.encode())
        digest.update(self.bpmn)
        for part in (self.decisions, self.called):
            for name in sorted(part):
                digest.update(name.encode() + part[name])
        digest.update(orjson.dumps(self.forms, option=orjson.OPT_SORT_KEYS))
        return digest.hexdigest()


@dataclass(frozen=True)
class Model:
    """A parsed process: what running it and showing it needs."""

    process_id: str
    name: str
    specs: Specs
    elements: Mapping[str, Element]
    properties: Mapping[str, str]

    def saved_specs(self) -> bytes:
        return dump_specs(self.specs)


def parse(source: Source) -> Model:
    """Parse and check a process. Raises ``ModelRefused`` or ``xml.DiagramRefused``."""
    root = xml.parse(source.bpmn)
    process = root.find(f"{{{BPMN}}}process[@id='{_plain_id(source.process_id)}']")
    if process is None:
        raise ModelRefused(reason=f"里面没有 id 为 {source.process_id} 的流程。")
    own = read_elements(root)  # first: who starts it is looked for in this order
    elements = {**own, **_elements_of_called(source), **own}
    parser = Parser(validator=VALIDATOR)
    try:
        for name, decision in source.decisions.items():
            xml.parse(decision)
            parser.add_dmn_str(decision, filename=name)
        for name, drawing in source.called.items():
            parser.add_bpmn_xml(_begun(xml.parse(drawing)), filename=f"{name}.bpmn")
        parser.add_bpmn_xml(_begun(root), filename=f"{source.process_id}.bpmn")
        spec = parser.get_spec(source.process_id)
        specs = (spec, parser.get_subprocess_specs(source.process_id))
    except ValidationException as refused:
        raise ModelRefused(reason=_sentence(refused)) from refused
    except (SpiffWorkflowException, etree.LxmlError, KeyError, ValueError) as refused:
        raise ModelRefused(reason=str(refused)) from refused
    return Model(
        process_id=source.process_id,
        name=process.get("name") or source.process_id,
        specs=load_specs(dump_specs(specs)),  # as every case gets them
        elements=elements,
        properties=properties(process),
    )


def _begun(root: Any) -> Any:
    """Without the timers of start events: our clock starts those cases, and who starts
    one by hand does not wait either."""
    for node in flow_nodes(root):
        if (rule := start_rule(node)) is not None:
            node.remove(rule.getparent())
    return root


def called_by(bpmn: bytes) -> list[str]:
    """Ids of the processes that a drawing's call activities call."""
    activities = xml.parse(bpmn).iter(f"{{{BPMN}}}callActivity")
    return [name for a in activities if (name := a.get("calledElement"))]


def _elements_of_called(source: Source) -> dict[str, Element]:
    """The elements of called processes; their tasks' forms lie in their own folders."""
    found: dict[str, Element] = {}
    for name, drawing in source.called.items():
        for element_id, element in read_elements(xml.parse(drawing)).items():
            form = None if element.form is None else f"{name}/{element.form}"
            # an end of a called process ends that process, not the case; nobody starts
            # the case at its start
            element = replace(element, form=form, outcome=None)
            if element.kind == "startEvent":
                element = replace(element, role="", worked_by="", properties={})
            found[element_id] = element
    return found


def _plain_id(process_id: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", process_id):
        raise ModelRefused(
            reason=f"流程编号“{process_id}”只能用小写英文字母、数字和下划线。"
        )
    return process_id


def _sentence(refused: ValidationException) -> str:
    where = refused.name or refused.id or refused.tag
    return f"“{where}”：{refused}" if where else str(refused)


def properties_of(bpmn: bytes, process_id: str) -> dict[str, str]:
    """The properties of the process itself: title, context, house …"""
    process = xml.parse(bpmn).find(f"{{{BPMN}}}process[@id='{_plain_id(process_id)}']")
    return properties(process)
