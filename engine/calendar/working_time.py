"""Minutes within the hours of a calendar: nights, lunch and days off do not count."""

from __future__ import annotations

from datetime import date as Date
from datetime import datetime, timedelta

from engine.calendar.clock import minute, on_clock
from engine.calendar.working_days import Calendar


def working_minutes(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Working minutes between two moments; negative where ``end`` is earlier."""
    begin, finish = minute(start), minute(end)
    yesterday = timedelta(days=1)
    # from midnight to midnight, so that the last day's own minutes come on top
    days = _days_between(calendar, begin.date() - yesterday, finish.date() - yesterday)
    more = _worked_today(calendar, finish) - _worked_today(calendar, begin)
    return days * calendar.hours.length + more


def add_working_minutes(calendar: Calendar, start: datetime, n: int) -> datetime:
    """The earliest moment after ``start`` with n working minutes in between.

    That is the end of a morning, never the beginning of the afternoon; with n = 0 it is
    ``start`` itself, within hours or not. A negative n raises ValueError.
    """
    begin = minute(start)
    if n < 0:
        raise ValueError("minutes to add must not be negative")
    if n == 0:
        return begin
    hours = calendar.hours
    todo = n + _worked_today(calendar, begin)
    days, rest = divmod(todo - 1, hours.length)
    return on_clock(_day_after(calendar, begin.date(), days), hours.reached(rest + 1))


def _worked_today(calendar: Calendar, moment: datetime) -> int:
    if not calendar.hours.every_day and not calendar.is_workday(moment.date()):
        return 0
    return calendar.hours.worked_by(moment.hour * 60 + moment.minute)


def _days_between(calendar: Calendar, start: Date, end: Date) -> int:
    if calendar.hours.every_day:
        return (end - start).days
    return calendar.workdays_between(start, end)


def _day_after(calendar: Calendar, date: Date, n: int) -> Date:
    """The n-th day of work after the date's own, or after the first to come."""
    if calendar.hours.every_day:
        return date + timedelta(days=n)
    return calendar.workday_after(calendar.workday_after(date, 0), n)
