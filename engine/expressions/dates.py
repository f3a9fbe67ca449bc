"""Dates as ISO 8601 text in the office's zone (Asia/Shanghai).

Every function takes a date ("2026-03-10") or a date and time ("2026-03-10T09:05+08:00",
whose day in Shanghai counts) and answers a date. Each raises Unfit.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date as Date
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.expressions.refusals import Unfit

ZONE = ZoneInfo("Asia/Shanghai")
_MAX_MONTHS = 12 * 200


def now() -> str:
    """To the minute: "2026-03-10T09:05+08:00"."""
    return datetime.now(ZONE).isoformat(timespec="minutes")


def today() -> str:
    return datetime.now(ZONE).date().isoformat()


def date(text: str) -> str:
    """The ISO date of a date or date-time text."""
    return _day(text).isoformat()


def add_days(date: str, n: int) -> str:
    day = _day(date)
    try:
        return (day + timedelta(days=_whole(n))).isoformat()
    except OverflowError:
        raise Unfit("日期超出范围") from None


def add_months(date: str, n: int) -> str:
    """The same day n months later, or that month's last day: 01-31, 1 -> 02-28."""
    return _months_on(_day(date), n)[0].isoformat()


def period_end(start: str, months: int) -> str:
    """The last day of a period: 2026-03-10, 6 -> 2026-09-09.

    It is the day before the same day so many months later; where that month has no such
    day, the month's last day (民法典 第二百零二条): 2026-08-31, 6 -> 2027-02-28.
    """
    end, clamped = _months_on(_day(start), months)
    return (end if clamped else end - timedelta(days=1)).isoformat()


def days_between(a: str, b: str) -> int:
    """Days from a to b; negative where b is earlier."""
    return (_day(b) - _day(a)).days


def _day(text: Any) -> Date:
    if not isinstance(text, str):
        raise Unfit("需要日期，例如 2026-03-10")
    try:
        if len(text) == 10:
            return _iso_day(text)
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(ZONE) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        raise Unfit(f"“{text[:30]}”不是日期，请写成 2026-03-10") from None


def _iso_day(text: str) -> Date:
    day = Date.fromisoformat(text)
    if day.isoformat() != text:
        # fromisoformat also reads week dates (2026-W10-2), which nobody here writes.
        raise ValueError(text)
    return day


def _whole(n: Any) -> int:
    if type(n) is not int:
        raise Unfit("天数或月数必须是整数")
    return n


def _months_on(day: Date, n: Any) -> tuple[Date, bool]:
    """The day n months on, and whether it was clamped to the month's end."""
    if abs(_whole(n)) > _MAX_MONTHS:
        raise Unfit("月数超出范围")
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if not 1 <= year <= 9999:
        raise Unfit("日期超出范围")
    last = monthrange(year, month + 1)[1]
    return Date(year, month + 1, min(day.day, last)), day.day > last
