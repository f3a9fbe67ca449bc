"""Every marking that a net can reach, by the shortest way first.

A marking is one integer: four bits a place, the highest a guard, so that "covers" is
one subtraction. Bounded: a marking that covers one it came from grows without end and
is not followed further (Karp and Miller 1969); past MOST_STATES or MOST_WORK the search
stops and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from engine.workflow.check.soundness.net import INITIAL, Code, Net

MOST_STATES = 100_000
MOST_WORK = 3_000_000
MOST_TOKENS = 6  # in one place; a token more would still fit below the guard


@dataclass(frozen=True)
class _Move:
    """A transition over markings: what it needs, how it changes them, how long it is."""

    needs: tuple[int, ...]
    takes: int
    puts: int
    length: int
    ends: bool


@dataclass
class Space:
    """What exploring found. Markings are told apart by their number only.

    ``stuck`` are dead ends, ``twice`` the first marking with two tokens in a place,
    ``growing`` the first in which a place has gained a token on the way round.
    """

    net: Net
    places: list[str]
    complete: bool = True
    fired: set[int] = field(default_factory=set)
    stuck: list[int] = field(default_factory=list)
    endless: list[int] = field(default_factory=list)
    twice: dict[str, int] = field(default_factory=dict)
    growing: dict[str, int] = field(default_factory=dict)
    completes: bool = False
    came: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def executed(self) -> set[str]:
        found: set[str] = set()
        for number in self.fired:
            transition = self.net.transitions[number]
            found |= transition.also.union(transition.steps)
        return found

    @property
    def throws(self) -> frozenset[Code]:
        none: frozenset[Code] = frozenset()
        return none.union(*(self.net.transitions[n].throws for n in self.fired))

    def path(self, marking: int) -> tuple[str, ...]:
        """The elements run on the shortest way to a marking."""
        numbers = []
        while marking in self.came:
            marking, number = self.came[marking]
            numbers.append(number)
        steps = (self.net.transitions[n].steps for n in reversed(numbers))
        return tuple(step for part in steps for step in part)

    def marked(self, marking: int) -> set[str]:
        return {p for at, p in enumerate(self.places) if marking >> 4 * at & 15}


def explore(net: Net) -> Space:
    """Raises nothing; ``complete`` is False where a bound was hit."""
    return _Search(net).run()


class _Search:
    def __init__(self, net: Net) -> None:
        places = sorted(
            {INITIAL, *net.once}.union(
                *(t.consumes + t.produces for t in net.transitions)
            )
        )
        self.bit = {place: 1 << 4 * at for at, place in enumerate(places)}
        self.guards = sum(8 * bit for bit in self.bit.values())
        self.several = sum(14 * bit for bit in self.bit.values())
        self.idle = sum(15 * self.bit[place] for place in net.once)
        self.moves = [
            _Move(
                tuple(15 * self.bit[place] for place in set(t.consumes)),
                sum(self.bit[place] for place in t.consumes),
                sum(
                    # more than two at once say no more, and would not fit
                    min(t.produces.count(place), 2) * self.bit[place]
                    for place in set(t.produces)
                ),
                len(t.steps),
                t.ends,
            )
            for t in net.transitions
        ]
        self.space = Space(net, places)
        self.before: dict[int, list[int]] = defaultdict(list)
        self.good: set[int] = set()  # may end, or is not followed further
        self.work = 0

    def run(self) -> Space:
        start = sum(self.bit[place] for place in (INITIAL, *self.space.net.once))
        length = {start: 0}
        queue = [(0, 0, start)]
        done: set[int] = set()
        pushed = 0
        while queue:
            far, _, marking = heappop(queue)
            if marking in done:
                continue
            done.add(marking)
            if not self._follows(marking) or self._is_over(len(done)):
                self.good.add(marking)
                continue
            for number, following in self._successors(marking):
                self.before[following].append(marking)
                further = far + self.moves[number].length
                if further < length.get(following, further + 1):
                    length[following] = further
                    self.space.came[following] = (marking, number)
                    pushed += 1
                    heappush(queue, (further, pushed, following))
        self._judge(done, length)
        return self.space

    def _is_over(self, done: int) -> bool:
        over = done > MOST_STATES or self.work > MOST_WORK
        if over:
            self.space.complete = False
        return over

    def _follows(self, marking: int) -> bool:
        """Whether to go on from here; notes ends and places with several tokens."""
        if not marking & ~self.idle:
            self.space.completes = True
            return False
        several = marking & self.several
        if not several:
            return True
        for place in self._in(several):
            self.space.twice.setdefault(place, marking)
        if any(marking // self.bit[p] % 16 > MOST_TOKENS for p in self._in(several)):
            self.space.complete = False
            return False
        return not self._grows(marking)

    def _grows(self, marking: int) -> bool:
        guarded = marking | self.guards
        earlier = marking
        while earlier in self.space.came:
            earlier = self.space.came[earlier][0]
            self.work += 1
            if (guarded - earlier) & self.guards == self.guards:
                for place in self._in(marking - earlier):
                    self.space.growing.setdefault(place, marking)
                return True
        return False

    def _in(self, marking: int) -> Iterator[str]:
        return (place for place, bit in self.bit.items() if marking & 15 * bit)

    def _successors(self, marking: int) -> Iterable[tuple[int, int]]:
        self.work += len(self.moves)
        stuck = True
        for number, move in enumerate(self.moves):
            if all(marking & need for need in move.needs):
                stuck = False
                self.space.fired.add(number)
                if move.ends:
                    self.good.add(marking)
                    if not self.space.net.transitions[number].throws:
                        self.space.completes = True
                else:
                    yield number, marking - move.takes + move.puts
        if stuck:
            self.space.stuck.append(marking)

    def _judge(self, done: set[int], length: dict[int, int]) -> None:
        """Which markings have lost every way to an end, though something still moves."""
        fine = self._leading_to(self.good)
        lost = done - fine - self._leading_to(set(self.space.stuck))
        self.space.endless = sorted(lost, key=lambda marking: length[marking])

    def _leading_to(self, markings: set[int]) -> set[int]:
        found, stack = set(markings), list(markings)
        while stack:
            for earlier in self.before[stack.pop()]:
                if earlier not in found:
                    found.add(earlier)
                    stack.append(earlier)
        return found
