"""Random cases run as the stock engine runs them, though saved and compacted each time.

``STEWARD_FUZZ=5000`` runs so many models instead of 500.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.workflow.run import StepFailed
from tests.proofs.random_cases import START, model
from tests.proofs.two_engines import Ours, Seen, Stock, plain

MODELS = int(os.environ.get("STEWARD_FUZZ", "500"))
CHUNK = 25
ACTS = 50
MINUTE = timedelta(minutes=1)
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


# a multi-instance on the path of a boundary event; a subprocess cut off with its branch
KNOWN_FAILURES = (
    "Attempt to add non-predicted child to predicted task",
    "was not found",
)


class Difference(AssertionError):
    pass


class Pair:
    """Both engines, told the same; every act is followed by a comparison."""

    def __init__(self, seed: int, clock: Any) -> None:
        self.random = random.Random(f"acts of {seed}")
        self.bpmn = model(seed)
        self.clock = clock
        self.told: list[str] = []
        self.over = False  # the stock engine failed: nothing to compare with any more
        self.ours = Ours(self.bpmn, dict(START))
        self.stock = Stock(self.bpmn, dict(START))
        self.compare()

    def compare(self) -> Seen:
        ours, stock = self.ours.seen(), self.stock.seen()
        for name in ("tasks", "events", "done", "ended", "data"):
            mine, theirs = getattr(ours, name), getattr(stock, name)
            same = _same_events(mine, theirs) if name == "events" else mine == theirs
            if not same:
                raise Difference(
                    f"{name}\n ours  {mine}\n stock {theirs}\n after {self.told}"
                )
        return stock

    def compare_data(self, seen: Seen) -> None:
        """Where one token ran, the case's own variables are those it ended with; of a
        subprocess that was interrupted it keeps what had been answered there."""
        apart = (b"parallelGateway", b'cancelActivity="false"', b"subProcess")
        alone = not any(text in self.bpmn for text in apart)
        if seen.ended and not self.over and alone:
            if plain(self.ours.data) != seen.data:
                raise Difference(
                    f"case {plain(self.ours.data)}\n ended with {seen.data}"
                )

    def act(self, seen: Seen, number: int) -> bool:
        """One random act; False where nothing is left to do."""
        dues = [due for _, _, due in seen.events if due is not None]
        names = sorted(
            name
            for w in self.ours.waits.values()
            for name in w.name.split("\n")
            if name
        )
        names = [n for n in names if names.count(n) == 1]
        kinds = ["finish"] * 3 * bool(seen.tasks)
        kinds += ["time"] * bool(dues) + ["message"] * bool(names)
        if not kinds:
            return False
        kind = self.random.choice(kinds)
        overdue = bool(dues) and min(dues) < datetime.now(UTC)
        if kind == "finish" and overdue:
            # ours lets what was due happen before the act, stock only after it
            self._both("wake")
        elif kind == "finish":
            place = self.random.randrange(len(seen.tasks))
            answers = self._answers(*seen.tasks[place], number)
            self._both("finish", place, answers, note=seen.tasks[place][0])
        elif kind == "time":
            self._pass_time(dues)
        elif overdue:
            # stock's event gateway would take the message's path and the timer's
            self._both("wake")
        else:
            payload = self.random.choice([number, {"by": "业主", "no": number}])
            self._both("deliver", self.random.choice(names), payload)
        return True

    def _answers(self, element: str, data: str, number: int) -> dict[str, Any]:
        # late in a case nobody wants another turn of a loop
        answer = self.random.randint(0, 9 if number < ACTS // 2 else 5)
        each = re.match(r"each(\d+)_", element)
        return {f"out{each[1]}" if each else f"a_{element}": answer}

    def _pass_time(self, dues: list[datetime]) -> None:
        """To a while before the next moment, or after it; then the timers may fire."""
        side = self.random.choice([-1, 1, 1, 1])
        then = max(datetime.now(UTC), min(dues) + 3 * side * MINUTE)
        while any(abs(due - then) < 2 * MINUTE for due in dues):
            then += 3 * MINUTE  # which comes first would hang on a few milliseconds
        self.clock.move_to(then)
        if self.random.random() < 0.8:  # else an act comes before the worker does
            self._both("wake")

    def _both(self, verb: str, *values: Any, note: str = "") -> None:
        self.told.append(" ".join(filter(None, [verb, note, *map(str, values)])))
        ours = _failure(getattr(self.ours, verb), *values)
        stock = _failure(getattr(self.stock, verb), *values)
        self.over = stock is not None
        if bool(ours) != bool(stock) and not (self.over and _known(stock)):
            raise Difference(f"ours {ours}, stock {stock} after {self.told}")


def _failure(act: Callable[..., None], *values: Any) -> Exception | None:
    try:
        act(*values)
    except (StepFailed, SpiffWorkflowException) as failed:
        return failed
    return None


def _known(failed: Exception | None) -> bool:
    """Where the stock engine fails and ours goes on: see test_stock_bugs."""
    return any(text in str(failed) for text in KNOWN_FAILURES)


def _same_events(ours: list[Any], stock: list[Any]) -> bool:
    if [one[:2] for one in ours] != [one[:2] for one in stock]:
        return False
    pairs = zip(ours, stock, strict=True)
    return all(_near(mine[2], theirs[2]) for mine, theirs in pairs)


def _near(ours: datetime | None, stock: datetime | None) -> bool:
    """The same second, but for the time that lies between the two runs."""
    if ours is None or stock is None:
        return ours is stock
    return abs(ours - stock) < timedelta(seconds=30)


def run_case(seed: int) -> Pair:
    with time_machine.travel(BEGIN, tick=True) as clock:
        pair = Pair(seed, clock)
        seen = pair.compare()
        for number in range(ACTS):
            if seen.ended or not pair.act(seen, number) or pair.over:
                break
            seen = pair.compare()
        pair.compare_data(seen)
    return pair


@pytest.mark.parametrize("first", range(0, MODELS, CHUNK))
def test_random_cases_run_as_in_the_stock_engine(first: int) -> None:
    for seed in range(first, min(first + CHUNK, MODELS)):
        try:
            run_case(seed)
        except Exception as failed:
            raise AssertionError(f"seed {seed}: {failed}") from failed
