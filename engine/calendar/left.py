"""What a due chip says: 剩 2 个工作日, 超 3 小时."""

from __future__ import annotations

from datetime import datetime

from engine.calendar.clock import DAY, minute, minutes_between
from engine.calendar.working_days import Calendar

_YEAR = 365 * DAY
_CHINESE = {"minute": "分钟", "hour": "小时", "working day": "个工作日", "year": "年"}


def describe_left(
    now: datetime, due: datetime, calendar: Calendar, lang: str = "zh"
) -> str:
    """The time left or overdue, in one unit, rounded down.

    Below a day in hours and minutes by the clock, night and lunch included; from a day
    on in working days. ``lang`` "en…" is English, anything else Chinese.
    """
    here, limit = minute(now), minute(due)
    over = here > limit
    number, unit = _span(min(here, limit), max(here, limit), calendar)
    if lang.startswith("en"):
        plural = "" if number == 1 else "s"
        return f"{number} {unit}{plural} {'overdue' if over else 'left'}"
    return f"{'超' if over else '剩'} {number} {_CHINESE[unit]}"


def _span(start: datetime, end: datetime, calendar: Calendar) -> tuple[int, str]:
    minutes = minutes_between(start, end)
    if minutes < 60:
        return minutes, "minute"
    if minutes >= 2 * _YEAR:
        return minutes // _YEAR, "year"
    if minutes >= DAY:
        days = calendar.workdays_between(start.date(), end.date())
        if days:  # none in a long weekend
            return days, "working day"
    return minutes // 60, "hour"
