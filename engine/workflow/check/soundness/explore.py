"""Every marking that a net can reach, by the shortest way first.

A marking is one integer: four bits a place, the highest a guard, so that "covers" is
one subtraction. Bounded: a marking that covers one it came from grows without end and
is not followed further (Karp and Miller 1969). Where FEW_STATES do not suffice, a second
search lets independent branches run one after the other (persistent sets, Godefroid
1996): it finds the same dead ends and the same dead elements, though not always by the
shortest way. Past MOST_STATES or MOST_WORK it stops and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from engine.workflow.check.soundness.net import INITIAL, Code, Net, Transition

FEW_STATES = 4_000
MOST_STATES = 40_000
MOST_WORK = 2_000_000
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

    ``lost`` can no longer come to an end, ``stuck`` are dead ends among them and
    ``endless`` those that lead to none; ``twice`` the first marking with two tokens in a place,
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
    before: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    length: dict[int, int] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)

    def leading_to(self, markings: set[int]) -> set[int]:
        found, stack = set(markings), list(markings)
        while stack:
            for earlier in self.before[stack.pop()]:
                if earlier not in found:
                    found.add(earlier)
                    stack.append(earlier)
        return found

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
    space = Search(net, FEW_STATES, eager=False).run()
    return space if space.complete else Search(net, MOST_STATES, eager=True).run()


class Search:
    def __init__(self, net: Net, most: int, eager: bool) -> None:
        self.most = most
        places = sorted(
            {INITIAL, *net.once}.union(
                *(t.consumes + t.produces for t in net.transitions)
            )
        )
        self.bit = {place: 1 << 4 * at for at, place in enumerate(places)}
        self.guards = sum(8 * bit for bit in self.bit.values())
        self.several = sum(14 * bit for bit in self.bit.values())
        self.idle = sum(15 * self.bit[place] for place in net.once)
        self.looping = sum(
            15 * self.bit[place] for place in net.looping if place in self.bit
        )
        self.moves = [self._move(transition) for transition in net.transitions]
        self.space = Space(net, places)
        self.alone = self._alone(net) if eager else []
        self.good: set[int] = set()  # may end, or is not followed further
        self.done: set[int] = set()  # followed already
        self.work = 0

    def _move(self, transition: Transition) -> _Move:
        puts = transition.produces
        return _Move(
            needs=tuple(15 * self.bit[place] for place in set(transition.consumes)),
            takes=sum(self.bit[place] for place in transition.consumes),
            # more than two at once say no more, and would not fit
            puts=sum(min(puts.count(p), 2) * self.bit[p] for p in set(puts)),
            length=len(transition.steps),
            ends=transition.ends,
        )

    def run(self) -> Space:
        start = sum(self.bit[place] for place in (INITIAL, *self.space.net.once))
        length = self.space.length
        length[start] = 0
        queue = [(0, 0, start)]
        done = self.done
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
                self.space.before[following].append(marking)
                further = far + self.moves[number].length
                if further < length.get(following, further + 1):
                    length[following] = further
                    self.space.came[following] = (marking, number)
                    pushed += 1
                    heappush(queue, (further, pushed, following))
        self._judge()
        return self.space

    def _is_over(self, done: int) -> bool:
        over = done > self.most or self.work > MOST_WORK
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

    def _alone(self, net: Net) -> list[tuple[int, list[int]]]:
        """Places filled once, by one transition, that only simple ones empty: whatever
        leaves such a place neither hinders nor needs anything else. A branch that is
        nearer to its end comes first, so that it is done with."""
        found = []
        for place, bit in self.bit.items():
            fills = [t for t in net.transitions if place in t.produces]
            empties = [n for n, t in enumerate(net.transitions) if place in t.consumes]
            simple = bool(empties) and all(
                set(net.transitions[number].consumes) - net.once == {place}
                and not net.transitions[number].ends
                for number in empties
            )
            if len(fills) == 1 and simple and not _comes_back(net, fills[0]):
                found.append((len(_onwards(net, [place])), 15 * bit, empties))
        return [(mask, empties) for _, mask, empties in sorted(found)]

    def _successors(self, marking: int) -> Iterable[tuple[int, int]]:
        self.work += len(self.moves)
        for mask, numbers in self.alone:
            if marking & mask:
                # nothing else is put off for ever: no circle passes such a place
                return self._fired(marking, numbers)
        return self._all_successors(marking)

    def _all_successors(self, marking: int) -> Iterator[tuple[int, int]]:
        stuck = True
        for number, move in enumerate(self.moves):
            if all(marking & need for need in move.needs):
                stuck = False
                if move.ends:
                    self.space.fired.add(number)
                    self.good.add(marking)
                    if not self.space.net.transitions[number].throws:
                        self.space.completes = True
        yield from self._fired(marking, range(len(self.moves)))
        if stuck and not marking & self.looping:
            self.space.stuck.append(marking)

    def _fired(self, marking: int, numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
        for number in numbers:
            move = self.moves[number]
            if not move.ends and all(marking & need for need in move.needs):
                self.space.fired.add(number)
                yield number, marking - move.takes + move.puts

    def _judge(self) -> None:
        """Which markings have lost every way to an end."""
        space = self.space
        space.lost = self.done - space.leading_to(self.good)
        endless = space.lost - space.leading_to(set(space.stuck))
        space.endless = sorted(endless, key=lambda marking: space.length[marking])


def _comes_back(net: Net, transition: Transition) -> bool:
    """Whether a transition may run again: what grows without end grows by such."""
    return not _onwards(net, transition.produces).isdisjoint(transition.consumes)


def _onwards(net: Net, places: Iterable[str]) -> set[str]:
    """The places that a token in one of these may still come to, and these."""
    found, stack = set(places), list(places)
    while stack:
        place = stack.pop()
        for transition in net.transitions:
            if place in transition.consumes:
                stack.extend(set(transition.produces) - found)
                found.update(transition.produces)
    return found
