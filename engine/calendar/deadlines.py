"""The limits that the written procedures set (procedures.md TR-2 … TR-10)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date as Date
from datetime import datetime, timedelta
from typing import Any

from engine.calendar import clock
from engine.calendar.working_days import Calendar
from engine.expressions.numbers import exact, half_up
from engine.expressions.refusals import Unfit

MOST_MINUTES = 200 * 366 * clock.DAY
MOST_MONTHS = 200 * 12
MOST_WORKDAYS = 5_000
_MOST_WEEKS = 60  # without a single working day


def on_time(done: datetime, limit: datetime | Date) -> bool:
    """Whether it was done by then, the limit's own minute included (TR-1, TR-2); a limit
    that is a date runs to the end of that date (TR-4)."""
    if not isinstance(limit, datetime):
        limit = clock.last_second(limit)
    return clock.minute(done) <= clock.minute(limit)


class Deadlines:
    """Aware times in, aware times in Shanghai out, to the minute; days end at 23:59:59.

    Every ``start`` is by default ``now()``. Values that cannot be raise Unfit.
    """

    def __init__(
        self, calendar: Calendar, now: Callable[[], datetime] = clock.now
    ) -> None:
        self.calendar = calendar
        self._now = now

    def minutes(self, n: Any, start: datetime | None = None) -> datetime:
        """n minutes later by the clock (TR-2); n below 0 is before."""
        return self._elapsed(n, 1, start)

    def hours(self, n: Any, start: datetime | None = None) -> datetime:
        return self._elapsed(n, 60, start)

    def days(self, n: Any, start: datetime | None = None) -> datetime:
        """n times 24 hours later, half a day being 12 hours (TR-3)."""
        return self._elapsed(n, clock.DAY, start)

    def workdays(
        self, n: Any, at: str | None = None, start: datetime | None = None
    ) -> datetime:
        """``at`` (by default when the office closes, 17:10) on the n-th working day after
        the day of ``start``, whatever hour that was (TR-6)."""
        count = whole(n, 1, MOST_WORKDAYS, "工作日数")
        day = self.calendar.workday_after(self._start(start).date(), count)
        return self._closing(day, at)

    def months(self, n: Any, start: datetime | None = None) -> datetime:
        """The beginning of the same day n months later, or of that month's last day:
        that date itself is allowed (TR-7)."""
        count = whole(n, -MOST_MONTHS, MOST_MONTHS, "月数")
        begin = self._start(start).date()
        return clock.on_clock(_month_day(begin, count, begin.day), 0)

    def end_of_day(self, start: datetime | None = None) -> datetime:
        """当日 (TR-4)."""
        return clock.last_second(self._start(start).date())

    def next_day(self, start: datetime | None = None) -> datetime:
        """次日, 不超过第 2 日 (TR-5)."""
        return clock.last_second(self._start(start).date() + timedelta(days=1))

    def week_friday(
        self, at: str | None = None, start: datetime | None = None
    ) -> datetime:
        """每周五下班前 (TR-8): the first end of a working week that is not past.

        A week without a working day has none; what comes after Friday's closing, or in
        such a week, goes into the next.
        """
        begin = self._start(start)
        for weeks in range(_MOST_WEEKS):
            day = self.calendar.week_report_day(begin.date() + timedelta(weeks=weeks))
            limit = None if day is None else self._closing(day, at)
            if limit is not None and limit >= begin:
                return limit
        raise Unfit("工作日历里找不到下一个工作周")

    def month_day(self, n: Any, start: datetime | None = None) -> datetime:
        """每月 n 日前 (TR-10): the end of that day, or of a shorter month's last day; the
        first one that is not past."""
        day = whole(n, 1, 31, "日")
        begin = self._start(start).date()
        found = _month_day(begin, 0, day)
        if found < begin:
            found = _month_day(begin, 1, day)
        return clock.last_second(found)

    def at(self, time: str, start: datetime | None = None) -> datetime:
        """That time on the day of ``start``, past or not."""
        return clock.on_clock(self._start(start).date(), clock.minute_of_day(time))

    def _start(self, start: datetime | None) -> datetime:
        return clock.minute(self._now() if start is None else start)

    def _elapsed(self, n: Any, unit: int, start: datetime | None) -> datetime:
        minutes = int(half_up(exact(n) * unit))
        if abs(minutes) > MOST_MINUTES:
            raise Unfit("时间太长")
        return self._start(start) + timedelta(minutes=minutes)

    def _closing(self, day: Date, at: str | None) -> datetime:
        closing = self.calendar.hours.closing if at is None else clock.minute_of_day(at)
        return clock.on_clock(day, closing)


def whole(n: Any, least: int, most: int, what: str) -> int:
    """An integer within bounds, also where a parameter wrote it 3.0. Raises Unfit."""
    number = exact(n)
    count = int(number)
    if isinstance(n, bool) or count != number or not least <= count <= most:
        raise Unfit(f"{what}必须是 {least} 到 {most} 的整数")
    return count


def _month_day(date: Date, months: int, day: int) -> Date:
    """A day of the month so many months on, or that month's last day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise Unfit("日期超出范围")
    return Date(year, month + 1, min(day, monthrange(year, month + 1)[1]))
