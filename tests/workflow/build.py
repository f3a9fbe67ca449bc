"""BPMN from a few lines: chains of steps, each named ``kind.id`` where it first comes.

    start.s -> user.a -> xor.g -[paid]-> end.e
    g -> a
    late@a -> end.too_late          an interrupting boundary event on a
    remind~a -> end.reminded        one that does not interrupt

Flows out of an exclusive gateway get conditions, the last becomes the default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from engine.workflow.check import Catalogue
from engine.workflow.library import Source

KINDS = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "manual": "manualTask",
    "task": "task",
    "script": "scriptTask",
    "service": "serviceTask",
    "rule": "businessRuleTask",
    "receive": "receiveTask",
    "call": "callActivity",
    "sub": "subProcess",
    "transaction": "transaction",
    "adhoc": "adHocSubProcess",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "complex": "complexGateway",
    "eg": "eventBasedGateway",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
}
TIMER = (
    '<timerEventDefinition><timeDuration>"PT1H"</timeDuration></timerEventDefinition>'
)
TERMINATE = "<terminateEventDefinition/>"
CATALOGUE = Catalogue(
    roles=frozenset({"clerk", "cashier"}),
    operations=frozenset({"write_record", "start_case"}),
    functions=frozenset({"flip", "param"}),
    processes={"p": frozenset(), "other": frozenset()},
)

_TOKEN = re.compile(r"(?:(\w+)\.)?(\w+)(?:([@~])(\w+))?$")
_ARROW = re.compile(r"\s*-(?:\[(.*?)\]-)?>\s*")
_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="definitions" targetNamespace="t">'
)


def message(ref: str) -> str:
    return f'<messageEventDefinition messageRef="{ref}"/>'


def extensions(inside: str) -> str:
    return f"<extensionElements>{inside}</extensionElements>"


def props(**named: str) -> str:
    inside = "".join(
        f'<spiffworkflow:property name="{name}" value={quoteattr(value)}/>'
        for name, value in named.items()
    )
    return f"<spiffworkflow:properties>{inside}</spiffworkflow:properties>"


@dataclass
class Model:
    """``inner`` puts XML into elements, ``more`` into their extensions, ``attributes``
    onto them; ``inside`` are the chains of subprocesses; ``roots`` stand beside the
    process. ``condition`` is what an exclusive gateway's flows get: ``{n}`` counts."""

    chains: str
    inside: Mapping[str, str] = field(default_factory=dict)
    inner: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    roots: str = ""
    condition: str = "way == {n}"
    forms: Mapping[str, object] = field(default_factory=dict)
    decisions: Mapping[str, bytes] = field(default_factory=dict)
    outside_lane: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.users: list[str] = []
        self.in_lane: list[str] = []

    def bpmn(self, process_id: str = "p") -> bytes:
        body = self._scope(self.chains, top=True)
        references = "".join(
            f"<flowNodeRef>{node}</flowNodeRef>"
            for node in self.in_lane
            if node not in self.outside_lane
        )
        lane = f'<lane id="clerk" name="经办">{references}</lane>'
        own = self.attributes.get(process_id, "isExecutable='true'")
        return (
            f"{_HEAD}{self.roots}<process id={quoteattr(process_id)} name='流程' {own}>"
            f"{self._extensions(process_id)}<laneSet id='lanes'>{lane}</laneSet>"
            f"{body}</process></definitions>"
        ).encode()

    def source(self, process_id: str = "p") -> Source:
        bpmn = self.bpmn(process_id)
        forms = {name: {} for name in self.users} | dict(self.forms)
        return Source(process_id, bpmn, self.decisions, forms)

    def _scope(self, chains: str, top: bool) -> str:
        kinds: dict[str, str] = {}
        hosts: dict[str, tuple[str, str]] = {}
        flows: list[tuple[str, str, str | None]] = []
        for line in filter(None, map(str.strip, chains.strip().splitlines())):
            parts = _ARROW.split(line)
            nodes = [self._declare(t, kinds, hosts) for t in parts[::2]]
            flows += zip(nodes, nodes[1:], parts[1::2], strict=False)
        drawn = "".join(self._node(n, kinds[n], hosts.get(n), flows) for n in kinds)
        if top:
            self.in_lane += kinds
        return drawn + "".join(
            self._flow(at, flow, kinds, flows) for at, flow in enumerate(flows)
        )

    def _declare(
        self, token: str, kinds: dict[str, str], hosts: dict[str, tuple[str, str]]
    ) -> str:
        found = _TOKEN.match(token)
        assert found, token
        kind, own, mark, host = found.groups()
        if mark:
            hosts[own] = (mark, host)
            kinds.setdefault(own, "boundaryEvent")
        elif kind:
            kinds.setdefault(own, KINDS[kind])
        assert own in kinds, f"{own} has no kind"
        return own

    def _node(
        self,
        own: str,
        kind: str,
        host: tuple[str, str] | None,
        flows: list[tuple[str, str, str | None]],
    ) -> str:
        more = self.attributes.get(own, "")
        inner = self.inner.get(own, "")
        if host is not None:
            more += f' attachedToRef="{host[1]}" cancelActivity='
            more += '"true"' if host[0] == "@" else '"false"'
            inner = inner or TIMER
        if kind == "exclusiveGateway" and "default=" not in more:
            out = [at for at, flow in enumerate(flows) if flow[0] == own]
            last = [at for at in out if flows[at][2] is None][-1:]
            more += "".join(f' default="{self._flow_id(at, flows[at])}"' for at in last)
        if kind == "userTask":
            self.users.append(own)
        if own in self.inside:
            inner += self._scope(self.inside[own], top=False)
        name = quoteattr(self.names.get(own, own))
        return f'<{kind} id="{own}" name={name} {more}>{self._extensions(own)}{inner}</{kind}>'

    def _extensions(self, own: str) -> str:
        return extensions(props(clause="P01.01") + self.more.get(own, ""))

    def _flow_id(self, at: int, flow: tuple[str, str, str | None]) -> str:
        return f"{flow[0]}__{flow[1]}__{at}"

    def _flow(
        self,
        at: int,
        flow: tuple[str, str, str | None],
        kinds: dict[str, str],
        flows: list[tuple[str, str, str | None]],
    ) -> str:
        source, target, condition = flow
        after = [f for f in flows[at + 1 :] if f[0] == source and f[2] is None]
        if condition is None and kinds[source] == "exclusiveGateway" and after:
            condition = self.condition.format(n=at)
        own = self._flow_id(at, flow)
        inside = (
            f"<conditionExpression>{escape(condition)}</conditionExpression>"
            if condition
            else ""
        )
        return (
            f'<sequenceFlow id="{own}" sourceRef="{source}" targetRef="{target}">'
            f"{inside}</sequenceFlow>"
        )
