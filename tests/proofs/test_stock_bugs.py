"""What the stock engine does wrong and ours does right, each with its smallest model.

The random models of test_fuzz leave these out, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from SpiffWorkflow.exceptions import TaskNotFoundException, WorkflowException

from engine.workflow.state import dump_specs, load_specs
from tests.models import arrows, drawing
from tests.proofs.two_engines import Ours, Stock

DATA = {"things": [1, 9]}
ENDS = '<startEvent id="begin"/><endEvent id="end"/><endEvent id="other"/>'


def task(name: str, inside: str = "") -> str:
    return f'<manualTask id="{name}">{inside}</manualTask>'


def timer(text: str) -> str:
    kind = "timeCycle" if text.startswith("R") else "timeDuration"
    return (
        f'<timerEventDefinition><{kind} xsi:type="tFormalExpression">"{text}"</{kind}>'
        "</timerEventDefinition>"
    )


def late(host: str, text: str = "PT1H", interrupting: str = "true") -> str:
    return (
        f'<boundaryEvent id="late" attachedToRef="{host}" cancelActivity="{interrupting}">'
        f"{timer(text)}</boundaryEvent>"
    )


def each(condition: str = "", sequential: str = "false") -> str:
    stop = condition and f"<completionCondition>{condition}</completionCondition>"
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
        "<loopDataInputRef>things</loopDataInputRef>"
        "<loopDataOutputRef>results</loopDataOutputRef>"
        '<inputDataItem id="thing" name="thing"/><outputDataItem id="result" name="result"/>'
        f"{stop}</multiInstanceLoopCharacteristics>"
    )


def inner(name: str, nodes: str, flows: str, before: str = "") -> str:
    """A subprocess from ``in_<name>`` to ``out_<name>``."""
    ends = f'<startEvent id="in_{name}"/><endEvent id="out_{name}"/>'
    return f'<subProcess id="{name}">{before}{ends}{nodes}{arrows(flows)}</subProcess>'


def give(text: str) -> str:
    return f'<scriptTask id="give"><script>result = {text}</script></scriptTask>'


FAILS = (
    '<exclusiveGateway id="ok" default="ok__out_check"/>'
    '<endEvent id="wrong"><errorEventDefinition errorRef="err"/></endEvent>'
)
CAUGHT = (
    '<boundaryEvent id="caught" attachedToRef="check">'
    '<errorEventDefinition errorRef="err"/></boundaryEvent>'
)
EXTRA = '<error id="err" errorCode="err"/><message id="m" name="m"/>'


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=True) as moving:
        yield moving


def act(case: Any, clock: time_machine.Traveller, *acts: str) -> Any:
    """Finish the first open task of that name, or let time pass."""
    for one in acts:
        if one == "later":
            clock.shift(timedelta(hours=1, minutes=2))
            case.wake()
        else:
            found = [name for name, _ in case.seen().tasks]
            case.finish(found.index(one), {} if one == "call" else {"result": 1})
    return case


def tasks(case: Any) -> list[str]:
    return [name for name, _ in case.seen().tasks]


@pytest.mark.parametrize("sequential", ["true", "false"])
@pytest.mark.parametrize("between", ["", "script", "manual"])
def test_a_multi_instance_on_the_path_of_a_boundary_event(
    sequential: str, between: str, clock: time_machine.Traveller
) -> None:
    steps = {
        "": ("", "late > many"),
        "script": (give("0"), "late > give\n give > many"),
        "manual": (task("call"), "late > call\n call > many"),
    }
    node, path = steps[between]
    nodes = ENDS + task("pay") + late("pay") + node
    nodes += task("many", each(sequential=sequential))
    if between == "script":
        nodes = nodes.replace("result = 0", "x = 0")
    flows = f"begin > pay\n pay > end\n {path}\n many > other"
    acts = ("later", "call") if between == "manual" else ("later",)
    bpmn = drawing("p", nodes, flows)
    ours = act(Ours(bpmn, DATA), clock, *acts)
    assert tasks(ours) == (["many"] if sequential == "true" else ["many", "many"])
    with pytest.raises(WorkflowException, match="non-predicted child"):
        act(Stock(bpmn, DATA), clock, *acts)


def test_a_deadline_on_a_subprocess_for_each(clock: time_machine.Traveller) -> None:
    body = inner("many", task("fix"), "in_many > fix\n fix > out_many", each())
    nodes = ENDS + body + late("many") + task("warn")
    flows = "begin > many\n many > end\n late > warn\n warn > other"
    bpmn = drawing("p", nodes, flows)
    ours = act(Ours(bpmn, DATA), clock, "later")
    assert tasks(ours) == ["warn"]
    assert act(ours, clock, "warn").ended
    with pytest.raises(TaskNotFoundException):
        act(Stock(bpmn, DATA), clock, "later")


REMINDED = (
    ENDS + task("pay") + late("pay", "R3/PT1H", "false"),
    "begin > pay\n pay > end\n late > remind\n remind > other",
)


def test_a_subprocess_open_on_a_reminders_path(clock: time_machine.Traveller) -> None:
    nodes, flows = REMINDED
    body = inner("remind", task("phone"), "in_remind > phone\n phone > out_remind")
    bpmn = drawing("p", nodes + body, flows)
    ours = act(Ours(bpmn, {}), clock, "later")
    assert tasks(ours) == ["pay", "phone"]
    assert act(ours, clock, "pay").ended
    with pytest.raises(TaskNotFoundException):
        act(Stock(bpmn, {}), clock, "later", "pay")


def test_nobody_waits_for_a_timer_that_was_cut_off(
    clock: time_machine.Traveller,
) -> None:
    """Stock goes on listening: as a row in our table of waits it would be due for ever."""
    nodes, flows = REMINDED
    nodes += (
        f'<intermediateCatchEvent id="remind">{timer("P1D")}</intermediateCatchEvent>'
    )
    bpmn = drawing("p", nodes, flows)
    ours = act(Ours(bpmn, {}), clock, "later")
    assert sorted(wait.element for wait in ours.waits.values()) == [
        "late",
        "pay",
        "remind",
    ]
    assert act(ours, clock, "pay").waits == {}
    stock = act(Stock(bpmn, {}), clock, "later", "pay")
    assert len(stock.workflow.waiting_events()) == 1 and stock.seen().ended


@pytest.mark.parametrize("host", ["fix", "many"])
def test_tasks_that_a_deadline_cuts_off_are_told(
    host: str, clock: time_machine.Traveller
) -> None:
    body = {
        "fix": task("fix", each()),
        "many": inner("many", task("fix"), "in_many > fix\n fix > out_many", each()),
    }[host]
    nodes = ENDS + body + late(host) + task("warn")
    flows = f"begin > {host}\n {host} > end\n late > warn\n warn > other"
    ours = act(Ours(drawing("p", nodes, flows), DATA), clock, "later")
    assert ours.cancelled["fix"] == 2


def test_a_message_at_a_gateway_whose_timer_is_overdue(
    clock: time_machine.Traveller,
) -> None:
    nodes = (
        f'{ENDS}<eventBasedGateway id="which"/>{task("called")}{task("waited")}'
        f'<intermediateCatchEvent id="hour">{timer("PT1H")}</intermediateCatchEvent>'
        '<intermediateCatchEvent id="call"><messageEventDefinition messageRef="m"/>'
        "</intermediateCatchEvent>"
    )
    flows = (
        "begin > which\n which > hour\n which > call\n hour > waited\n call > called\n"
        "waited > end\n called > other"
    )
    bpmn = drawing("p", nodes, flows, EXTRA)
    ours, stock = Ours(bpmn, {}), Stock(bpmn, {})
    clock.shift(timedelta(hours=1, minutes=2))  # and no worker has come yet
    for case in (ours, stock):
        case.deliver("m", {})
    assert tasks(ours) == ["called"]
    assert tasks(stock) == ["called", "waited"]


def test_an_error_ends_one_turn_only(clock: time_machine.Traveller) -> None:
    path = "in_check > look\n look > ok\n ok > wrong : True\n ok > out_check"
    body = inner("check", task("look") + FAILS, path) + CAUGHT + give("0")
    flows = (
        "in_many > give\n give > check\n check > out_many\n"
        "caught > mend\n mend > out_many"
    )
    many = inner("many", body + task("mend"), flows, each())
    bpmn = drawing("p", ENDS + many, "begin > many\n many > end", EXTRA)
    assert tasks(act(Ours(bpmn, DATA), clock, "look")) == ["look", "mend"]
    assert tasks(act(Stock(bpmn, DATA), clock, "look")) == ["mend", "mend"]


def test_a_join_does_not_take_an_error_for_an_arrival(
    clock: time_machine.Traveller,
) -> None:
    check = inner("check", FAILS, "in_check > ok\n ok > wrong : True\n ok > out_check")
    nodes = (
        f'{ENDS}<parallelGateway id="split"/><parallelGateway id="join"/>{check}{CAUGHT}'
        + task("pay")
        + task("mend")
        + task("both")
    )
    flows = (
        "begin > split\n split > pay\n pay > join\n split > check\n check > join\n"
        "join > both\n both > end\n caught > mend\n mend > other"
    )
    bpmn = drawing("p", nodes, flows, EXTRA)
    ours, stock = Ours(bpmn, {}), Stock(bpmn, {})
    assert tasks(ours) == tasks(stock) == ["mend", "pay"]
    assert tasks(act(ours, clock, "pay")) == ["mend"]
    assert tasks(act(stock, clock, "pay")) == ["both", "mend"]


def test_turns_cancelled_by_the_condition_do_not_go_on(
    clock: time_machine.Traveller,
) -> None:
    wait = f'<intermediateCatchEvent id="hour">{timer("PT1H")}</intermediateCatchEvent>'
    path = "in_many > give\n give > hour\n hour > out_many"
    body = inner("many", give("thing") + wait, path, each("result > 0"))
    nodes = ENDS + body + task("pay")
    bpmn = drawing("p", nodes, "begin > many\n many > pay\n pay > end")
    ours = act(Ours(bpmn, DATA), clock, "later")
    assert '"results": [1]' in ours.seen().tasks[0][1]
    stock = act(Stock(bpmn, DATA), clock, "later")
    assert '"results": [1, 9]' in stock.seen().tasks[0][1]


def test_a_join_in_a_loop_waits_in_every_turn(clock: time_machine.Traveller) -> None:
    nodes = (
        f'{ENDS}<exclusiveGateway id="top" default="top__split"/>'
        '<parallelGateway id="split"/><parallelGateway id="join"/>'
        '<exclusiveGateway id="more" default="more__end"/>'
        + task("a")
        + task("b")
        + task("look")
    )
    flows = (
        "begin > top\n top > split\n split > a\n split > b\n a > join\n b > join\n"
        "join > look\n look > more\n more > top : result == 1\n more > end"
    )
    bpmn = drawing("p", nodes, flows)
    turn = ("a", "b", "look", "b")
    assert tasks(act(Ours(bpmn, {}), clock, *turn)) == ["a"]
    assert tasks(act(Stock(bpmn, {}), clock, *turn)) == ["a", "look"]


BACK = {
    "a task": task("fix"),
    "a subprocess": inner("fix", task("pay"), "in_fix > pay\n pay > out_fix"),
    "a task with a reminder": task("fix")
    + late("fix", "PT5H", "false").replace('id="late"', 'id="remind"')
    + task("call"),
}


def back(host: str) -> bytes:
    nodes, flows = (
        ENDS + BACK[host] + late("fix"),
        "begin > fix\n fix > end\n late > fix",
    )
    if "remind" in nodes:
        flows += "\n remind > call\n call > other"
    return drawing("p", nodes, flows)


def last(host: str) -> str:
    return "pay" if host == "a subprocess" else "fix"


@pytest.mark.parametrize("host", BACK)
@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_a_deadline_that_leads_back_to_its_own_task(
    host: str, rounds: int, clock: time_machine.Traveller
) -> None:
    ours = act(Ours(back(host), {}), clock, *["later"] * rounds, last(host))
    assert ours.ended and ours.waits == {} and ours.done["late"] == rounds


@pytest.mark.parametrize("host", BACK)
def test_stock_goes_on_waiting_for_it(host: str, clock: time_machine.Traveller) -> None:
    stock = act(Stock(back(host), {}), clock, "later", last(host)).seen()
    assert "late" in [element for element, _, _ in stock.events]
    assert stock.tasks == [] and not stock.ended


def test_a_version_published_with_stocks_own_join_is_mended(
    clock: time_machine.Traveller,
) -> None:
    nodes = ENDS + task("fix") + late("fix")
    bpmn = drawing("p", nodes, "begin > fix\n fix > end\n late > fix")
    ours, stock = Ours(bpmn, {}), Stock(bpmn, {})
    published = dump_specs((stock.workflow.spec, {}))
    for saved in (published, dump_specs(ours.specs)):
        assert b'"typename":"BoundaryEventJoin"' in saved
    ours.specs = load_specs(published)
    assert act(ours, clock, "later", "fix").ended
