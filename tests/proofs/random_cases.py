"""Random models that run, from a seed: block-structured BPMN within what we publish.

No join stands inside a loop: there the stock engine counts arrivals of an earlier turn
(design/spiffworkflow.md 6, #1).
"""

from __future__ import annotations

from collections.abc import Callable

from tests.models import arrows, drawing
from tests.proofs.random_parts import (
    End,
    Grown,
    Model,
    Node,
    Place,
    cycle,
    limit,
    timer,
)

# what every case starts with; shared by all branches, so that joins have to merge them
START = {
    "n0": 0,
    "n1": 3,
    "n2": 7,
    "things": ["甲", "乙", "丙"],
    "one": [5],
    "none": [],
}
FAILING = "failing"  # a subprocess that may end in an error


class Builder:
    """One process or subprocess."""

    def __init__(self, model: Model) -> None:
        self.model, self.random = model, model.random
        self.nodes: dict[str, Node] = {}
        self.flows: list[str] = []

    # -- nodes and flows ----------------------------------------------------------

    def add(self, stem: str, tag: str, inside: str = "", **attributes: str) -> str:
        own = self.model.fresh(stem)
        self.nodes[own] = Node(tag, inside, attributes)
        self.model.left -= 1
        return own

    def link(self, ends: list[End], target: str) -> None:
        for end in ends:
            condition = f" : {end.condition}" if end.condition else ""
            self.flows.append(f"{end.node} > {target}{condition}")
            node = self.nodes[end.node]
            if node.tag == "exclusiveGateway" and not condition:
                node.attributes["default"] = f"{end.node}__{target}"

    def after(self, ends: list[End], stem: str, tag: str, inside: str = "") -> str:
        own = self.add(stem, tag, inside)
        self.link(ends, own)
        return own

    def xml(self) -> str:
        return "".join(node.xml(own) for own, node in self.nodes.items())

    # -- blocks: each hangs itself to ``ends`` and says where to go on ------------

    def grow(self, ends: list[End], place: Place, least: int, most: int) -> Grown:
        known = place.known
        for _ in range(self.random.randint(least, most)):
            here = place.knowing(*known)
            ends, known = self.random.choice(self._blocks(here))(ends, here)
        return ends, known

    def _blocks(self, place: Place) -> list[Callable[[list[End], Place], Grown]]:
        if self.model.left <= 1:
            return [self.task]
        blocks = [self.task, self.task, self.script, self.catch, self.deadline]
        blocks += [self.deadline, self.reminder]
        if self.model.left > 3:
            blocks += [self.choice, self.choice, self.loop, self.events]
            blocks += [self.several, self.several]
            if not place.in_loop:
                blocks += [self.parallel, self.parallel]
            if place.depth < 2:
                blocks += [self.subprocess]
            if place.depth < 2 and place.alone:  # else stock ends every turn with one
                blocks += [self.failing]
        return blocks

    def task(self, ends: list[End], place: Place) -> Grown:
        own = self.after(ends, "task", "manualTask")
        return [End(own)], place.known | {f"a_{own}"}

    def script(self, ends: list[End], place: Place) -> Grown:
        target = self.random.choice(["n0", "n1", "n2", self.model.fresh("v")])
        source = self.random.choice(sorted(place.known))
        text = f"<script>{target} = {source} + {self.random.randint(1, 3)}</script>"
        return [End(self.after(ends, "script", "scriptTask", text))], place.known | {
            target
        }

    def catch(self, ends: list[End], place: Place) -> Grown:
        kind = self.random.choice(["timer", "message"])
        if kind == "message" and place.alone:
            inside = self.model.message()
        else:
            inside = timer(self.random)
        own = self.after(ends, "catch", "intermediateCatchEvent", inside)
        return [End(own)], place.known

    def choice(self, ends: list[End], place: Place) -> Grown:
        gateway = self.after(ends, "choice", "exclusiveGateway")
        source = self.random.choice(sorted(place.known))
        paths = [f"{source} > {self.random.randint(1, 7)}", ""]
        return self._either([End(gateway, path) for path in paths], place)

    def _either(self, starts: list[End], place: Place) -> Grown:
        """Paths of which one is taken, brought together again."""
        open_ends: list[End] = []
        known: list[frozenset[str]] = []
        for number, start in enumerate(starts):
            # two flows between the same nodes would have one id
            least = 1 if number == 0 or len(starts) > 2 else self.random.randint(0, 1)
            reached, names = self.grow([start], place, least, 2)
            open_ends += reached
            known.append(names)
        common = frozenset.intersection(*known)
        return [End(self.after(open_ends, "merge", "exclusiveGateway"))], common

    def parallel(self, ends: list[End], place: Place) -> Grown:
        split = self.after(ends, "split", "parallelGateway")
        reached: list[End] = []
        known = place.known
        for _ in range(self.random.randint(2, 3)):
            branch, names = self.grow([End(split)], place, 1, 2)
            reached += branch
            known |= names
        return [End(self.after(reached, "join", "parallelGateway"))], known

    def events(self, ends: list[End], place: Place) -> Grown:
        """An event gateway with one timer and, where one token waits, messages."""
        gateway = self.after(ends, "await", "eventBasedGateway")
        inside = [timer(self.random)]
        if place.alone:
            inside += [self.model.message() for _ in range(self.random.randint(1, 2))]
        starts = [
            End(self.after([End(gateway)], "event", "intermediateCatchEvent", one))
            for one in inside
        ]
        return self._either(starts, place)

    def loop(self, ends: list[End], place: Place) -> Grown:
        top = self.after(ends, "back", "exclusiveGateway")
        inner = Place(place.known, place.depth, True, place.alone)
        reached, known = self.grow([End(top)], inner, 0, 2)
        task = self.after(reached, "again", "manualTask")
        gateway = self.after([End(task)], "more", "exclusiveGateway")
        self.link([End(gateway, f"a_{task} > 6")], top)
        return [End(gateway)], known | {f"a_{task}"}

    def subprocess(self, ends: list[End], place: Place) -> Grown:
        own, known = self._subprocess(place, place.alone)
        self.link(ends, own)
        reached = self._boundary(own, place) if self.random.random() < 0.5 else []
        return self._rejoin(own, reached, place, known)

    def _subprocess(
        self, place: Place, alone: bool, output: str = ""
    ) -> tuple[str, frozenset[str]]:
        inner = Builder(self.model)
        within = Place(place.known, place.depth + 1, place.in_loop, alone)
        ends = [End(inner.add("in", "startEvent"))]
        if output:
            text = (
                f"<script>{output} = {self.random.choice(sorted(place.known))}</script>"
            )
            ends = [End(inner.after(ends, "give", "scriptTask", text))]
        ends, known = inner.grow(ends, within, 1, 2)
        inner.after(ends, "out", "endEvent")
        content = inner.xml() + arrows("\n".join(inner.flows))
        return self.add("sub", "subProcess", content), known

    def failing(self, ends: list[End], place: Place) -> Grown:
        """A subprocess that may end in an error, caught at its border."""
        code = self.model.fresh("err")
        self.model.errors.append(code)
        inner = Builder(self.model)
        within = Place(place.known, place.depth + 1, place.in_loop, place.alone)
        start = End(inner.add("in", "startEvent"))
        reached, known = inner.grow([start], within, 1, 1)
        gateway = inner.after(reached, "fails", "exclusiveGateway")
        source = self.random.choice(sorted(known))
        event = f'<errorEventDefinition errorRef="{code}"/>'
        failure = [End(gateway, f"{source} > {self.random.randint(1, 7)}")]
        inner.after(failure, "error", "endEvent", event)
        inner.after([End(gateway)], "out", "endEvent")
        content = inner.xml() + arrows("\n".join(inner.flows))
        own = self.add(FAILING, "subProcess", content)
        self.link(ends, own)
        caught = self.add("caught", "boundaryEvent", event, attachedToRef=own)
        reached, names = self.grow([End(caught)], place, 0, 1)
        # not to an end of its own: a parallel join would not wait for it in stock
        merge = self.after([End(own), *reached], "merge", "exclusiveGateway")
        return [End(merge)], known & names

    def deadline(self, ends: list[End], place: Place) -> Grown:
        """A task that a timer or a message may interrupt."""
        own = self.after(ends, "task", "manualTask")
        reached = self._boundary(own, place)
        return self._rejoin(own, reached, place, place.known | {f"a_{own}"})

    def _boundary(self, host: str, place: Place) -> list[End]:
        by_message = place.alone and self.random.random() < 0.4
        inside = self.model.message() if by_message else limit(self.random)
        own = self.add("late", "boundaryEvent", inside, attachedToRef=host)
        return [End(own)]

    def _rejoin(
        self, host: str, late: list[End], place: Place, known: frozenset[str]
    ) -> Grown:
        """The path of an interruption: back to the main path, or to an end of its own."""
        if not late:
            return [End(host)], known
        reached, names = self.grow(late, place, 0, 1)
        if self.random.random() < 0.3:
            self.after(reached, "end", "endEvent")
            return [End(host)], known
        merge = self.after([End(host), *reached], "merge", "exclusiveGateway")
        return [End(merge)], known & names

    def reminder(self, ends: list[End], place: Place) -> Grown:
        """A task with a boundary event beside which it stays open."""
        own = self.after(ends, "task", "manualTask")
        kind = self.random.choice(["timer", "cycle", "message"])
        if kind == "message" and place.alone:
            inside = self.model.message()
        else:
            inside = cycle(self.random) if kind == "cycle" else timer(self.random)
        more = {"attachedToRef": own, "cancelActivity": "false"}
        event = self.add("remind", "boundaryEvent", inside, **more)
        beside = Place(place.known, place.depth, True, alone=False)
        reached, _ = self.grow([End(event)], beside, 0, 1)
        self.after(reached, "end", "endEvent")
        return [End(own)], place.known | {f"a_{own}"}

    def several(self, ends: list[End], place: Place) -> Grown:
        """A task or subprocess for each of a list, at once or one after another."""
        number = self.model.fresh("")
        output = f"out{number}"
        if place.in_loop:  # a list that is not empty cannot be collected into
            text = f"<script>outs{number} = []</script>"
            ends = [End(self.after(ends, "reset", "scriptTask", text))]
        items = self.random.choice(["things", "things", "one", "none"])
        sequential = self.random.choice(["true", "false"])
        stop = ""
        if self.random.random() < 0.7 or place.depth > 1 or self.model.left < 4:
            own = self.add(f"each{number}_", "manualTask")
            if self.random.random() < 0.2:
                stop = f"<completionCondition>{output} > 6</completionCondition>"
        else:
            # with a condition stock goes on with turns that it has cancelled
            within = Place(place.known, place.depth, True, alone=False)
            own, _ = self._subprocess(within, alone=False, output=output)
        self.nodes[own].inside = (
            f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
            f"<loopDataInputRef>{items}</loopDataInputRef>"
            f"<loopDataOutputRef>outs{number}</loopDataOutputRef>"
            f'<inputDataItem id="item{number}" name="item{number}"/>'
            f'<outputDataItem id="{output}" name="{output}"/>'
            f"{stop}</multiInstanceLoopCharacteristics>{self.nodes[own].inside}"
        )
        self.link(ends, own)
        late = self._boundary(own, place) if self.random.random() < 0.4 else []
        return self._rejoin(own, late, place, place.known)


def model(seed: int, most: int = 14) -> bytes:
    """A model of about ``most`` elements at most, as BPMN; its process id is ``p``."""
    whole = Model(seed, most)
    builder = Builder(whole)
    start = builder.add("start", "startEvent")
    known = frozenset({"n0", "n1", "n2"})
    ends = [End(start)]
    place = Place(known)
    while whole.left > 1:
        ends, known = builder.grow(ends, place.knowing(*known), 1, 1)
    builder.after(ends, "end", "endEvent")
    messages = "".join(f'<message id="{m}" name="{m}"/>' for m in whole.messages)
    errors = "".join(f'<error id="{e}" errorCode="{e}"/>' for e in whole.errors)
    flows = "\n".join(builder.flows)
    return drawing("p", builder.xml(), flows, messages + errors)
