"""Small random drawings of tasks, gateways and ends, well-formed but seldom sound."""

from __future__ import annotations

import random
from collections import Counter

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
GATEWAYS = ("exclusiveGateway", "parallelGateway")
Flow = tuple[str, str]


class Sketch:
    """Nodes with their kinds and flows; every node lies behind the start."""

    def __init__(self, seed: int, most: int, events: bool = False) -> None:
        self.rnd = random.Random(seed)
        self.kinds = {"s": "startEvent"}
        self.flows: list[Flow] = []
        self.hosts: dict[str, str] = {}
        self._grow(self.rnd.randint(3, most))
        self._end()
        if events:
            self._interrupt()

    def _grow(self, count: int) -> None:
        rnd, used = self.rnd, Counter[str]()
        for number in range(count):
            free = [n for n in self.kinds if self._splits(n) or not used[n]]
            source, node = rnd.choice(free[-3:]), f"n{number}"
            self.kinds[node] = rnd.choice(("userTask", "userTask", *GATEWAYS))
            self.flows.append((source, node))
            used[source] += 1

    def _splits(self, node: str) -> bool:
        return self.kinds[node] in GATEWAYS

    def _end(self) -> None:
        """Loose ends lead somewhere, some gateways to one place more."""
        rnd = self.rnd
        inner = [n for n in self.kinds if n != "s"]
        ends = [f"e{number}" for number in range(rnd.randint(1, 2))]
        sources = {source for source, _ in self.flows}
        for node in [n for n in self.kinds if n not in sources]:
            others = [n for n in inner if n != node]
            self.flows.append((node, rnd.choice(ends * 2 + others)))
        for node in filter(self._splits, inner):
            target = rnd.choice(ends + inner)
            if rnd.random() < 0.5 and target != node:
                if (node, target) not in self.flows:
                    self.flows.append((node, target))
        for end in ends:
            if any(target == end for _, target in self.flows):
                self.kinds[end] = "endEvent"

    def _interrupt(self) -> None:
        """Messages at the borders of some tasks."""
        rnd = self.rnd
        tasks = [n for n, kind in self.kinds.items() if kind == "userTask"]
        targets = [n for n in self.kinds if n != "s"]
        for host in tasks:
            if rnd.random() < 0.35:
                event = f"b{host}"
                self.hosts[event] = host
                self.kinds[event] = "boundaryEvent"
                # straight back to the task itself is where stock's own join fails
                self.flows.append((event, rnd.choice([*targets, host, host])))

    def bpmn(self, task: str = "userTask") -> bytes:
        """The drawing, ``task`` being the kind of its tasks."""
        parts = [self._node(node, kind, task) for node, kind in self.kinds.items()]
        parts += [self._flow(at) for at in range(len(self.flows))]
        messages = "".join(f'<message id="m_{b}" name="m_{b}"/>' for b in self.hosts)
        return (
            f'<?xml version="1.0"?><definitions xmlns="{BPMN}" id="d"'
            f' targetNamespace="t">{messages}<process id="p" isExecutable="true">'
            f"{''.join(parts)}</process></definitions>"
        ).encode()

    def _node(self, node: str, kind: str, task: str) -> str:
        more, inside = "", ""
        if node in self.hosts:
            interrupts = "true" if self.rnd.random() < 0.6 else "false"
            more = f' attachedToRef="{self.hosts[node]}" cancelActivity="{interrupts}"'
        into = [at for at, flow in enumerate(self.flows) if flow[1] == node]
        out = [at for at, flow in enumerate(self.flows) if flow[0] == node]
        if kind == "exclusiveGateway":
            more = f' default="f{out[-1]}"'
        inside += "".join(f"<incoming>f{at}</incoming>" for at in into)
        inside += "".join(f"<outgoing>f{at}</outgoing>" for at in out)
        if node in self.hosts:
            inside += f'<messageEventDefinition messageRef="m_{node}"/>'
        kind = task if kind == "userTask" else kind
        return f'<{kind} id="{node}" name="{node}"{more}>{inside}</{kind}>'

    def _flow(self, at: int) -> str:
        source, target = self.flows[at]
        later = any(flow[0] == source for flow in self.flows[at + 1 :])
        chosen = later and self.kinds[source] == "exclusiveGateway"
        condition = "<conditionExpression>flip()</conditionExpression>" * chosen
        return (
            f'<sequenceFlow id="f{at}" sourceRef="{source}" targetRef="{target}">'
            f"{condition}</sequenceFlow>"
        )

    def stops_nowhere(self) -> bool:
        """Whether it has a circle in which nothing waits: the engine would not return."""
        waits = [n for n, kind in self.kinds.items() if kind == "userTask"]
        after = {
            node: [t for s, t in self.flows if s == node and t not in waits]
            for node in self.kinds
            if node not in waits
        }
        while True:
            ends = [node for node, following in after.items() if not following]
            if not ends:
                return bool(after)
            for node in ends:
                del after[node]
            after = {n: [t for t in ts if t in after] for n, ts in after.items()}
