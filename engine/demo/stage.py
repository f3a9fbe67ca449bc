"""The demo site's own time: what is to be done when, and the timers that fire between.

The clock is moved as tests move it: everything in the engine reads the standard library's,
so no module knows of a second kind of time. Other sites' timers are left alone.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.wake_cases import note_incident, wake_case
from engine.demo.cast import Cast, Facts
from engine.demo.plots import Plot
from engine.errors import AlreadyDone, AnswersRefused, Refused
from engine.runtime import Runtime
from engine.store.cases import Case, Wait
from engine.store.database import transact
from engine.store.outbox import Incident

MINUTE = timedelta(minutes=1)
Act = Callable[[], None]


@dataclass(frozen=True)
class Played:
    """A case under way: its plot, and the house and people it is about."""

    plot: Plot
    facts: Facts
    waited: Counter[str] = field(default_factory=Counter)

    def nth(self, what: str) -> int:
        """How often that has waited in the case, with this time."""
        self.waited[what] += 1
        return self.waited[what]


@dataclass
class Stage:
    """``move_to`` moves the clock, ``look`` (set by who plays) sees what an act led to.
    ``refused`` are the sentences with which the engine refused an act: none, where plots
    and procedures fit."""

    session: Session
    runtime: Runtime
    site_id: int
    cast: Cast
    move_to: Callable[[datetime], None]
    until: datetime
    now: datetime
    look: Act = lambda: None
    played: dict[int, Played] = field(default_factory=dict)
    groups: dict[str, Facts] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    _queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _number: Any = field(default_factory=count)

    def at(self, moment: datetime, act: Act) -> None:
        """Do something then; what would come after the last moment is not done."""
        if moment < self.until:
            heapq.heappush(self._queue, (moment, next(self._number), act))

    def play(self, progress: Callable[[float], None]) -> None:
        begun = self.now
        while self._queue:
            moment, _, act = heapq.heappop(self._queue)
            self._wake(moment)
            self._turn_to(moment)
            self.attempt(act)
            self.look()
            progress((moment - begun) / (self.until - begun))
        self._wake(self.until)
        self._turn_to(self.until)

    def _turn_to(self, moment: datetime) -> None:
        self.now = max(moment, self.now)
        self.move_to(self.now)

    def attempt(self, act: Act) -> None:
        """What the engine refuses is told at the end, and keeps nobody else waiting."""
        try:
            act()
        except AlreadyDone:
            pass  # a timer was due in this very minute: what comes of it is seen next
        except Refused as refused:
            self.refused.append(_told(refused))
        finally:
            self.session.rollback()  # what was only read holds nothing open

    def _wake(self, until: datetime) -> None:
        """Fire the site's timers up to then, each in its minute."""
        fired: set[tuple[int, datetime]] = set()
        while (found := self._due(until)) is not None and found not in fired:
            fired.add(found)
            case_id, due = found
            self._turn_to(due.replace(second=0, microsecond=0) + MINUTE)
            try:
                transact(self.session, wake_case, self.runtime, case_id)
            except Refused as refused:
                transact(self.session, note_incident, case_id, str(refused))
            self.look()

    def _due(self, until: datetime) -> tuple[int, datetime] | None:
        stuck = select(Incident.case_id).where(Incident.resolved_at.is_(None))
        query = (
            select(Wait.case_id, Wait.due_at)
            .join(Case, Case.id == Wait.case_id)
            .where(Case.site_id == self.site_id, Wait.due_at < until - MINUTE)
            .where(Wait.case_id.not_in(stuck))
            .order_by(Wait.due_at)
            .limit(1)
        )
        found = self.session.execute(query).first()
        self.session.rollback()
        return None if found is None or found[1] is None else (found[0], found[1])


def _told(refused: Refused) -> str:
    if not isinstance(refused, AnswersRefused):
        return str(refused)
    return "；".join(f"{n}：{s}" for n, said in refused.fields.items() for s in said)
