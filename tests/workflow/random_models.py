"""Random BPMN models, from a seed: everything a drawing has to cope with.

Not all of them make sense to run; all are well-formed and their references hold.
"""

from __future__ import annotations

import random
from xml.sax.saxutils import quoteattr

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_WORDS = "登记受理核对现场复核通知业主验收整改回访归档缴费审批派单维修巡查催办确认"
_TASKS = (
    "userTask",
    "userTask",
    "userTask",
    "serviceTask",
    "manualTask",
    "callActivity",
)
_GATEWAYS = (
    "exclusiveGateway",
    "exclusiveGateway",
    "parallelGateway",
    "eventBasedGateway",
)
_BETWEEN = ("intermediateCatchEvent", "intermediateThrowEvent")


class Builder:
    """Collects the elements of one process or sub-process."""

    def __init__(self, rnd: random.Random, prefix: str) -> None:
        self.rnd, self.prefix = rnd, prefix
        self.parts: list[str] = []
        self.nodes: list[str] = []
        self.hosts: dict[str, str] = {}
        self.flows = 0

    def words(self, least: int, most: int) -> str:
        count = self.rnd.randint(least, most)
        return "".join(self.rnd.choice(_WORDS) for _ in range(count))

    def add(self, tag: str, name: str, inside: str = "", **more: str) -> str:
        node = f"{self.prefix}n{len(self.nodes)}"
        self.nodes.append(node)
        self.hosts[node] = more.get("attachedToRef", "")
        extra = "".join(f" {key}={quoteattr(value)}" for key, value in more.items())
        self.parts.append(
            f'<{tag} id="{node}" name={quoteattr(name)}{extra}>{inside}</{tag}>'
        )
        return node

    def flow(self, source: str, target: str, name: str = "") -> None:
        self.flows += 1
        label = f" name={quoteattr(name)}" if name else ""
        self.parts.append(
            f'<sequenceFlow id="{self.prefix}f{self.flows}" sourceRef="{source}"'
            f' targetRef="{target}"{label}/>'
        )

    def step(self, depth: int) -> str:
        draw = self.rnd.random()
        if draw < 0.06 and depth < 2:
            inner = Builder(self.rnd, f"{self.prefix}s{len(self.nodes)}_")
            inner.fill(self.rnd.randint(2, 6), depth + 1)
            return self.add("subProcess", self.words(2, 10), "".join(inner.parts))
        if draw < 0.32:
            return self.add(self.rnd.choice(_GATEWAYS), self.words(0, 12) + "?")
        if draw < 0.42:
            return self.add(self.rnd.choice(_BETWEEN), self.words(0, 14))
        return self.add(self.rnd.choice(_TASKS), self.words(2, 20))

    def fill(self, steps: int, depth: int = 0) -> None:
        """A start, so many steps, an end; loops, deadlines and notes here and there."""
        rnd = self.rnd
        real = [self.add("startEvent", self.words(0, 8))]
        for _ in range(steps):
            node = self.step(depth)
            self.flow(rnd.choice(real[-4:]), node, self.words(0, 6) * rnd.randint(0, 1))
            real.append(node)
        ends = [
            self.add("endEvent", self.words(0, 9)) for _ in range(rnd.randint(1, 2))
        ]
        for end in ends:
            self.flow(rnd.choice(real), end)
        for _ in range(rnd.randint(0, max(1, steps // 4))):
            self.flow(rnd.choice(real), rnd.choice(real[1:] + ends), self.words(0, 4))
        self._add_deadlines(real, ends)
        self._add_satellites(real)
        if depth == 0 and rnd.random() < 0.1:
            inner = Builder(rnd, f"{self.prefix}e_")
            inner.fill(2, 2)
            body = "".join(inner.parts)
            self.add("subProcess", self.words(2, 9), body, triggeredByEvent="true")

    def _add_deadlines(self, real: list[str], ends: list[str]) -> None:
        hosts = [n for n in real if self._is_activity(n)]
        for host in hosts:
            for _ in range(self.rnd.choice((0, 0, 0, 0, 1, 1, 2))):
                late = self.add("boundaryEvent", self.words(0, 12), attachedToRef=host)
                self.flow(late, self.rnd.choice(real[1:] + ends))

    def _is_activity(self, node: str) -> bool:
        part = next(p for p in self.parts if f' id="{node}"' in p)
        return part.startswith(
            ("<userTask", "<manualTask", "<callActivity", "<subProcess")
        )

    def _add_satellites(self, real: list[str]) -> None:
        if self.rnd.random() < 0.25:
            note = f"{self.prefix}note"
            self.parts.append(
                f'<textAnnotation id="{note}"><text>{self.words(4, 40)}</text></textAnnotation>'
                f'<association id="{note}_to" sourceRef="{self.rnd.choice(real)}"'
                f' targetRef="{note}"/>'
            )


def model(seed: int, most: int = 14) -> bytes:
    """A model of up to ``most`` steps on the outer level, with up to five lanes."""
    rnd = random.Random(seed)
    builder = Builder(rnd, "")
    builder.fill(rnd.randint(1, most))
    lanes = _lanes(rnd, builder)
    pool = rnd.random() < 0.8
    head, body = _participants(rnd, builder) if pool else ("", "")
    return (
        f'<definitions xmlns="{BPMN}" id="defs" targetNamespace="t">{head}'
        f'<process id="p" isExecutable="true">{lanes}{"".join(builder.parts)}</process>'
        f"{body}</definitions>"
    ).encode()


def _lanes(rnd: random.Random, builder: Builder) -> str:
    count = rnd.randint(0, 5)
    members: list[list[str]] = [[] for _ in range(count)]
    lane = 0
    place: dict[str, int] = {}
    for node in builder.nodes if count else ():
        if rnd.random() < 0.4:
            lane = rnd.randrange(count)
        place[node] = place.get(builder.hosts[node], lane)
        members[place[node]].append(f"<flowNodeRef>{node}</flowNodeRef>")
    inside = "".join(
        f'<lane id="lane{number}" name="岗位{number}">{"".join(refs)}</lane>'
        for number, refs in enumerate(members)
    )
    return f'<laneSet id="lanes">{inside}</laneSet>' if count else ""


def _participants(rnd: random.Random, builder: Builder) -> tuple[str, str]:
    """The collaboration, now and then with the outside as a second pool."""
    parts = ['<participant id="pool" name="随机流程" processRef="p"/>']
    body = ""
    kind = rnd.random()
    if kind < 0.12:
        parts.append('<participant id="outside" name="业主"/>')
        for number in range(rnd.randint(1, 2)):
            ends = [rnd.choice(builder.nodes), "outside"]
            rnd.shuffle(ends)
            parts.append(_message(number, *ends))
    elif kind < 0.2:
        other = Builder(rnd, "q_")
        other.fill(rnd.randint(1, 4), 2)
        parts.append('<participant id="pool2" name="另一流程" processRef="q"/>')
        parts.append(_message(0, rnd.choice(builder.nodes), rnd.choice(other.nodes)))
        body = f'<process id="q" isExecutable="true">{"".join(other.parts)}</process>'
    return f'<collaboration id="collab">{"".join(parts)}</collaboration>', body


def _message(number: int, source: str, target: str) -> str:
    return f'<messageFlow id="m{number}" sourceRef="{source}" targetRef="{target}"/>'
