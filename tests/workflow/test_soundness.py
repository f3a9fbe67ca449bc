"""Soundness: the shortest run into each fault; two oracles on random drawings.

One oracle is rust-bpmn-analyzer-bindings (no boundary events, no subprocesses; it does
not return from nets that grow without end, and by "option to complete" means that there
is no deadlock), the other the real engine, run through every choice.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import rust_bpmn_analyzer_bindings as oracle
from lxml import etree

from engine.workflow.check import check_drawing, check_model
from engine.workflow.check.drawing import Drawing, read_drawing
from engine.workflow.check.flows import flows
from engine.workflow.check.soundness import explore_drawing, soundness
from engine.workflow.check.soundness.explore import Search, Space, explore
from engine.workflow.check.soundness.net import net_of
from engine.workflow.check.soundness.reduce import reduce
from engine.workflow.library import Source, parse
from tests.workflow.all_runs import Runs, all_runs
from tests.workflow.build import CATALOGUE, Model
from tests.workflow.faulty_models import UNSOUND
from tests.workflow.small_models import Sketch


def drawing_of(bpmn: bytes) -> Drawing:
    return read_drawing(etree.fromstring(bpmn))


@pytest.mark.parametrize("name", UNSOUND)
def test_an_unsound_drawing_is_refused_with_the_shortest_run(name: str) -> None:
    unsound = UNSOUND[name]
    source = unsound.model.source()
    assert [f for f in check_drawing(source, CATALOGUE) if f.severity == "error"] == []
    found = check_model(source, parse(source), CATALOGUE)
    errors = [f for f in found if f.severity == "error"]
    assert [(f.element, f.code, f.path) for f in errors] == [
        (unsound.element, unsound.code, unsound.path)
    ]


def test_the_sentence_walks_the_run_by_names() -> None:
    model = Model(
        "start.s -> xor.g -> user.a -> and.j -> end.e\ng -> user.b -> j",
        names={
            "s": "来电",
            "g": "",
            "a": "登记",
            "b": "派单",
            "j": "会合",
            "e": "办结",
        },
    )
    assert [f.sentence for f in soundness(drawing_of(model.bpmn()), "p")] == [
        "“会合”：走“来电”→“登记”之后，这里还要等“派单”，却再也等不到，流程再也走不到结束。"
    ]


def test_a_long_run_is_told_by_its_ends() -> None:
    steps = " -> ".join(f"user.u{n}" for n in range(30))
    model = Model(f"start.s -> {steps} -> xor.g -> and.j -> end.e\ng -> user.b -> j")
    (finding,) = soundness(drawing_of(model.bpmn()), "p")
    assert "“u4”→……→“u25”" in finding.sentence
    assert len(finding.path) > 30


def test_branches_that_nothing_joins_are_explored_one_after_the_other() -> None:
    """Forty branches with a choice each: 4^40 markings, if they were mixed."""
    chains = ["start.s -> and.g"]
    for n in range(40):
        chains += [f"g -> xor.x{n} -> user.a{n} -> end.e{n}", f"x{n} -> end.f{n}"]
    (one,) = explore_drawing(drawing_of(Model("\n".join(chains)).bpmn()), "p")
    assert one.space.complete
    assert one.dead == frozenset()
    assert len(one.space.length) < 1000


def entangled(count: int) -> bytes:
    """Branches with rounds inside that a join holds together."""
    chains = ["start.s -> and.g", "and.j -> end.e"]
    for n in range(count):
        chains += [
            f"g -> xor.a{n} -> user.u{n} -> xor.b{n} -> user.w{n} -> xor.c{n} -> j",
            f"b{n} -> a{n}",
            f"c{n} -> b{n}",
            f"b{n} -> c{n}",
        ]
    return Model("\n".join(chains)).bpmn()


def test_where_a_bound_is_hit_it_says_so() -> None:
    began = time.process_time()
    found = soundness(drawing_of(entangled(25)), "p")
    assert [(f.severity, f.code) for f in found] == [("warning", "unsound.bound")]
    # of the processor; 5 s are allowed, on this machine it takes 2 to 3
    assert time.process_time() - began < 15


def test_what_is_entangled_but_small_is_explored_whole() -> None:
    assert soundness(drawing_of(entangled(5)), "p") == []


def test_sixty_rounds_of_rework_cost_nothing() -> None:
    chains = ["start.s -> xor.m0"]
    chains += [f"m{n} -> user.u{n} -> xor.x{n} -> xor.m{n + 1}" for n in range(60)]
    chains += [f"x{n} -> m{n}" for n in range(60)] + ["m60 -> end.e"]
    (one,) = explore_drawing(drawing_of(Model("\n".join(chains)).bpmn()), "p")
    assert len(one.space.length) < 10
    assert one.dead == frozenset()


def test_reducing_leaves_the_argument_alone() -> None:
    drawing = drawing_of(UNSOUND["a join behind a choice"].model.bpmn())
    net = net_of(drawing, "p", {})
    before = list(net.transitions), dict(net.labels), set(net.once)
    reduce(net)
    assert (net.transitions, net.labels, net.once) == before


# random drawings of tasks, gateways and ends


def sketches(count: int, most: int, events: bool = False) -> Iterator[Sketch]:
    return (Sketch(seed, most, events) for seed in range(count))


def ends_twice(drawing: Drawing, space: Space) -> set[str]:
    twice = {space.net.labels[place] for place in space.twice}
    return {element for element in twice if drawing.nodes[element].kind == "endEvent"}


def test_a_sound_drawing_is_one_for_the_oracle_too() -> None:
    seen: Counter[tuple[Any, ...]] = Counter()
    for sketch in sketches(700, 9):
        bpmn = sketch.bpmn(task="task")
        drawing = drawing_of(bpmn)
        (one,) = explore_drawing(drawing, "p")
        if one.space.growing:
            continue
        safe = oracle.analyze_safeness(bpmn.decode()).fulfilled
        ends = oracle.analyze_option_to_complete(bpmn.decode()).fulfilled
        dead = oracle.analyze_dead_activities(bpmn.decode()).problematic_elements
        ends_at = ends_twice(drawing, one.space)
        # the oracle counts tokens on flows, we before nodes: two before one end are fine
        ours = (
            len(one.space.twice) == len(ends_at),
            not one.space.stuck,
            {node for node in one.dead if drawing.nodes[node].kind == "task"},
        )
        assert ours == (safe, ends, set(dead)), sketch.flows
        seen[safe, ends, bool(dead)] += 1
    assert sum(seen.values()) >= 200
    assert len(seen) >= 5  # all kinds of faults were there


def test_an_eager_search_finds_the_same_faults() -> None:
    for sketch in sketches(700, 9):
        net = reduce(net_of(drawing_of(sketch.bpmn()), "p", {}))
        slow, eager = explore(net), Search(net, 10_000, eager=True).run()
        assert bool(slow.growing) == bool(eager.growing), sketch.flows
        if not slow.growing:
            assert slow.executed == eager.executed, sketch.flows
            assert bool(slow.stuck) == bool(eager.stuck), sketch.flows
            assert bool(slow.endless) == bool(eager.endless), sketch.flows


def test_reducing_changes_neither_the_faults_nor_the_shortest_runs() -> None:
    for sketch in sketches(200, 8, events=True):
        net = net_of(drawing_of(sketch.bpmn()), "p", {})
        whole, small = Search(net, 20_000, eager=False).run(), explore(reduce(net))
        assert bool(whole.growing) == bool(small.growing), sketch.flows
        if whole.growing or not whole.complete:
            continue
        assert whole.executed == small.executed, sketch.flows
        assert bool(whole.endless or whole.stuck) == bool(small.endless or small.stuck)
        runs = [
            len(space.path(space.stuck[0])) for space in (whole, small) if space.stuck
        ]
        assert len(set(runs)) <= 1, sketch.flows


def misfires(sketch: Sketch) -> bool:
    """Whether a join stands in a circle. There SpiffWorkflow's own join may fire for
    what it only foresees, so that it also gets through what is unsound."""
    after: dict[str, set[str]] = {}
    for source, target in (*sketch.flows, *((h, b) for b, h in sketch.hosts.items())):
        after.setdefault(source, set()).add(target)
    for node in [n for n, k in sketch.kinds.items() if k == "parallelGateway"]:
        seen, stack = set[str](), [node]
        while stack:
            fresh = after.get(stack.pop(), set()) - seen
            seen |= fresh
            stack += fresh
        if node in seen:
            return True
    return False


def outlived(sketch: Sketch, runs: Runs) -> set[str]:
    """Boundary events that waited though their host did not any more."""
    return {
        event
        for waiting in runs.waiting.values()
        for event, host in sketch.hosts.items()
        if event in waiting and host not in waiting
    }


def test_what_is_sound_here_ends_in_the_engine_and_what_is_dead_never_runs() -> None:
    seen: Counter[bool] = Counter()
    for sketch in sketches(400, 5, events=True):
        bpmn = sketch.bpmn()
        drawing = drawing_of(bpmn)
        if sketch.stops_nowhere() or list(flows(drawing)):
            continue
        found = soundness(drawing, "p")
        sound = not any(finding.severity == "error" for finding in found)
        if not sound and misfires(sketch):
            continue
        runs = all_runs(parse(Source("p", bpmn, {}, {})).specs, most=50)
        (one,) = explore_drawing(drawing, "p")
        assert runs.failed == []
        assert not one.dead & runs.executed, sketch.flows
        assert not outlived(sketch, runs), sketch.flows
        if sound:
            assert runs.stranded() == set(), sketch.flows
            assert not runs.whole or runs.executed == set(drawing.nodes), sketch.flows
        seen[sound] += 1
    assert seen[True] >= 100
    assert seen[False] >= 5


def many_reminders(count: int) -> Model:
    """A task in a rework loop with many reminders, each with a step of its own."""
    lines = ["start.s -> user.a -> and.f -> user.b -> and.j -> xor.g -> a"]
    lines += ["f -> user.c -> j", "g -> end.e"]
    for n in range(count):
        lines.append(f"late{n}~a -> xor.x{n} -> user.tell{n} -> end.told{n}")
        lines.append(f"x{n} -> tell0" if n else "x0 -> end.moot")
    return Model("\n".join(lines))


def test_many_reminders_are_explored_to_the_end() -> None:
    drawing = drawing_of(many_reminders(12).bpmn())
    (found,) = explore_drawing(drawing, "p")
    assert found.space.complete and found.dead == frozenset()
    assert len(found.space.length) < 100
    assert soundness(drawing, "p") == []


def test_a_reminder_that_meets_the_run_is_still_explored() -> None:
    model = Model(
        "start.s -> user.a -> xor.m -> user.b -> xor.g -> a\n"
        "g -> end.e\nlate~a -> user.c -> m"
    )
    found = soundness(drawing_of(model.bpmn()), "p")
    assert {finding.code for finding in found} == {"unsound.twice"}
