"""One zone, whole minutes (procedures.md TR-1): Asia/Shanghai, no daylight saving."""

from __future__ import annotations

import re
from datetime import date as Date
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.expressions.refusals import Unfit

ZONE = ZoneInfo("Asia/Shanghai")
DAY = 24 * 60
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})", re.ASCII)


def now() -> datetime:
    return datetime.now(ZONE)


def minute(moment: datetime) -> datetime:
    """The minute it is in Shanghai. A time without a zone raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(ZONE).replace(second=0, microsecond=0)


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes on the clock; both as ``minute`` gives them."""
    return (end - start) // timedelta(minutes=1)


def minute_of_day(text: object) -> int:
    """Minutes after midnight of "17:10"; "24:00" is the end of the day. Raises Unfit."""
    found = _CLOCK.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is not None:
        hour, rest = int(found[1]), int(found[2])
        if rest < 60 and hour * 60 + rest <= DAY:
            return hour * 60 + rest
    raise Unfit("时刻请写成 17:10 这样")


def on_clock(day: Date, minutes: int) -> datetime:
    """So many minutes after that day's midnight."""
    return datetime.combine(day, time(), ZONE) + timedelta(minutes=minutes)


def last_second(day: Date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), ZONE)
