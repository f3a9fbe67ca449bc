"""Faulty drawings, and of each the findings it must get: (element, code)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.workflow.build import Model, extensions, message, props

Expected = set[tuple[str, str]]
TWO = "start.s -> user.a -> user.b -> end.e"
MESSAGE = '<message id="m" name="答复"/>'
SIGNAL = '<signal id="alarm" name="警报"/>'
CATCH_M = message("m")
CATCH_ALARM = '<signalEventDefinition signalRef="alarm"/>'


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def operator(name: str, **parameters: str) -> str:
    inside = "".join(
        f'<spiffworkflow:parameter id="{own}" type="any" value="{value}"/>'
        for own, value in parameters.items()
    )
    return (
        f'<spiffworkflow:serviceTaskOperator id="{name}"><spiffworkflow:parameters>'
        f"{inside}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
    )


def multi(
    collection: str = "items",
    output: str = "results",
    item: str = "it",
    result: str = "done",
) -> str:
    results = (
        f"<loopDataOutputRef>{output}</loopDataOutputRef>" if output else "",
        f'<outputDataItem id="{result}"/>' if output else "",
    )
    source = f"<loopDataInputRef>{collection}</loopDataInputRef>" if collection else ""
    return (
        "<multiInstanceLoopCharacteristics>"
        f'{source}{results[0]}<inputDataItem id="{item}"/>{results[1]}'
        "</multiInstanceLoopCharacteristics>"
    )


def script(text: str) -> str:
    return f"<script>{text}</script>"


@dataclass(frozen=True)
class Faulty:
    model: Model
    expected: Expected


def _around(event: str, **more: str) -> Model:
    """A catch event between a start and an end."""
    return Model(
        "start.s -> catch.c -> end.e", inner={"c": event}, roots=more.get("roots", "")
    )


def _boundary(event: str, mark: str = "@", roots: str = "") -> Model:
    return Model(f"{TWO}\nlate{mark}a -> end.f", inner={"late": event}, roots=roots)


FAULTY: dict[str, Faulty] = {
    # what the engine does not run
    "an inclusive gateway": Faulty(
        Model("start.s -> or.g -> user.a -> end.e\ng -> end.f"),
        {("g", "forbidden.inclusiveGateway")},
    ),
    "a complex gateway": Faulty(
        Model("start.s -> complex.g -> user.a -> end.e\ng -> end.f"),
        {("g", "forbidden.complexGateway")},
    ),
    "an ad hoc subprocess": Faulty(
        Model("start.s -> adhoc.g -> end.e"),
        {("g", "forbidden.adHocSubProcess")},
    ),
    "an event subprocess": Faulty(
        Model(
            f"{TWO}\nsub.x -> e",
            inside={"x": "start.i -> end.o"},
            inner={"i": timer('"PT1H"')},
            attributes={"x": 'triggeredByEvent="true"'},
        ),
        {("x", "forbidden.eventSubProcess")},
    ),
    "a link": Faulty(
        Model(
            "start.s -> user.a -> throw.t -> end.e",
            inner={"t": '<linkEventDefinition name="x"/>'},
        ),
        {("t", "forbidden.linkEventDefinition")},
    ),
    "a compensation": Faulty(
        Model(
            "start.s -> throw.t -> end.e", inner={"t": "<compensateEventDefinition/>"}
        ),
        {("t", "forbidden.compensateEventDefinition")},
    ),
    "a signal end event": Faulty(
        Model(TWO, inner={"e": CATCH_ALARM}, roots=SIGNAL),
        {("e", "forbidden.signalEndEvent")},
    ),
    "a terminating throw event": Faulty(
        Model(
            "start.s -> throw.t -> end.e", inner={"t": "<terminateEventDefinition/>"}
        ),
        {("t", "event.misplaced")},
    ),
    "a data store": Faulty(
        Model(TWO, roots='<dataStore id="store" name="台账"/>'),
        {("store", "data.store")},
    ),
    # ids, processes, starts and ends
    "an id used twice": Faulty(
        Model(TWO, roots='<message id="a" name="m"/>'), {("a", "id.twice")}
    ),
    "an operator called like a step": Faulty(
        Model(
            "start.s -> service.write_record -> end.e",
            more={"write_record": operator("write_record", title="1")},
        ),
        {("write_record", "id.twice")},
    ),
    "a reserved id": Faulty(
        Model("start.Start -> user.a -> end.End"),
        {("Start", "id.reserved"), ("End", "id.reserved")},
    ),
    "a process that is not executable": Faulty(
        Model(TWO, attributes={"p": 'isExecutable="false"'}),
        {("p", "process.not_executable")},
    ),
    "no start": Faulty(
        Model("user.a -> end.e"), {("p", "start.missing"), ("a", "node.no_incoming")}
    ),
    "two starts": Faulty(
        Model("start.s -> user.a -> end.e\nstart.t -> a"), {("t", "start.several")}
    ),
    "no end": Faulty(
        Model("start.s -> user.a"), {("p", "end.missing"), ("a", "node.no_outgoing")}
    ),
    "a subprocess without a start": Faulty(
        Model("start.s -> sub.x -> end.e", inside={"x": "user.a -> end.o"}),
        {("x", "start.missing"), ("a", "node.no_incoming")},
    ),
    "a timer that starts a subprocess": Faulty(
        Model(
            "start.s -> sub.x -> end.e",
            inside={"x": "start.i -> user.a -> end.o"},
            inner={"i": timer('"PT1H"')},
        ),
        {("i", "start.event")},
    ),
    # flows and gateways
    "an island": Faulty(
        Model(f"{TWO}\nuser.x -> user.y -> x"),
        {
            ("x", "node.unreachable"),
            ("y", "node.unreachable"),
            ("x", "flow.circle"),
        },
    ),
    "a round with no way out": Faulty(
        Model("start.s -> xor.g -> end.e\ng -> user.a -> xor.h -> user.b -> h"),
        {("a", "node.endless"), ("h", "node.endless"), ("b", "node.endless")},
    ),
    "a round that only a deadline leaves": Faulty(
        Model("start.s -> user.a -> user.b -> a\nlate@b -> end.e"),
        {("a", "flow.circle")},
    ),
    "a split without a gateway": Faulty(
        Model("start.s -> user.a -> end.e\na -> user.b -> end.f"),
        {("a", "flow.implicit_split")},
    ),
    "a condition behind a task": Faulty(
        Model("start.s -> user.a -[paid]-> end.e"), {("a__e__1", "flow.condition")}
    ),
    "a choice without a condition": Faulty(
        Model(
            "start.s -> xor.g -[paid]-> end.e\ng -> end.f",
            attributes={"g": 'default="g__e__1"'},
        ),
        {("g__e__1", "gateway.default_condition"), ("g__f__2", "gateway.no_condition")},
    ),
    "a default flow from elsewhere": Faulty(
        Model(
            "start.s -> xor.g -[paid]-> end.e\ng -[not paid]-> end.f",
            attributes={"g": 'default="s__g__0"'},
        ),
        {("g", "gateway.default")},
    ),
    "a condition on the only way": Faulty(
        Model("start.s -> xor.g -[paid]-> end.e"),
        {("g__e__1", "gateway.single_condition")},
    ),
    "two flows from one step into a join": Faulty(
        Model("start.s -> xor.g -> and.j -> end.e\ng -> j"), {("j", "flow.double")}
    ),
    "a flow into a start": Faulty(
        Model("start.s -> user.a -> xor.g -> s\ng -> end.e"),
        {("g__s__2", "flow.to_start")},
    ),
    "a flow out of an end": Faulty(
        Model("start.s -> end.e -> user.a -> end.f"), {("e__a__1", "flow.from_end")}
    ),
    # events
    "an unquoted duration": Faulty(_around(timer("P2D")), {("c", "timer.unquoted")}),
    "an unquoted moment": Faulty(
        _around(timer("2026-03-10T09:00+08:00", "timeDate")), {("c", "timer.unquoted")}
    ),
    "half a month": Faulty(_around(timer('"P0.5M"')), {("c", "timer.wrong")}),
    "a number as a duration": Faulty(_around(timer("5")), {("c", "timer.wrong")}),
    "a moment as a duration": Faulty(
        _around(timer('"2026-03-10"')), {("c", "timer.wrong")}
    ),
    "an empty timer": Faulty(
        _around("<timerEventDefinition/>"), {("c", "timer.missing")}
    ),
    "a timer that repeats where it cannot": Faulty(
        _boundary(timer('"R3/PT1H"', "timeCycle")), {("late", "timer.cycle")}
    ),
    "two timers behind an event gateway": Faulty(
        Model(
            "start.s -> eg.g -> catch.c -> end.e\ng -> catch.d -> end.f",
            inner={"c": timer('"PT1H"'), "d": timer('"PT2H"')},
        ),
        {("g", "timer.two")},
    ),
    "a task behind an event gateway": Faulty(
        Model(
            "start.s -> eg.g -> catch.c -> end.e\ng -> user.d -> end.f",
            inner={"c": timer('"PT1H"')},
        ),
        {("d", "event_gateway.target")},
    ),
    "an event of a gateway entered from aside": Faulty(
        Model(
            "start.s -> xor.x -> eg.g -> catch.c -> end.e\nx -> c\n"
            "g -> catch.d -> end.f",
            inner={"c": timer('"PT1H"'), "d": CATCH_M},
            roots=MESSAGE,
        ),
        {("c", "event_gateway.shared")},
    ),
    "one message twice behind an event gateway": Faulty(
        Model(
            "start.s -> eg.g -> catch.c -> end.e\ng -> catch.d -> end.f",
            inner={"c": CATCH_M, "d": CATCH_M},
            roots=MESSAGE,
        ),
        {("g", "event_gateway.same")},
    ),
    "a signal at the border twice": Faulty(
        Model(
            f"{TWO}\nx~a -> end.f\ny~a -> end.g",
            inner={"x": CATCH_ALARM, "y": CATCH_ALARM},
            roots=SIGNAL,
        ),
        {("y", "boundary.twice")},
    ),
    "a border event on nothing": Faulty(
        Model(f"{TWO}\nlate@gone -> end.f"), {("late", "boundary.host")}
    ),
    "a border event on a gateway": Faulty(
        Model("start.s -> xor.g -> end.e\nlate@g -> end.f"),
        {("late", "boundary.host")},
    ),
    "a message without a name": Faulty(
        _around(CATCH_M, roots='<message id="m"/>'), {("m", "message.no_name")}
    ),
    "a message that is not defined": Faulty(
        _around(CATCH_M), {("c", "message.unknown")}
    ),
    "a message not chosen": Faulty(
        Model("start.s -> receive.c -> end.e"), {("c", "message.missing")}
    ),
    "an event without a trigger": Faulty(
        Model("start.s -> catch.c -> end.e"), {("c", "event.empty")}
    ),
    "a cancel event in no transaction": Faulty(
        Model(TWO, inner={"e": "<cancelEventDefinition/>"}), {("e", "cancel.outside")}
    ),
    # expressions
    "a condition that cannot be read": Faulty(
        Model("start.s -> xor.g -[paid ==]-> end.e\ng -> end.f"),
        {("g__e__1", "expression")},
    ),
    "a hostile script": Faulty(
        Model("start.s -> script.x -> end.e", inner={"x": script("import os")}),
        {("x", "script")},
    ),
    "an empty script": Faulty(
        Model("start.s -> script.x -> end.e"), {("x", "script.missing")}
    ),
    "a script that hides a function": Faulty(
        Model("start.s -> script.x -> end.e", inner={"x": script("param = 1")}),
        {("x", "script"), ("x", "variable.hides")},
    ),
    "a variable called typename": Faulty(
        Model("start.s -> script.x -> end.e", inner={"x": script("typename = 1")}),
        {("x", "variable.typename")},
    ),
    "an unknown function in a deadline": Faulty(
        Model(TWO, more={"a": props(due="soon(1)")}), {("a", "expression")}
    ),
    "a title that cannot be read": Faulty(
        Model(TWO, more={"p": props(title="unit_no +")}), {("p", "expression")}
    ),
    "a payload that cannot be read": Faulty(
        Model(
            "start.s -> throw.t -> end.e",
            inner={
                "t": '<messageEventDefinition messageRef="m">'
                + extensions(
                    "<spiffworkflow:messagePayload>{</spiffworkflow:messagePayload>"
                )
                + "</messageEventDefinition>"
            },
            roots=MESSAGE,
        ),
        {("t", "expression")},
    ),
    # what a drawing names
    "an unknown operation": Faulty(
        Model("start.s -> service.x -> end.e", more={"x": operator("rm_rf")}),
        {("x", "service.unknown")},
    ),
    "no operation": Faulty(
        Model("start.s -> service.x -> end.e"), {("x", "service.missing")}
    ),
    "an operation with a wrong argument": Faulty(
        Model(
            "start.s -> service.x -> end.e",
            more={"x": operator("write_record", kind="1 +")},
        ),
        {("x", "expression"), ("x", "service.parameter")},
    ),
    "a linked case of no process": Faulty(
        Model(
            "start.s -> service.x -> end.e",
            more={"x": operator("start_case", process="'nothing'")},
        ),
        {("x", "service.process")},
    ),
    "a call of nothing": Faulty(
        Model("start.s -> call.x -> end.e"), {("x", "call.missing")}
    ),
    "a call of an unknown process": Faulty(
        Model("start.s -> call.x -> end.e", attributes={"x": 'calledElement="gone"'}),
        {("x", "call.unknown")},
    ),
    "a call of itself": Faulty(
        Model("start.s -> call.x -> end.e", attributes={"x": 'calledElement="p"'}),
        {("x", "call.cycle")},
    ),
    "a call that comes back": Faulty(
        Model("start.s -> call.x -> end.e", attributes={"x": 'calledElement="back"'}),
        {("x", "call.cycle")},
    ),
    "an unknown decision": Faulty(
        Model(
            "start.s -> rule.x -> end.e",
            more={
                "x": "<spiffworkflow:calledDecisionId>gone</spiffworkflow:calledDecisionId>"
            },
        ),
        {("x", "decision.unknown")},
    ),
    "no decision": Faulty(
        Model("start.s -> rule.x -> end.e"), {("x", "decision.missing")}
    ),
    "an unknown role": Faulty(
        Model(TWO, more={"a": props(role="nobody")}), {("a", "role.unknown")}
    ),
    "a step outside every lane": Faulty(
        Model(TWO, outside_lane=frozenset({"a"})), {("a", "lane.missing")}
    ),
    "an unknown form": Faulty(
        Model(TWO, more={"a": props(form="gone")}), {("a", "form.unknown")}
    ),
    "data from nowhere": Faulty(
        Model(
            TWO,
            inner={
                "a": "<dataInputAssociation><sourceRef>gone</sourceRef></dataInputAssociation>"
            },
        ),
        {("a", "data.reference")},
    ),
    # multi-instance
    "results of several that are lost": Faulty(
        Model(TWO, inner={"a": multi(output="")}), {("a", "mi.no_output")}
    ),
    "several of nothing": Faulty(
        Model(
            TWO,
            inner={"a": multi(collection="")},
            forms={"a": {"schema": {"properties": {"done": {}}}}},
        ),
        {("a", "mi.collection")},
    ),
    "an item whose name is taken": Faulty(
        Model(
            TWO,
            inner={"b": multi()},
            forms={
                "a": {"schema": {"properties": {"it": {}}}},
                "b": {"schema": {"properties": {"done": {}}}},
            },
        ),
        {("b", "mi.item_taken")},
    ),
    "a result that nobody gives": Faulty(
        Model(TWO, inner={"a": multi()}), {("a", "mi.output_unset")}
    ),
}


@dataclass(frozen=True)
class Unsound:
    model: Model
    element: str
    code: str
    path: tuple[str, ...]


UNSOUND: dict[str, Unsound] = {
    "a join behind a choice": Unsound(
        Model("start.s -> xor.g -> user.a -> and.j -> end.e\ng -> user.b -> j"),
        "j",
        "unsound.deadlock",
        ("s", "g", "a"),
    ),
    "a deadline that goes past a join": Unsound(
        Model(
            "start.s -> and.g -> user.a -> and.j -> end.e\ng -> user.b -> j\nlate@b -> end.f"
        ),
        "j",
        "unsound.deadlock",
        ("s", "g", "a", "b", "late", "f"),
    ),
    "a join that also waits for a reminder": Unsound(
        Model("start.s -> user.a -> and.j -> end.e\nremind~a -> j"),
        "j",
        "unsound.deadlock",
        ("s", "a"),
    ),
    "a branch more with each round": Unsound(
        Model(
            "start.s -> xor.m -> and.g -> user.a -> xor.x -> m\nx -> end.e\ng -> user.b -> end.f"
        ),
        "b",
        "unsound.growth",
        ("s", "m", "g", "a", "b", "x", "m", "g", "a", "b"),
    ),
    "a choice between two joins": Unsound(
        Model(
            "start.s -> and.g -> xor.x -> user.a -> and.j -> end.e\n"
            "g -> user.b -> j\nx -> user.c -> end.f"
        ),
        "j",
        "unsound.deadlock",
        ("s", "g", "b", "x", "c", "f"),
    ),
    "an error that nobody throws": Unsound(
        Model(
            "start.s -> sub.x -> end.e\nfail@x -> end.f",
            inside={"x": "start.i -> user.a -> end.o"},
            inner={"fail": "<errorEventDefinition/>"},
        ),
        "fail",
        "unsound.dead",
        (),
    ),
    "a subprocess that always fails": Unsound(
        Model(
            "start.s -> sub.x -> user.b -> end.e\nfail@x -> end.f",
            inside={"x": "start.i -> user.a -> end.o"},
            inner={"fail": "<errorEventDefinition/>", "o": "<errorEventDefinition/>"},
        ),
        "b",
        "unsound.dead",
        (),
    ),
    "a dead end inside a subprocess": Unsound(
        Model(
            "start.s -> sub.x -> end.e",
            inside={
                "x": "start.i -> xor.g -> user.a -> and.j -> end.o\ng -> user.b -> j"
            },
        ),
        "j",
        "unsound.deadlock",
        ("i", "g", "a"),
    ),
    "rounds that never meet": Unsound(
        Model(
            "start.s -> xor.m -> and.g -> user.a -> xor.x -> and.j -> m\n"
            "g -> user.b -> xor.y -> j\nx -> end.e\ny -> end.f"
        ),
        "j",
        "unsound.deadlock",
        ("s", "m", "g", "a", "b", "x", "y", "f"),
    ),
}
