"""A running case on another version: nothing open is set back, and it can still end."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from engine.progress import Wait
from engine.workflow.migrate import CannotMigrate
from engine.workflow.run import StepFailed, World
from engine.workflow.state import load
from tests.models import arrows, operator
from tests.proofs.random_cases import START, model
from tests.workflow.walking import Walk, drawn, random_act, version, with_a_task

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ENDS = '<startEvent id="begin"/><endEvent id="end"/>'
PAY = '<manualTask id="pay" name="交费"/>'
CHECK = '<manualTask id="check" name="复核"/>'
MODELS = int(os.environ.get("STEWARD_MIGRATIONS", "200"))


def timed(text: str, kind: str = "timeDuration") -> str:
    return (
        f'<timerEventDefinition><{kind} xsi:type="tFormalExpression">{text}</{kind}>'
        "</timerEventDefinition>"
    )


def boundary(
    text: str,
    kind: str = "timeDuration",
    interrupting: str = "false",
    own: str = "late",
) -> str:
    return (
        f'<boundaryEvent id="{own}" name="催办时间" attachedToRef="pay" '
        f'cancelActivity="{interrupting}">{timed(text, kind)}</boundaryEvent>'
    )


REMIND = '<manualTask id="remind" name="催办"/><endEvent id="reminded"/>'
REMINDS = "\n late > remind\n remind > reminded"
SHORT = drawn(ENDS + PAY, "begin > pay\n pay > end")
LONG = drawn(ENDS + PAY + CHECK, "begin > pay\n pay > check\n check > end")


def parts_of(walk: Walk) -> Counter[str]:
    return Counter(
        task.task_spec.name
        for task in load(walk.state, walk.version.specs).every_task()
    )


def data_of(walk: Walk, element: str) -> dict[str, Any]:
    every = load(walk.state, walk.version.specs).every_task()
    wanted = UUID(walk.wait(element).id)
    return next(dict(task.data) for task in every if task.id == wanted)


# -- steps ------------------------------------------------------------------------


def test_a_step_behind_the_open_one_is_reached() -> None:
    walk = Walk.begin(SHORT, house="1-1")
    before = walk.wait("pay")
    migrated = walk.move(LONG)
    assert migrated.waits == (before,) and not migrated.opened + migrated.closed
    walk.finish("pay", paid=True)
    assert walk.at() == ["check"]
    walk.finish("check")
    assert walk.ended
    data = load(walk.state, LONG.specs).data
    assert (data["house"], data["paid"]) == ("1-1", True)


def test_a_step_before_the_open_one_stays_undone() -> None:
    early = drawn(ENDS + PAY + CHECK, "begin > check\n check > pay\n pay > end")
    walk = Walk.begin(SHORT)
    walk.move(early)
    walk.finish("pay")
    assert walk.ended and walk.done["check"] == 0


def test_a_removed_future_step_is_not_reached() -> None:
    walk = Walk.begin(LONG)
    walk.move(SHORT)
    walk.finish("pay")
    assert walk.ended


def test_a_removed_finished_step_is_no_obstacle() -> None:
    walk = Walk.begin(LONG)
    walk.finish("pay")
    only = drawn(ENDS + CHECK, "begin > check\n check > end")
    walk.move(only)
    walk.finish("check")
    assert walk.ended and walk.done == Counter(begin=1, pay=1, check=1, end=1)


def test_a_removed_open_step_is_refused_by_its_name() -> None:
    walk = Walk.begin(LONG)
    walk.finish("pay")
    state = walk.state
    with pytest.raises(CannotMigrate) as refused:
        walk.look(SHORT)
    assert refused.value.status == 409
    assert refused.value.reasons == ("案件停在“复核”，新版本里没有这一步",)
    assert str(refused.value) == (
        "这个案件不能换到该版本：案件停在“复核”，新版本里没有这一步。"
    )
    assert walk.state == state


@pytest.mark.parametrize(
    "changed",
    [
        '<userTask id="pay" name="交费"/>',
        '<scriptTask id="pay" name="交费"><script>x = 1</script></scriptTask>',
        '<manualTask id="pay" name="交费"><multiInstanceLoopCharacteristics '
        'isSequential="true"><loopCardinality xsi:type="tFormalExpression">2'
        "</loopCardinality></multiInstanceLoopCharacteristics></manualTask>",
    ],
)
def test_an_open_step_of_another_kind_is_refused(changed: str) -> None:
    other = drawn(ENDS + changed, "begin > pay\n pay > end")
    with pytest.raises(
        CannotMigrate, match="案件停在“交费”，新版本里它换成了另一种步骤"
    ):
        Walk.begin(SHORT).look(other)


def test_a_finished_step_may_become_another_kind() -> None:
    walk = Walk.begin(LONG)
    walk.finish("pay")
    gateway = '<parallelGateway id="pay"/>'
    other = drawn(ENDS + gateway + CHECK, "begin > pay\n pay > check\n check > end")
    walk.move(other)
    walk.finish("check")
    assert walk.ended


def test_every_reason_is_told() -> None:
    both = '<parallelGateway id="split"/><parallelGateway id="join"/>'
    flows = "begin > split\n split > pay\n split > check\n pay > join\n check > join\n"
    walk = Walk.begin(drawn(ENDS + PAY + CHECK + both, flows + "join > end"))
    nothing = drawn(ENDS, "begin > end")
    with pytest.raises(CannotMigrate) as refused:
        walk.look(nothing)
    assert len(refused.value.reasons) == 2
    assert "“交费”" in str(refused.value) and "“复核”" in str(refused.value)


def test_a_long_loop_can_be_carried_over() -> None:
    gateway = '<exclusiveGateway id="again" default="again__end"/>'
    flows = "begin > pay\n pay > again\n again > pay : more\n again > end"
    walk = Walk.begin(drawn(ENDS + PAY + gateway, flows))
    for _ in range(120):
        walk.finish("pay", more=True)
    longer = drawn(
        ENDS + PAY + CHECK + gateway,
        "begin > pay\n pay > check\n check > again\n again > pay : more\n again > end",
    )
    walk.move(longer)
    walk.finish("pay", "check", more=True)
    walk.finish("pay", "check", more=False)
    assert walk.ended and sum(parts_of(walk).values()) < 20


# -- branches ---------------------------------------------------------------------

SPLIT = '<parallelGateway id="split"/><parallelGateway id="join" name="汇合"/>'
A, B, C = (f'<manualTask id="{own}" name="{own}"/>' for own in "abc")
FORK = "begin > split\n split > a\n split > b\n a > join\n b > join\n join > end"
PARALLEL = drawn(ENDS + A + B + SPLIT, FORK)


def one_branch_done() -> Walk:
    walk = Walk.begin(PARALLEL)
    walk.finish("a")
    return walk


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_step_behind_the_join_is_reached(first: str) -> None:
    walk = Walk.begin(PARALLEL)
    walk.finish(first)
    flows = FORK.replace("join > end", "join > c\n c > end")
    walk.move(drawn(ENDS + A + B + C + SPLIT, flows))
    walk.finish("b" if first == "a" else "a")
    assert walk.at() == ["c"]
    walk.finish("c")
    assert walk.ended


def test_a_step_put_in_behind_the_done_branch_counts_as_passed() -> None:
    walk = one_branch_done()
    flows = FORK.replace("a > join", "a > c\n c > join")
    walk.move(drawn(ENDS + A + B + C + SPLIT, flows))
    assert walk.at() == ["b"]
    walk.finish("b")
    assert walk.ended and walk.done["c"] == 0


def test_a_step_put_in_on_the_open_branch_is_reached() -> None:
    walk = one_branch_done()
    flows = FORK.replace("b > join", "b > c\n c > join")
    walk.move(drawn(ENDS + A + B + C + SPLIT, flows))
    walk.finish("b", "c")
    assert walk.ended


def test_a_step_taken_out_of_the_done_branch_still_counts() -> None:
    flows = FORK.replace("a > join", "a > c\n c > join")
    walk = Walk.begin(drawn(ENDS + A + B + C + SPLIT, flows))
    walk.finish("a", "c")
    walk.move(PARALLEL)
    walk.finish("b")
    assert walk.ended


def test_a_done_branch_that_is_gone_is_refused() -> None:
    flows = "begin > split\n split > c\n split > b\n c > join\n b > join\n join > end"
    other = drawn(ENDS + B + C + SPLIT, flows)
    with pytest.raises(CannotMigrate, match="“汇合”之前已办完的分支在新版本里找不到"):
        one_branch_done().look(other)


def test_a_branch_that_could_never_come_is_refused() -> None:
    other = drawn(ENDS + A + B + C + SPLIT, FORK + "\n split > c\n c > join")
    for walk in (Walk.begin(PARALLEL), one_branch_done()):
        with pytest.raises(CannotMigrate, match="“汇合”要等的分支是新版本里才有的"):
            walk.look(other)


def test_a_join_that_is_new_is_named_too() -> None:
    new = '<parallelGateway id="two"/><parallelGateway id="both" name="会齐"/>'
    flows = "begin > two\n two > pay\n two > check\n pay > both\n check > both\n"
    other = drawn(ENDS + PAY + CHECK + new, flows + "both > end")
    with pytest.raises(CannotMigrate, match="“会齐”要等的分支是新版本里才有的"):
        Walk.begin(SHORT).look(other)


def test_a_join_that_would_have_nothing_to_wait_for_is_refused() -> None:
    flows = FORK.replace("b > join", "b > alone")
    other = drawn(ENDS + A + B + SPLIT + '<endEvent id="alone"/>', flows)
    with pytest.raises(CannotMigrate, match="“汇合”在新版本里不再等候别的分支"):
        one_branch_done().look(other)
    assert Walk.begin(PARALLEL).moved(other).at() == ["a", "b"]


def test_steps_at_once_that_became_one_after_the_other_are_refused() -> None:
    row = drawn(ENDS + A + B, "begin > a\n a > b\n b > end")
    with pytest.raises(CannotMigrate, match="“a”和“b”正在同时办理"):
        Walk.begin(PARALLEL).look(row)


def test_a_new_way_back_round_the_branches_is_no_obstacle() -> None:
    flows = FORK.replace("begin > split", "begin > top\n top > split")
    flows = flows.replace("join > end", "join > more\n more > top : again\n more > end")
    gateways = (
        '<exclusiveGateway id="top"/><exclusiveGateway id="more" default="more__end"/>'
    )
    longer = drawn(ENDS + A + B + SPLIT + gateways, flows)
    assert Walk.begin(PARALLEL).moved(longer).at() == ["a", "b"]
    walk = one_branch_done()
    walk.move(longer)
    walk.finish("b", again=True)
    assert walk.at() == ["a", "b"]
    walk.finish("a", "b", again=False)
    assert walk.ended


# -- subprocesses, multi-instances, calls ------------------------------------------


def inside(nodes: str, flows: str, more: str = "", own: str = "sub") -> str:
    return (
        f'<subProcess id="{own}" name="整改">{more}<startEvent id="in"/>'
        f'<endEvent id="out"/>{nodes}{arrows(flows)}</subProcess>'
    )


EACH = (
    '<multiInstanceLoopCharacteristics isSequential="{}"><loopDataInputRef>things'
    "</loopDataInputRef><loopDataOutputRef>results</loopDataOutputRef><inputDataItem "
    'id="thing" name="thing"/><outputDataItem id="result" name="result"/>'
    "</multiInstanceLoopCharacteristics>"
)
THROUGH = "begin > sub\n sub > end"
ON = "begin > sub\n sub > check\n check > end"
INNER, LONGER = "in > pay\n pay > out", "in > pay\n pay > a\n a > out"


def test_inside_a_subprocess_steps_behind_are_reached_on_both_levels() -> None:
    walk = Walk.begin(drawn(ENDS + inside(PAY, INNER), THROUGH))
    walk.move(drawn(ENDS + CHECK + inside(PAY + A, LONGER), ON))
    walk.finish("pay", "a")
    assert walk.at() == ["check"]
    walk.finish("check")
    assert walk.ended


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_half_done_multi_instance_keeps_turns_and_results(sequential: str) -> None:
    many = f'<manualTask id="sub" name="走访">{EACH.format(sequential)}</manualTask>'
    walk = Walk.begin(drawn(ENDS + many, THROUGH), things=["甲", "乙", "丙"])
    walk.finish_id(_turn(walk, "甲").id, result=1)
    items = [wait.item for wait in walk.waits()]
    walk.move(drawn(ENDS + many + CHECK, ON))
    assert [wait.item for wait in walk.waits()] == items
    for number, thing in enumerate("乙丙", start=2):
        walk.finish_id(_turn(walk, thing).id, result=number)
    assert walk.at() == ["check"]
    walk.finish("check")
    assert load(walk.state, walk.version.specs).data["results"] == [1, 2, 3]


def _turn(walk: Walk, thing: str) -> Wait:
    return next(w for w in walk.waits() if w.item and w.item.get("thing") == thing)


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_turns_that_are_subprocesses_get_their_new_step(sequential: str) -> None:
    turn = EACH.format(sequential)
    give = '<scriptTask id="give"><script>result = thing</script></scriptTask>'
    inner, longer = (flows.replace("> out", "> give\n give > out") for flows in _INNERS)
    old = drawn(ENDS + inside(PAY + give, inner, turn), THROUGH)
    new = drawn(ENDS + CHECK + inside(PAY + A + give, longer, turn), ON)
    walk = Walk.begin(old, things=["甲", "乙"])
    walk.finish("pay")
    walk.move(new)
    while "pay" in walk.at() or "a" in walk.at():
        walk.finish(walk.at()[0])
    assert walk.at() == ["check"] and walk.done["a"] == 1
    walk.finish("check")
    results = load(walk.state, walk.version.specs).data["results"]
    assert sorted(results) == sorted("甲乙")


_INNERS = (INNER, LONGER)


def test_a_multi_instance_over_another_list_is_refused() -> None:
    many = f'<manualTask id="sub" name="走访">{EACH.format("true")}</manualTask>'
    walk = Walk.begin(drawn(ENDS + many, THROUGH), things=["甲", "乙"])
    for old, new in (("results", "others"), ("things", "houses"), ('"thing"', '"it"')):
        changed = drawn(ENDS + many.replace(old, new), THROUGH)
        with pytest.raises(CannotMigrate, match="“走访”正在逐项办理，新版本里改了"):
            walk.look(changed)


def test_an_open_step_removed_inside_is_refused() -> None:
    walk = Walk.begin(drawn(ENDS + inside(PAY + A, LONGER), THROUGH))
    walk.finish("pay")
    with pytest.raises(CannotMigrate, match="案件停在“a”"):
        walk.look(drawn(ENDS + inside(PAY, INNER), THROUGH))


def test_a_subprocess_that_became_a_task_is_refused() -> None:
    walk = Walk.begin(drawn(ENDS + inside(PAY, INNER), THROUGH))
    task = '<manualTask id="sub" name="整改"/>'
    with pytest.raises(CannotMigrate, match="案件停在“整改”"):
        walk.look(drawn(ENDS + task, THROUGH))


def called(process: str, nodes: str, flows: str) -> str:
    return (
        f'</process><process id="{process}" isExecutable="true"><startEvent id="in"/>'
        f'<endEvent id="out"/>{nodes}{arrows(flows)}'
    )


def calling(process: str, nodes: str, flows: str, outer: str = THROUGH) -> str:
    call = f'<callActivity id="sub" name="整改" calledElement="{process}"/>'
    return ENDS + CHECK + call + arrows(outer) + called(process, nodes, flows)


def test_a_called_process_gets_its_new_step_and_so_does_its_caller() -> None:
    walk = Walk.begin(drawn(calling("inner", PAY, INNER), ""))
    walk.move(drawn(calling("inner", PAY + A, LONGER, ON), ""))
    walk.finish("pay", "a", "check")
    assert walk.ended


def test_another_called_process_is_refused() -> None:
    walk = Walk.begin(drawn(calling("inner", PAY, INNER), ""))
    with pytest.raises(CannotMigrate, match="“整改”正在办理，新版本里它改为调用"):
        walk.look(drawn(calling("other", PAY, INNER), ""))


def test_a_call_to_the_outside_is_answered_in_the_new_version() -> None:
    world = World(outside=frozenset({"ask"}))
    ask = f'<serviceTask id="sub" name="询价">{operator("ask", "price")}</serviceTask>'
    walk = Walk.begin(drawn(ENDS + ask, THROUGH), world)
    call = walk.wait("sub")
    migrated = walk.move(drawn(ENDS + ask + CHECK, ON))
    assert migrated.waits == (call,) and call.kind == "call"
    walk.answer("sub", 12)
    walk.finish("check")
    assert load(walk.state, walk.version.specs).data["price"] == 12


# -- timers, messages --------------------------------------------------------------


def with_timer(text: str, kind: str = "timeDuration", on: str = "") -> str:
    return ENDS + PAY + boundary(text, kind) + REMIND + on


def test_a_timer_keeps_its_moment() -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(
            drawn(with_timer('"P30D"'), "begin > pay\n pay > end" + REMINDS)
        )
        due = BEGIN + timedelta(days=30)
        clock.shift(timedelta(days=20))
        flows = "begin > pay\n pay > check\n check > end" + REMINDS
        migrated = walk.move(drawn(with_timer('"P30D"', on=CHECK), flows))
        assert walk.wait("late").due_at == due and migrated.held == ()
        migrated = walk.move(drawn(with_timer('"P60D"', on=CHECK), flows))
        assert walk.wait("late").due_at == due and migrated.held == ("late",)
        clock.move_to(due + timedelta(minutes=1), tick=False)
        walk.wake()
        assert walk.at() == ["pay", "remind"]
        walk.finish("remind", "pay", "check")
        assert walk.ended


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("timeDuration", '"P30D"'), ("timeDate", '"2027-01-01T00:00:00+08:00"')),
        (("timeDuration", '"P30D"'), ("timeCycle", '"R3/P1D"')),
        (("timeCycle", '"R3/P30D"'), ("timeDuration", '"P1D"')),
        (("timeCycle", '"R3/P30D"'), ("timeCycle", '"R5/P1D"')),
    ],
)
def test_a_timer_of_another_form_keeps_its_moment(
    old: tuple[str, str], new: tuple[str, str]
) -> None:
    flows = "begin > pay\n pay > end" + REMINDS
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(drawn(with_timer(old[1], old[0]), flows))
        due = walk.wait("late").due_at
        assert due is not None
        clock.shift(timedelta(days=20))
        migrated = walk.move(drawn(with_timer(new[1], new[0]), flows))
        assert walk.wait("late").due_at == due == BEGIN + timedelta(days=30)
        assert migrated.held == ("late",) and not migrated.changed
        clock.move_to(due + timedelta(minutes=1), tick=False)
        walk.wake()
        repeats = ["late"] if "timeCycle" in new else []
        assert walk.at() == [*repeats, "pay", "remind"]


def test_a_new_timer_on_an_open_step_counts_from_now() -> None:
    flows = "begin > pay\n pay > end"
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(drawn(ENDS + PAY, flows), days=30, house="1-1")
        clock.shift(timedelta(days=20))
        text = '"P" + str(days) + "D"'
        migrated = walk.move(drawn(with_timer(text), flows + REMINDS))
        assert data_of(walk, "pay") == {"days": 30, "house": "1-1"}
        (opened,) = migrated.opened
        assert (opened.element, opened.kind) == ("late", "timer")
        assert opened.due_at == BEGIN + timedelta(days=50)
        clock.shift(timedelta(days=31))
        walk.wake()
        assert walk.at() == ["pay", "remind"]
        walk.finish("pay", "remind", paid=True)
        assert walk.ended
        data = load(walk.state, walk.version.specs).data
        assert data == {"days": 30, "house": "1-1", "paid": True}


def test_a_new_interrupting_timer_interrupts() -> None:
    flows = "begin > pay\n pay > end"
    nodes = ENDS + PAY + boundary('"PT1H"', interrupting="true") + REMIND
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(drawn(ENDS + PAY, flows))
        walk.move(drawn(nodes, flows + REMINDS))
        clock.shift(timedelta(hours=2))
        walk.wake()
        assert walk.at() == ["remind"]
        walk.finish("remind")
        assert walk.ended


def test_a_new_timer_whose_moment_has_passed_fires_at_the_next_look() -> None:
    flows = "begin > pay\n pay > end"
    with time_machine.travel(BEGIN, tick=False):
        walk = Walk.begin(drawn(ENDS + PAY, flows))
        past = with_timer('"2026-01-01T09:00:00+08:00"', "timeDate")
        walk.move(drawn(past, flows + REMINDS))
        assert walk.at() == ["late", "pay"]
        walk.wake()
        assert walk.at() == ["pay", "remind"]


def test_a_new_repeating_timer_begins_now() -> None:
    flows = "begin > pay\n pay > end"
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(drawn(ENDS + PAY, flows))
        walk.move(drawn(with_timer('"R2/PT1H"', "timeCycle"), flows + REMINDS))
        for hours in (1, 2):
            clock.move_to(BEGIN + timedelta(hours=hours, minutes=2), tick=False)
            walk.wake()
        assert walk.at().count("remind") == 2


def test_a_second_timer_beside_one_that_counts() -> None:
    flows = "begin > pay\n pay > end" + REMINDS
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(drawn(with_timer('"P30D"'), flows))
        clock.shift(timedelta(days=20))
        second = boundary('"P2D"', own="later") + CHECK + '<endEvent id="checked"/>'
        more = "\n later > check\n check > checked"
        migrated = walk.move(drawn(with_timer('"P30D"', on=second), flows + more))
        assert [wait.element for wait in migrated.opened] == ["later"]
        assert walk.wait("late").due_at == BEGIN + timedelta(days=30)
        assert walk.wait("later").due_at == BEGIN + timedelta(days=22)


@pytest.mark.parametrize("left", ["", boundary('"P9D"', own="later")])
def test_a_timer_that_is_gone_is_no_longer_waited_for(left: str) -> None:
    flows = "begin > pay\n pay > end"
    end = '<endEvent id="other"/>' if left else ""
    walk = Walk.begin(drawn(with_timer('"P30D"'), flows + REMINDS))
    shorter = drawn(
        ENDS + PAY + left + end, flows + ("\n later > other" if left else "")
    )
    migrated = walk.move(shorter)
    assert [wait.element for wait in migrated.closed] == ["late"]
    walk.finish("pay")
    assert walk.ended


@pytest.mark.parametrize("kind", ["timeDuration", "timeCycle"])
def test_what_a_timer_that_is_gone_has_led_to_goes_on_or_refuses(kind: str) -> None:
    flows = "begin > pay\n pay > end" + REMINDS
    text = '"PT1H"' if kind == "timeDuration" else '"R3/PT1H"'
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(drawn(with_timer(text, kind), flows))
        clock.shift(timedelta(minutes=62))
        walk.wake()
        other = boundary('"P9D"', own="other")
        without = drawn(ENDS + PAY + other + REMIND, flows.replace("late", "other"))
        if kind == "timeCycle":
            with pytest.raises(CannotMigrate, match="“催办时间”触发后的事还没有办完"):
                walk.look(without)
            walk.finish("remind")
        walk.move(without)
        walk.finish(*(wait.element for wait in walk.waits() if wait.kind == "task"))
        assert walk.ended


def test_a_repeating_timer_that_went_to_another_step_is_refused_while_it_goes_on() -> (
    None
):
    flows = "begin > pay\n pay > check\n check > end" + REMINDS
    nodes = with_timer('"R3/PT1H"', "timeCycle", CHECK)
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(drawn(nodes, flows))
        clock.shift(timedelta(minutes=62))
        walk.wake()
        elsewhere = nodes.replace('attachedToRef="pay"', 'attachedToRef="check"')
        with pytest.raises(CannotMigrate, match="“催办时间”触发后的事还没有办完"):
            walk.look(drawn(elsewhere, flows))
        walk.finish("remind")
        assert [w.element for w in walk.move(drawn(elsewhere, flows)).closed] == [
            "late"
        ]
        walk.finish("pay")
        assert walk.at() == ["check", "late"]


def catching(inner: str, extra: str = "", on: str = "") -> str:
    event = f'<intermediateCatchEvent id="quarter" name="等季度">{inner}'
    return ENDS + PAY + event + "</intermediateCatchEvent>" + on + extra


def test_a_wait_of_three_months_is_not_begun_anew() -> None:
    flows = "begin > quarter\n quarter > pay\n pay > end"
    longer = "begin > quarter\n quarter > check\n check > pay\n pay > end"
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(drawn(catching(timed('"P3M"')), flows))
        due = walk.wait("quarter").due_at
        clock.shift(timedelta(days=60))
        walk.move(drawn(catching(timed('"P3M"'), on=CHECK), longer))
        assert (
            walk.wait("quarter").due_at == due == datetime(2026, 6, 2, 1, 0, tzinfo=UTC)
        )
        clock.shift(timedelta(days=33))
        walk.wake()
        walk.finish("check", "pay")
        assert walk.ended


MESSAGES = '<message id="m_paid" name="payment"/><message id="m_came" name="came"/>'


def message(reference: str) -> str:
    return f'<messageEventDefinition messageRef="{reference}"/>'


def test_a_message_is_waited_for_under_its_new_name() -> None:
    flows = "begin > quarter\n quarter > pay\n pay > end"
    walk = Walk.begin(drawn(catching(message("m_paid")), flows, MESSAGES))
    kept = walk.move(drawn(catching(message("m_paid"), on=CHECK), ON_CHECK, MESSAGES))
    assert not kept.changed
    migrated = walk.move(drawn(catching(message("m_came")), flows, MESSAGES))
    assert [wait.name for wait in migrated.changed] == ["came"]
    walk.deliver("came")
    walk.finish("pay")
    assert walk.ended


ON_CHECK = "begin > quarter\n quarter > check\n check > pay\n pay > end"


def test_a_timer_that_became_a_message_is_refused() -> None:
    flows = "begin > quarter\n quarter > pay\n pay > end"
    walk = Walk.begin(drawn(catching(timed('"P3M"')), flows))
    with pytest.raises(CannotMigrate, match="案件停在“等季度”，新版本里它换成了"):
        walk.look(drawn(catching(message("m_paid")), flows, MESSAGES))


def awaiting(*events: str) -> tuple[str, str]:
    nodes, flows = '<eventBasedGateway id="await"/>', "begin > await"
    for number, event in enumerate(events):
        nodes += (
            f'<intermediateCatchEvent id="e{number}">{event}</intermediateCatchEvent>'
            f'<endEvent id="x{number}"/>'
        )
        flows += f"\n await > e{number}\n e{number} > x{number}"
    return '<startEvent id="begin"/>' + nodes, flows


def test_an_event_gateway_may_get_and_lose_its_timer() -> None:
    two = drawn(*awaiting(message("m_paid"), message("m_came")), MESSAGES)
    three = drawn(
        *awaiting(message("m_paid"), message("m_came"), timed('"PT2H"')), MESSAGES
    )
    with time_machine.travel(BEGIN, tick=False) as clock:
        walk = Walk.begin(two)
        (wait,) = walk.move(three).changed
        assert wait.kind == "timer" and wait.due_at == BEGIN + timedelta(hours=2)
        timed_out = walk.moved(three)
        (wait,) = walk.move(two).changed
        assert wait.kind == "message" and wait.due_at is None
        walk.deliver("came")
        assert walk.ended and walk.done["x1"] == 1
        clock.shift(timedelta(hours=3))
        timed_out.wake()
        assert timed_out.ended and timed_out.done["x2"] == 1


def test_a_new_timer_that_cannot_be_computed_is_refused() -> None:
    flows = "begin > pay\n pay > end"
    walk = Walk.begin(drawn(ENDS + PAY, flows))
    with pytest.raises(CannotMigrate, match="“催办时间”的时间算不出来：.*“days”"):
        walk.look(drawn(with_timer('"P" + str(days) + "D"'), flows + REMINDS))


def test_a_new_data_object_is_there() -> None:
    objects = (
        '<dataObject id="shared"/><dataObjectReference id="r" dataObjectRef="shared"/>'
    )
    walk = Walk.begin(SHORT)
    walk.move(drawn(ENDS + PAY + objects, "begin > pay\n pay > end"))
    live = load(walk.state, walk.version.specs)
    assert live.data["data_objects"] == {"shared": None}


# -- at random ----------------------------------------------------------------------


@pytest.mark.parametrize("seeds", range(0, MODELS, 25))
def test_a_random_case_goes_on_as_if_nothing_had_happened(seeds: int) -> None:
    """Somewhere a task is added: the case carried over does, task by task, what the one
    left behind does, but for the added task; and it can be carried back."""
    moved = 0
    for seed in range(seeds, seeds + 25):
        moved += _twins(seed)
    assert moved >= 3


def _twins(seed: int) -> bool:
    rnd = random.Random(f"migration {seed}")
    bpmn = model(seed)
    old, new = version(bpmn), version(with_a_task(bpmn, rnd))
    with time_machine.travel(BEGIN, tick=False) as clock:
        try:
            stays = Walk.begin(old, **START)
            _random_acts(rnd, clock, rnd.randint(0, 5), stays)
            if stays.ended:
                return False
            moves = stays.moved(new)
            assert moves.seen() == stays.seen()
            assert moves.moved(old).seen() == stays.seen()
            _random_acts(rnd, clock, 60, stays, moves)
        except StepFailed:  # an expression of a random model may find nothing
            return False
    return True


def _random_acts(
    rnd: random.Random, clock: object, most: int, walk: Walk, *twins: Walk
) -> None:
    for _ in range(most):
        act = None if walk.ended else random_act(rnd, walk, clock)
        if act is None:
            return
        for one in (walk, *twins):
            act(one)
        for twin in twins:
            while "added" in twin.at():
                twin.finish("added")
            assert (twin.seen(), twin.ended) == (walk.seen(), walk.ended)


@pytest.mark.parametrize("seeds", range(0, MODELS, 50))
def test_any_two_models_move_or_say_why_not(seeds: int) -> None:
    outcomes: Counter[bool] = Counter()
    for seed in range(seeds, seeds + 50):
        rnd = random.Random(f"any two {seed}")
        old, new = version(model(seed)), version(model(rnd.randint(0, 5000)))
        with time_machine.travel(BEGIN, tick=False) as clock:
            try:
                walk = Walk.begin(old, **START)
                _random_acts(rnd, clock, rnd.randint(0, 5), walk)
                if walk.ended:
                    continue
                walk.move(new)
                _random_acts(rnd, clock, 60, walk)
                outcomes[True] += 1
            except CannotMigrate as refused:
                assert refused.reasons and all("“" in r for r in refused.reasons)
                outcomes[False] += 1
            except StepFailed:
                pass
    assert outcomes[False] > 5
