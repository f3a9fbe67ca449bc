"""Office hours and shifts of a site, as texts that its parameters may set.

Defaults: procedures.md TR-12 and TR-13.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from engine.calendar.clock import DAY, minute, minute_of_day
from engine.errors import Refused
from engine.expressions.refusals import Unfit

Span = tuple[int, int]  # minutes after midnight: from, up to but not including
_BETWEEN = re.compile(r"[\s,，、;；]+")
_DASH = re.compile(r"\s*[-–—~～至]\s*")


class HoursRefused(Refused):
    """时间段“{text}”写法不对，请写成 08:30-12:20 13:30-17:10，由早到晚，互不重叠。"""

    status = 422


class ShiftsRefused(Refused):
    """班次“{text}”写法不对，请写成 早班 07:00-15:00 中班 15:00-23:00，互不重叠。"""

    status = 422


@dataclass(frozen=True)
class Hours:
    """The hours somebody works in a day, on working days or on ``every_day``."""

    spans: tuple[Span, ...]
    every_day: bool = False

    @property
    def length(self) -> int:
        """Working minutes of a day."""
        return sum(end - start for start, end in self.spans)

    @property
    def closing(self) -> int:
        return self.spans[-1][1]

    def worked_by(self, at: int) -> int:
        """Working minutes between midnight and ``at`` minutes after it."""
        return sum(min(max(at, start), end) - start for start, end in self.spans)

    def reached(self, worked: int) -> int:
        """The earliest minute of the day by which ``worked`` (> 0) minutes are done."""
        for start, end in self.spans:
            if worked <= end - start:
                return start + worked
            worked -= end - start
        raise ValueError("more than a day's work")

    @classmethod
    def parse(cls, text: str) -> Hours:
        """ "08:30-12:20 13:30-17:10". Raises ``HoursRefused``."""
        try:
            spans = tuple(_span(part) for part in _parts(text))
        except Unfit:
            raise HoursRefused(text=text) from None
        edges = [edge for span in spans for edge in span]
        if not edges or any(a >= b for a, b in zip(edges, edges[1:])):
            # ascending edges: also no span without length, none that touch
            raise HoursRefused(text=text)
        return cls(spans)


@dataclass(frozen=True)
class Shift:
    """From ``start`` up to but not including ``end`` minutes after midnight; an ``end``
    that is not later lies on the next day."""

    name: str
    start: int
    end: int

    def covers(self, at: int) -> bool:
        """Whether it is on duty ``at`` minutes after midnight."""
        length = (self.end - self.start) % DAY or DAY
        return (at - self.start) % DAY < length


def parse_shifts(text: str) -> tuple[Shift, ...]:
    """ "早班 07:00-15:00 夜班 23:00-07:00". Raises ``ShiftsRefused``."""
    parts = _parts(text)
    try:
        shifts = tuple(
            Shift(name, *_span(span))
            for name, span in zip(parts[::2], parts[1::2], strict=True)
        )
    except (Unfit, ValueError):
        raise ShiftsRefused(text=text) from None
    if not shifts or any(sum(s.covers(m) for s in shifts) > 1 for m in range(DAY)):
        raise ShiftsRefused(text=text)
    return shifts


def shift_at(moment: datetime, shifts: tuple[Shift, ...]) -> tuple[Shift | None, Date]:
    """The shift then on duty and the date it began on; None where nobody is."""
    there = minute(moment)
    at = there.hour * 60 + there.minute
    for shift in shifts:
        if shift.covers(at):
            began = there.date() - timedelta(days=at < shift.start)
            return shift, began
    return None, there.date()


@dataclass(frozen=True)
class Timetable:
    """``office`` hours (the counter's), ``shifts`` of patrols, and the ``rounds`` of the
    patrols that only tell day from night."""

    office: Hours
    shifts: tuple[Shift, ...]
    rounds: tuple[Shift, ...]

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Timetable:
        """With the site's own parameters, as far as it has set these. Raises
        ``HoursRefused``, ``ShiftsRefused``."""
        return _timetable(
            *(str(parameters.get(n, d)) for n, d in TIMETABLE_DEFAULTS.items())
        )


@lru_cache(maxsize=64)
def _timetable(office: str, shifts: str, rounds: str) -> Timetable:
    """Every act asks for it, and the texts hardly ever change."""
    return Timetable(Hours.parse(office), parse_shifts(shifts), parse_shifts(rounds))


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(_DASH.sub("-", text.strip())) if part]


def _span(text: str) -> Span:
    start, _, end = text.partition("-")
    return minute_of_day(start), minute_of_day(end)


TIMETABLE_DEFAULTS = {
    "office_hours": "08:30-12:20 13:30-17:10",
    "patrol_shifts": "早班 07:00-15:00 中班 15:00-23:00 夜班 23:00-07:00",
    "day_and_night": "白班 07:00-19:00 夜班 19:00-07:00",
}
STANDARD = Timetable.of({})
ROUND_THE_CLOCK = Hours(((0, DAY),), every_day=True)
