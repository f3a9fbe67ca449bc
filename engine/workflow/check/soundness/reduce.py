"""Makes a net smaller without changing what can go wrong in it.

Murata's reduction rules (Petri nets: properties, analysis and applications, 1989,
fig. 22), by which a structured drawing shrinks to almost nothing, so that only what is
really entangled is explored. Fused transitions remember the elements they run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from engine.workflow.check.soundness.net import INITIAL, Net, Transition
from engine.workflow.check.soundness.sideways import leave_side_ways


def reduce(net: Net) -> Net:
    """The same net, smaller. The argument is not changed."""
    small = Net(list(net.transitions), dict(net.labels), set(net.once), set())
    leave_side_ways(small)
    rules: tuple[Callable[[Net], bool], ...] = (
        _drop_self_loops,
        _merge_alike,
        _drop_twins,
        _fuse,
    )
    while any(rule(small) for rule in rules):
        continue
    return small


def _producers(net: Net) -> dict[str, list[int]]:
    found = defaultdict(list)
    for number, transition in enumerate(net.transitions):
        for place in transition.produces:
            found[place].append(number)
    return found


def _consumers(net: Net) -> dict[str, list[int]]:
    found = defaultdict(list)
    for number, transition in enumerate(net.transitions):
        for place in transition.consumes:
            found[place].append(number)
    return found


def _drop_self_loops(net: Net) -> bool:
    """A way from a place back to it changes nothing: whoever comes there may take it."""
    for number, loop in enumerate(net.transitions):
        if len(loop.consumes) == 1 and loop.consumes == loop.produces:
            del net.transitions[number]
            net.looping.update(loop.consumes)
            may_run = loop.also.union(loop.steps)
            for other, before in enumerate(net.transitions):
                if loop.consumes[0] in before.produces:
                    net.transitions[other] = replace(
                        before,
                        also=before.also | may_run,
                        throws=before.throws | loop.throws,
                    )
            return True
    return False


def _merge_alike(net: Net) -> bool:
    """Of transitions between the same places the one with the fewest steps stays."""
    groups: dict[object, list[Transition]] = defaultdict(list)
    for one in net.transitions:
        groups[_key(one)].append(one)
    if len(groups) == len(net.transitions):
        return False
    net.transitions = [_shortest(group) for group in groups.values()]
    return True


def _key(one: Transition) -> object:
    return (
        tuple(sorted(one.consumes)),
        tuple(sorted(one.produces)),
        one.ends,
        one.throws,
    )


def _shortest(group: list[Transition]) -> Transition:
    best = min(group, key=lambda one: len(one.steps))
    return replace(best, also=best.also.union(*(o.also.union(o.steps) for o in group)))


def _drop_twins(net: Net) -> bool:
    """Places that are always filled and emptied together count once."""
    producers, consumers = _producers(net), _consumers(net)
    seen: dict[object, str] = {}
    for place in list(consumers):
        key = (tuple(producers[place]), tuple(consumers[place]))
        if place == INITIAL or place in net.once or not producers[place]:
            continue
        if key not in seen:
            seen[key] = place
            continue
        net.transitions = [
            replace(
                one,
                consumes=tuple(p for p in one.consumes if p != place),
                produces=tuple(p for p in one.produces if p != place),
            )
            for one in net.transitions
        ]
        return True
    return False


def _fuse(net: Net) -> bool:
    """A place whose only way on leads to another place is that other place."""
    producers, consumers = _producers(net), _consumers(net)
    for number, one in enumerate(net.transitions):
        if one.ends or len(one.consumes) != 1 or len(one.produces) != 1:
            continue
        (place,), (following,) = one.consumes, one.produces
        if place == following or place == INITIAL or len(consumers[place]) != 1:
            continue
        if producers[following] == [number]:
            net.labels[following] = net.labels[place]
        elif len(producers[place]) > 1:
            continue  # else two tokens meeting here would pass as two meeting there
        for other in set(producers[place]):
            net.transitions[other] = _onwards(net.transitions[other], one)
        del net.transitions[number]
        return True
    return False


def _onwards(before: Transition, after: Transition) -> Transition:
    """``before`` with ``after`` run right behind it."""
    (place,), (following,) = after.consumes, after.produces
    return replace(
        before,
        produces=tuple(following if p == place else p for p in before.produces),
        steps=before.steps + after.steps,
        also=before.also | after.also,
        throws=before.throws | after.throws,
    )
