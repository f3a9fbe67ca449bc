"""Plots: what happens in the cases of a process, told as data, and on which days.

A file ``plots/<process>.json`` has ``houses`` (the states of houses its cases are about),
``start`` (answers of the start form), ``does`` (by task: ``with`` its answers, ``after``
how many minutes it waits, least and most, ``as`` who does it) and ``plots``.

A plot has ``name``; ``times`` and ``between`` (days before today, at random), or ``on``
(one case each of these days), or ``fridays`` (so many, towards the evening); ``starts``
and ``does`` beside the usual; ``house`` (the same for all its cases); ``leaves`` (tasks
that nobody does; ``"issue_slip 2"``: only the second time it waits); ``slip`` (what
happens at the gate, slip by slip: match, never or what differs); ``then`` (what is done
about the case by hand: cancel, void).

Among answers ``"=..."`` is an expression over the case and its house, ``{"any": [...]}``
one of several, ``{"file": name}`` a picture to be uploaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parent / "plots"
POLICY = Path(__file__).parent / "deposit_policy.json"
DAYS = 120  # how long the site has been working with the system
OPENS, CLOSES = time(8, 30), time(17, 0)
Told = Mapping[str, Any]


@dataclass(frozen=True)
class Plot:
    """What happens in one kind of case. ``usual`` stands behind what is special."""

    process: str
    usual: Told
    own: Told = field(default_factory=dict)

    @property
    def houses(self) -> Sequence[str]:
        found: Sequence[str] = self.own.get("houses", self.usual.get("houses", ()))
        return found

    @property
    def leaves(self) -> Sequence[str]:
        found: Sequence[str] = self.own.get("leaves", ())
        return found

    @property
    def start(self) -> dict[str, Any]:
        return {**self.usual.get("start", {}), **self.own.get("starts", {})}

    def answers(self, element: str) -> dict[str, Any]:
        usual, own = self._does(self.usual, element), self._does(self.own, element)
        return {**usual.get("with", {}), **own.get("with", {})}

    def about(self, element: str, name: str, otherwise: Any = None) -> Any:
        """``after`` or ``as`` of a task."""
        usual, own = self._does(self.usual, element), self._does(self.own, element)
        return own.get(name, usual.get(name, otherwise))

    @staticmethod
    def _does(told: Told, element: str) -> Told:
        found: Told = told.get("does", {}).get(element, {})
        return found


@dataclass(frozen=True)
class Begin:
    """A case to be started: ``group`` is the same for cases of one house."""

    at: datetime
    plot: Plot
    group: str | None


def deposit_policy() -> Told:
    """What the demo site allows itself, on a basis that is none."""
    found: Told = json.loads(POLICY.read_text(encoding="utf-8"))
    return found


def usual_of(process: str) -> Plot | None:
    """How a case goes that another one started; None for a process without plots."""
    path = FOLDER / f"{process}.json"
    if not path.exists():
        return None
    return Plot(process, json.loads(path.read_text(encoding="utf-8")))


def plan(today: datetime, random: Random) -> list[Begin]:
    """The cases of the days before ``today`` (a moment at the site), in their order."""
    begins: list[Begin] = []
    for path in sorted(FOLDER.glob("*.json")):
        usual = json.loads(path.read_text(encoding="utf-8"))
        for number, own in enumerate(usual.get("plots", ())):
            plot = Plot(path.stem, usual, own)
            group = f"{path.stem} {number}" if own.get("house") else None
            begins += [Begin(at, plot, group) for at in _moments(own, today, random)]
    return sorted((b for b in begins if b.at < today), key=lambda begin: begin.at)


def _moments(own: Told, today: datetime, random: Random) -> Iterator[datetime]:
    if "fridays" in own:
        yield from _fridays(own["fridays"], today)
        return
    days = own.get("on")
    if days is None:
        latest, earliest = sorted(own["between"])
        times = own.get("times", 1)
        days = sorted(random.randint(latest, earliest) for _ in range(times))
    for day in days:
        at = today - timedelta(days=day)
        if day > 0:
            at = at.replace(hour=random.randint(8, 16), minute=random.randint(30, 59))
        else:
            at -= timedelta(minutes=random.randint(20, 90))
        yield at if own.get("any_day") or at.weekday() < 5 or day < 3 else _monday(at)


def _fridays(times: int, today: datetime) -> Iterator[datetime]:
    last = today - timedelta(days=(today.weekday() - 4) % 7 or 7)
    for week in range(times):
        yield (last - timedelta(weeks=week)).replace(hour=16, minute=50)


def _monday(at: datetime) -> datetime:
    return at + timedelta(days=7 - at.weekday())


def in_office(at: datetime) -> datetime:
    """The next moment at which somebody is at a desk."""
    if at.time() >= CLOSES:
        return at.replace(hour=9, minute=at.minute) + timedelta(days=1)
    if at.time() < OPENS:
        return at.replace(hour=8, minute=30 + at.minute // 2)
    return at
