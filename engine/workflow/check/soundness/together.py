"""Which elements may be at work at the same time."""

from __future__ import annotations

from collections.abc import Mapping

from engine.workflow.check.soundness.net import INITIAL, Net


def together(net: Net) -> Mapping[str, frozenset[str]]:
    """Places that may hold a token while another does.

    Kovalyov's concurrency relation (1992): exact for sound free-choice nets, else it
    may name a pair too many.
    """
    places = sorted(
        {INITIAL, *net.once}.union(*(t.consumes + t.produces for t in net.transitions))
    )
    bit = {place: 1 << at for at, place in enumerate(places)}
    found = dict.fromkeys(places, 0)
    todo: list[tuple[str, int]] = []

    def add(place: str, others: int) -> None:
        new = others & ~found[place] & ~bit[place]
        if new:
            found[place] |= new
            todo.append((place, new))

    for transition in net.transitions:
        puts = sum(bit[place] for place in set(transition.produces))
        for place in set(transition.produces):
            add(place, puts)
    consumers: dict[str, list[int]] = {place: [] for place in places}
    for number, transition in enumerate(net.transitions):
        for place in transition.consumes:
            consumers[place].append(number)
    while todo:
        place, new = todo.pop()
        for other in places:
            if new & bit[other]:
                add(other, bit[place])
        for number in consumers[place]:
            transition = net.transitions[number]
            common = found[place]
            for taken in transition.consumes:
                common &= found[taken]
            for put in set(transition.produces):
                add(put, common)
    return {
        place: frozenset(p for p in places if mask & bit[p])
        for place, mask in found.items()
    }
