"""What kind of day a date is, and from where we know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date as Date
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType

from chinese_calendar import Holiday, holidays, workdays

from engine.errors import Refused

WORKDAY, HOLIDAY = "workday", "holiday"
# The fixed days of 全国年节及纪念日放假办法 (State Council decree 795, from 2025 on). The
# others follow the moon and the sun: only the yearly notice tells them.
STATUTORY = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
# chinese_calendar.is_workday searches all its keys at each call, and raises beyond
KNOWN_YEARS = range(min(holidays).year, max(holidays).year + 1)


class DayKindRefused(Refused):
    """请选择“工作日”或“休息日”。"""

    status = 422


@dataclass(frozen=True, slots=True)
class Day:
    """``kind`` is workday or holiday, ``source`` chinesecalendar, provisional or site.

    Only a provisional day (暂估) is not ``confirmed``; ``note`` names the holiday.
    """

    kind: str
    source: str
    confirmed: bool
    note: str = ""

    @classmethod
    def stated(cls, kind: str, note: str = "") -> Day:
        """A day as somebody of the site states it. Raises ``DayKindRefused``."""
        if kind not in (WORKDAY, HOLIDAY):
            raise DayKindRefused()
        return cls(kind, "site", True, note)


@lru_cache(maxsize=256)
def seed_year(year: int) -> Mapping[Date, Day]:
    """Every day of a year before anybody of the site says otherwise.

    From PyPI chinesecalendar, make-up days (调休) being working days; in a year it does
    not know: weekends and the fixed statutory days, all provisional.
    """
    look_up = _known if year in KNOWN_YEARS else _provisional
    first = Date(year, 1, 1)
    length = (Date(year, 12, 31) - first).days + 1
    dates = (first + timedelta(days=n) for n in range(length))
    return MappingProxyType({date: look_up(date) for date in dates})


def confirmed_year(
    year: int, known: Mapping[Date, Day], stated: Mapping[Date, Day]
) -> dict[Date, Day]:
    """The year's days once its notice is out: what it states, what the site had set
    before, else weekends and fixed statutory days. All are then the site's word."""
    whole = {}
    for date, seeded in seed_year(year).items():
        day = known.get(date, seeded)
        base = day if day.source == "site" else seeded
        whole[date] = replace(base, source="site", confirmed=True)
    return {**whole, **stated}


def _known(date: Date) -> Day:
    if date in workdays:
        name = Holiday(workdays[date]).chinese + "调休"
        return Day(WORKDAY, "chinesecalendar", True, name)
    if date in holidays:
        name = Holiday(holidays[date]).chinese
        return Day(HOLIDAY, "chinesecalendar", True, name)
    return Day(_by_weekday(date), "chinesecalendar", True)


def _provisional(date: Date) -> Day:
    name = STATUTORY.get((date.month, date.day), "")
    return Day(HOLIDAY if name else _by_weekday(date), "provisional", False, name)


def _by_weekday(date: Date) -> str:
    return WORKDAY if date.weekday() < 5 else HOLIDAY
