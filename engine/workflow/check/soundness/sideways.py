"""Ways that lead off the main run and end by themselves: they need not be explored.

A reminder or report that a boundary event sends off waits for nothing that the main run
does, and the main run waits for nothing there. With many such events on one activity
the ways of being under way side by side outnumber everything else.
"""

from __future__ import annotations

from dataclasses import replace

from engine.workflow.check.soundness.net import INITIAL, Net, Transition


def leave_side_ways(net: Net) -> None:
    """Change ``net``: what an event starts that comes at most once in a run is taken as
    run, where it only leads to ends of its own."""
    side = _side_places(net)
    if not side:
        return
    for number, one in enumerate(net.transitions):
        own = net.once.intersection(one.consumes)
        kept = tuple(place for place in one.produces if place not in side)
        if own and set(one.consumes) - own == set(kept) and kept != one.produces:
            ran = _run_from(net, set(one.produces) & side)
            net.transitions[number] = replace(
                one, consumes=kept, produces=kept, also=one.also | ran
            )
            net.once -= own


def _side_places(net: Net) -> set[str]:
    """Places whose tokens meet no other, and can always come to an end."""
    leaving: dict[str, list[Transition]] = {}
    meeting = {INITIAL, *net.once}
    for one in net.transitions:
        if len(one.consumes) != 1 or one.ends or one.throws:
            meeting.update(one.consumes)
        for place in one.consumes:
            leaving.setdefault(place, []).append(one)
    side = leaving.keys() - meeting
    while lost := {
        place
        for place in side
        if any(not side.issuperset(one.produces) for one in leaving[place])
    }:
        side -= lost
    return _ending(side, leaving)


def _ending(side: set[str], leaving: dict[str, list[Transition]]) -> set[str]:
    """Those of ``side`` from which everything can come to an end."""
    ending: set[str] = set()
    while more := {
        place
        for place in side - ending
        if any(ending.issuperset(one.produces) for one in leaving[place])
    }:
        ending |= more
    stuck = side - ending
    while reached := {
        place
        for place in ending
        if any(stuck.intersection(one.produces) for one in leaving[place])
    }:
        ending, stuck = ending - reached, stuck | reached
    return ending


def _run_from(net: Net, places: set[str]) -> frozenset[str]:
    """Every element that may run after tokens in these places."""
    seen, stack, ran = set(places), list(places), set[str]()
    while stack:
        place = stack.pop()
        for one in net.transitions:
            if place in one.consumes:
                ran |= one.also.union(one.steps)
                stack += [p for p in one.produces if p not in seen]
                seen.update(one.produces)
    return frozenset(ran)
