"""One scope of a drawing as a Petri net: tokens in places, transitions that move them.

As engine.workflow runs it: gateways choose freely; every node but a parallel join runs
once for each token that comes (an implicit merge); a parallel join takes one token of
each flow; an interrupting boundary event is one more way out of its activity; one that
does not interrupt comes at most once in a run, or not at all; multi-instance and loop
are one turn; a subprocess is one step whose ways out are those that its own net has.
There is no clock: whatever may come, may come at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.workflow.check.drawing import SUBPROCESSES, Drawing, Node, tag

Code = tuple[str, str]  # ("error" | "escalation" | "cancel", code; "" for none)
INITIAL = "•"


@dataclass(frozen=True)
class Transition:
    """``steps`` are the elements it runs, in order; ``also`` others that might run
    instead, kept for telling what can run at all. One that ``ends`` leaves the scope
    with whatever is open in it; ``throws`` are codes that the scope around may catch.
    """

    consumes: tuple[str, ...]
    produces: tuple[str, ...]
    steps: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    ends: bool = False
    throws: frozenset[Code] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """How a scope may be left: normally, and by which codes."""

    completes: bool = True
    throws: frozenset[Code] = frozenset()


@dataclass
class Net:
    """Places are named by the node that a token there is about to run; of a parallel
    join there is one a flow. ``once`` are places that may keep their token,
    ``looping`` those with a way back to themselves that was reduced away."""

    transitions: list[Transition] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    once: set[str] = field(default_factory=set)
    looping: set[str] = field(default_factory=set)


def net_of(drawing: Drawing, scope: str, outcomes: Mapping[str, Outcome]) -> Net:
    """The net of a process or subprocess; ``outcomes`` are those of the scopes in it."""
    net = Net()
    builder = _Builder(drawing, scope, outcomes, net)
    for node in drawing.inside(scope):
        builder.add(node)
    return net


def code_of(drawing: Drawing, node: Node) -> Code | None:
    """The code that an event throws or catches, if it is one of those with codes."""
    for definition in node.definitions:
        kind = tag(definition).removesuffix("EventDefinition")
        if kind == "cancel":
            return kind, ""
        if kind in ("error", "escalation"):
            known = drawing.definitions.get((kind, definition.get(f"{kind}Ref") or ""))
            return kind, "" if known is None else known.get(f"{kind}Code") or ""
    return None


def catches(caught: Code, thrown: Code) -> bool:
    """A boundary event without a code catches every code of its kind."""
    return caught[0] == thrown[0] and caught[1] in ("", thrown[1])


@dataclass
class _Builder:
    drawing: Drawing
    scope: str
    outcomes: Mapping[str, Outcome]
    net: Net

    def add(self, node: Node) -> None:
        if node.kind == "boundaryEvent":
            return  # added with its host
        out = self._out(node)
        if node.kind == "startEvent":
            self._put((INITIAL,), out, node)
        elif node.kind == "endEvent":
            self._end(node)
        elif node.kind == "parallelGateway":
            self._put(self._into(node), out, node)
        elif node.kind in ("exclusiveGateway", "eventBasedGateway"):
            for place in out:
                self._put((node.id,), (place,), node)
        elif self.drawing.attached[node.id]:
            self._hosting(node, out)
        else:
            self._plain(node, out)

    def _put(
        self, consumes: Iterable[str], produces: Iterable[str], node: Node
    ) -> None:
        self._transition(Transition(tuple(consumes), tuple(produces), (node.id,)))

    def _transition(self, transition: Transition) -> None:
        self.net.transitions.append(transition)

    def _into(self, join: Node) -> list[str]:
        places = []
        for flow in self.drawing.incoming[join.id]:
            places.append(self._place(flow.source, join.id))
        return places

    def _out(self, node: Node) -> list[str]:
        return [
            self._place(node.id, flow.target) for flow in self.drawing.outgoing[node.id]
        ]

    def _place(self, source: str, target: str) -> str:
        join = self.drawing.nodes[target].kind == "parallelGateway"
        place = f"{source}→{target}" if join else target
        self.net.labels[place] = target
        return place

    def _plain(self, node: Node, out: list[str]) -> None:
        """An activity or event without boundary events."""
        if node.kind not in SUBPROCESSES:
            self._throwing(node, out)
        else:
            self._hosting(node, out)

    def _end(self, node: Node) -> None:
        kinds = [tag(definition) for definition in node.definitions]
        self._throwing(node, [], "terminateEventDefinition" in kinds)

    def _throwing(self, node: Node, out: list[str], ends: bool = False) -> None:
        code = code_of(self.drawing, node)
        stops = code is not None and self._stops(self.scope, code)
        self._transition(
            Transition(
                (node.id,),
                () if ends or stops else tuple(out),
                (node.id,),
                ends=ends or stops,
                throws=frozenset() if code is None else frozenset({code}),
            )
        )

    def _stops(self, scope: str, thrown: Code) -> bool:
        """Whether a code thrown in a scope interrupts that scope or one around it."""
        while scope in self.drawing.nodes:
            for event in self.drawing.attached[scope]:
                caught = code_of(self.drawing, event)
                if caught is not None and catches(caught, thrown):
                    return event.interrupts
            scope = self.drawing.nodes[scope].scope
        return False

    def _hosting(self, node: Node, out: list[str]) -> None:
        """An activity with ways out of its own: boundary events, a subprocess's ends."""
        outcome = self.outcomes.get(node.id, Outcome())
        open_ = f"{node.id}…"
        self.net.labels[open_] = node.id
        spawns = [e for e in self.drawing.attached[node.id] if self._may_come(e)]
        armed = [
            place
            for event in spawns
            if not event.interrupts
            for place in self._repeating(event, open_)
        ]
        passing = outcome.throws - self._caught(node)
        self._transition(
            Transition((node.id,), (open_, *armed), (node.id,), throws=passing)
        )
        if outcome.completes:
            self._transition(Transition((open_,), tuple(out)))
        for event in spawns:
            if event.interrupts:
                self._put((open_,), self._out(event), event)
        for code in passing:
            if self._stops(node.scope, code):
                self._transition(
                    Transition((open_,), (), ends=True, throws=frozenset({code}))
                )

    def _caught(self, host: Node) -> set[Code]:
        thrown = self.outcomes.get(host.id, Outcome()).throws
        events = [code_of(self.drawing, e) for e in self.drawing.attached[host.id]]
        return {
            code
            for code in thrown
            if any(caught is not None and catches(caught, code) for caught in events)
        }

    def _may_come(self, event: Node) -> bool:
        """An error comes only from a subprocess that throws it, or from a call."""
        caught = code_of(self.drawing, event)
        host = self.drawing.nodes[event.host]
        if caught is None or host.kind == "callActivity":
            return True
        thrown = self.outcomes.get(host.id, Outcome()).throws
        return any(catches(caught, code) for code in thrown)

    def _repeating(self, event: Node, open_: str) -> list[str]:
        """A boundary event that leaves its host running: it may come once, or not; the
        places that its host fills for it.

        Once in a run, where its host may run again: reminders that pile up in a rework
        loop are meant.
        """
        place = f"{event.id}?"
        self.net.labels[place] = event.id
        if self.drawing.comes_back(event.host):
            self.net.once.add(place)
            self._put((place, open_), (open_, *self._out(event)), event)
            return []
        self._put((place,), self._out(event), event)
        self._transition(Transition((place,), ()))
        return [place]


def scopes_inside_out(drawing: Drawing, process: str) -> list[str]:
    """Every scope of a process, inner ones before those they stand in."""
    found = [process]
    for scope in found:
        found += [n.id for n in drawing.inside(scope) if n.kind in SUBPROCESSES]
    return found[::-1]
