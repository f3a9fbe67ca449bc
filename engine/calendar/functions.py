"""The calendar inside expressions: ISO text in, ISO text with +08:00 out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any

from engine.calendar.clock import ZONE, minute
from engine.calendar.deadlines import Deadlines
from engine.calendar.rules import Rule
from engine.calendar.working_days import Calendar
from engine.expressions.refusals import Unfit

MOST_CALLS = 1_000
_NAMES = (
    "minutes hours days workdays months end_of_day next_day week_friday month_day at "
    "is_workday"
).split()
CALENDAR_FUNCTIONS = frozenset(_NAMES)


def calendar_functions(
    calendar: Calendar,
    now: Callable[[], datetime],
    calls: MutableMapping[datetime, Rule] | None = None,
) -> Mapping[str, Callable[..., Any]]:
    """What expressions may ask of the calendar. Each raises Unfit with a Chinese reason.

    A start is a date (its beginning counts) or a date and time, by default ``now()``.
    What depends on working days is noted in ``calls``, at most the first 1,000: the time
    it came to, and the rule by which ``recompute`` finds it again.
    """
    functions = _Functions(Deadlines(calendar, now), now, calls)
    return {name: getattr(functions, name) for name in _NAMES}


class _Functions:
    """The parameters' names are part of the language: a person may write ``start=``."""

    def __init__(
        self,
        deadlines: Deadlines,
        now: Callable[[], datetime],
        calls: MutableMapping[datetime, Rule] | None,
    ) -> None:
        self._deadlines = deadlines
        self._now = now
        self._calls = {} if calls is None else calls

    def minutes(self, n: Any, start: str | None = None) -> str:
        return text_of(self._deadlines.minutes(n, self._moment(start)))

    def hours(self, n: Any, start: str | None = None) -> str:
        return text_of(self._deadlines.hours(n, self._moment(start)))

    def days(self, n: Any, start: str | None = None) -> str:
        return text_of(self._deadlines.days(n, self._moment(start)))

    def workdays(self, n: Any, at: str | None = None, start: str | None = None) -> str:
        begin = self._moment(start)
        due = self._deadlines.workdays(n, at, begin)
        return self._noted(due, "workdays", [int(n), at], begin)

    def months(self, n: Any, start: str | None = None) -> str:
        return text_of(self._deadlines.months(n, self._moment(start)))

    def end_of_day(self, start: str | None = None) -> str:
        return text_of(self._deadlines.end_of_day(self._moment(start)))

    def next_day(self, start: str | None = None) -> str:
        return text_of(self._deadlines.next_day(self._moment(start)))

    def week_friday(self, at: str | None = None, start: str | None = None) -> str:
        begin = self._moment(start)
        due = self._deadlines.week_friday(at, begin)
        return self._noted(due, "week_friday", [at], begin)

    def month_day(self, n: Any, start: str | None = None) -> str:
        return text_of(self._deadlines.month_day(n, self._moment(start)))

    def at(self, time: str, start: str | None = None) -> str:
        return text_of(self._deadlines.at(time, self._moment(start)))

    def is_workday(self, date: str | None = None) -> bool:
        return self._deadlines.calendar.is_workday(self._moment(date).date())

    def _moment(self, text: str | None) -> datetime:
        return minute(self._now() if text is None else moment_of(text))

    def _noted(
        self, due: datetime, function: str, args: list[Any], start: datetime
    ) -> str:
        if len(self._calls) < MOST_CALLS:
            rule = {"function": function, "args": args, "from": text_of(start)}
            self._calls[due] = rule
        return text_of(due)


def moment_of(text: Any) -> datetime:
    """The moment an ISO date or date-time text means in Shanghai. Raises Unfit."""
    # fromisoformat also reads 2026-W10-2 and 20260310, which nobody here writes
    if isinstance(text, str) and text[4:5] == text[7:8] == "-":
        try:
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
        except ValueError:
            pass
    raise Unfit("开始时间请写成 2026-03-10 或 2026-03-10T09:05+08:00")


def text_of(moment: datetime) -> str:
    """As ``now()`` of the expressions writes it, so that texts compare as times do."""
    spec = "seconds" if moment.second else "minutes"
    return moment.isoformat(timespec=spec)
