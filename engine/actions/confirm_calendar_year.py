"""Enter the yearly notice of holidays and make-up days: the year is no estimate now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as Date

from sqlalchemy.orm import Session

from engine.actions.calendar_edits import (
    CalendarChange,
    change_days,
    check_editor,
    check_note,
    check_year,
)
from engine.calendar import HOLIDAY, Day, confirmed_year
from engine.errors import Refused
from engine.people import Person

DECEMBER = 12


class NoHolidaysGiven(Refused):
    """请填写国务院办公厅公布的放假日期，至少一天。"""

    status = 422


class DateOutsideYear(Refused):
    """{date} 不在 {year} 年的放假安排里：只能填 {year} 年的日期，或上一年 12 月的日期。"""

    status = 422


def confirm_calendar_year(
    session: Session,
    person: Person,
    site_id: int,
    year: int,
    days: Mapping[Date, tuple[str, str]],
) -> CalendarChange:
    """``days``: kind (workday, holiday) and note of each day that the notice names; of
    the others, weekends and fixed statutory days are off and what the site set stays.

    The notice for a year may name last December's days (2018-12-31 was a holiday of
    2019). Raises ``NotYours``, ``DateOutOfCalendar``, ``DateOutsideYear``,
    ``DayKindRefused``, ``NoteTooLong``, ``NoHolidaysGiven``, ``NotFound``.
    """
    check_editor(person, site_id)
    check_year(year)
    stated = {date: _stated(year, date, *said) for date, said in days.items()}
    if not any(day.kind == HOLIDAY for day in stated.values()):
        raise NoHolidaysGiven()
    return change_days(
        session, site_id, lambda known: confirmed_year(year, known, stated), person
    )


def _stated(year: int, date: Date, kind: str, note: str) -> Day:
    if date.year != year and (date.year, date.month) != (year - 1, DECEMBER):
        raise DateOutsideYear(date=date.isoformat(), year=year)
    return Day.stated(kind, check_note(note))
