"""The yearly notice of holidays, as somebody copies it from the State Council's paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta

from engine.calendar.days import HOLIDAY, WORKDAY
from engine.errors import Refused

NOTICE_HOLIDAYS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
LONGEST_DAYS = 31
MOST_WORKDAYS = 31
_BETWEEN = re.compile(r"[\s,，、;；和]+")
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_SHORT = re.compile(r"(\d{1,2})(?:月|[-/.])(\d{1,2})日?", re.ASCII)


class NoticeDateRefused(Refused):
    """日期“{text}”读不懂，请写成 2027-02-06 或 2月6日。"""

    status = 422


class NoticeSpanRefused(Refused):
    """“{name}”的放假日期不对：请由早到晚，最多 31 天。"""

    status = 422


@dataclass(frozen=True)
class NoticeRow:
    """One line of the notice as typed: off from ``first`` to ``last``, and the make-up
    ``workdays`` (调休上班), several with blanks or commas between them."""

    name: str
    first: str = ""
    last: str = ""
    workdays: str = ""


def notice_days(year: int, rows: Iterable[NoticeRow]) -> dict[Date, tuple[str, str]]:
    """Kind and note of each day that the lines name; lines left empty say nothing.

    Raises ``NoticeDateRefused``, ``NoticeSpanRefused``.
    """
    found: dict[Date, tuple[str, str]] = {}
    for row in rows:
        for date in _span(year, row):
            found[date] = (HOLIDAY, row.name.strip())
        texts = [text for text in _BETWEEN.split(row.workdays.strip()) if text]
        if len(texts) > MOST_WORKDAYS:
            raise NoticeDateRefused(text=row.workdays[:20] + "…")
        for text in texts:
            found[_date(year, text)] = (WORKDAY, f"{row.name.strip()}调休")
    return found


def _span(year: int, row: NoticeRow) -> list[Date]:
    """From the first day to the last; a single day where only one is given."""
    texts = [text.strip() for text in (row.first, row.last) if text.strip()]
    if not texts:
        return []
    first, last = _date(year, texts[0]), _date(year, texts[-1])
    length = (last - first).days + 1
    if not 1 <= length <= LONGEST_DAYS:
        raise NoticeSpanRefused(name=row.name.strip())
    return [first + timedelta(days=n) for n in range(length)]


def _date(year: int, text: str) -> Date:
    whole, short = _ISO.fullmatch(text), _SHORT.fullmatch(text)
    try:
        if whole is not None:
            return Date(int(whole[1]), int(whole[2]), int(whole[3]))
        if short is not None:
            return Date(year, int(short[1]), int(short[2]))
    except ValueError:
        pass  # no 30 February
    raise NoticeDateRefused(text=text[:20])
