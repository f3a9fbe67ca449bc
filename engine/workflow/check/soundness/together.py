"""Which elements may be at work at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.workflow.check.soundness.net import INITIAL, Net, Transition


def together(net: Net) -> Mapping[str, frozenset[str]]:
    """Places that may hold a token while another does.

    Kovalyov's concurrency relation (1992): exact for sound free-choice nets, else it
    may name a pair too many.
    """
    relation = _Relation(net)
    for transition in net.transitions:
        puts = set(transition.produces)
        for place in puts:
            relation.add(place, relation.mask(puts))
    relation.spread()
    return {
        place: frozenset(p for p in relation.bit if mask & relation.bit[p])
        for place, mask in relation.beside.items()
    }


class _Relation:
    """Places as bits; ``beside`` are the places that each is known to be marked with."""

    def __init__(self, net: Net) -> None:
        self.net = net
        places = sorted(
            {INITIAL, *net.once}.union(
                *(t.consumes + t.produces for t in net.transitions)
            )
        )
        self.bit = {place: 1 << at for at, place in enumerate(places)}
        self.beside = dict.fromkeys(places, 0)
        self.todo: list[tuple[str, int]] = []
        self.after: dict[str, list[Transition]] = {place: [] for place in places}
        for transition in net.transitions:
            for place in transition.consumes:
                self.after[place].append(transition)

    def mask(self, places: Iterable[str]) -> int:
        return sum(self.bit[place] for place in places)

    def add(self, place: str, others: int) -> None:
        new = others & ~self.beside[place] & ~self.bit[place]
        if new:
            self.beside[place] |= new
            self.todo.append((place, new))

    def spread(self) -> None:
        """What is beside all that a transition takes is beside what it puts."""
        while self.todo:
            place, new = self.todo.pop()
            for other, bit in self.bit.items():
                if new & bit:
                    self.add(other, self.bit[place])
            for transition in self.after[place]:
                common = self.beside[place]
                for taken in transition.consumes:
                    common &= self.beside[taken]
                for put in set(transition.produces):
                    self.add(put, common)
