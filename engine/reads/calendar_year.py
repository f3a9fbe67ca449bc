"""A year of a site's calendar, as twelve sheets; and one day with who said so."""

from __future__ import annotations

from calendar import Calendar as Sheets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import TIMETABLE_DEFAULTS, WORKDAY, Calendar, Day
from engine.errors import NotYours
from engine.people import Person, operates
from engine.runtime import Runtime
from engine.store.calendar_days import CalendarDay
from engine.store.staff import Site, Staff, site_of

SATURDAY = 5


@dataclass(frozen=True)
class DayCell:
    """``look``: work, rest (a plain weekend), holiday, or makeup (调休上班)."""

    date: Date
    day: Day

    @property
    def look(self) -> str:
        weekend = self.date.weekday() >= SATURDAY
        if self.day.kind == WORKDAY:
            return "makeup" if weekend else "work"
        return "holiday" if self.day.note or not weekend else "rest"


@dataclass(frozen=True)
class Month:
    """``weeks`` from Monday on; None where a week reaches into another month."""

    number: int
    weeks: tuple[tuple[DayCell | None, ...], ...]

    @property
    def workdays(self) -> int:
        cells = (cell for week in self.weeks for cell in week if cell is not None)
        return sum(cell.day.kind == WORKDAY for cell in cells)


@dataclass(frozen=True)
class CalendarYear:
    """``provisional`` where a day of it is an estimate; ``hours`` the site's texts."""

    site_id: int
    site_name: str
    year: int
    months: tuple[Month, ...]
    provisional: bool
    hours: Mapping[str, str]

    @property
    def workdays(self) -> int:
        return sum(month.workdays for month in self.months)


@dataclass(frozen=True)
class DayView:
    """One day; ``set_by`` and ``set_at`` where somebody of the site stated it."""

    cell: DayCell
    set_by: str | None
    set_at: datetime | None


def calendar_year(
    session: Session, runtime: Runtime, person: Person, year: int
) -> CalendarYear:
    """The year on the site this person works on. Raises ``NotYours``, ``NoSite``."""
    site = _site(session, person)
    calendar = runtime.calendars.of(session, site)
    months = tuple(_month(calendar, year, number) for number in range(1, 13))
    return CalendarYear(
        site_id=site.id,
        site_name=site.name,
        year=year,
        months=months,
        provisional=calendar.is_provisional(Date(year - 1, 12, 31), Date(year, 12, 31)),
        hours={
            name: str(site.parameters.get(name, text))
            for name, text in TIMETABLE_DEFAULTS.items()
        },
    )


def calendar_day(
    session: Session, runtime: Runtime, person: Person, date: Date
) -> DayView:
    """Raises ``NotYours``, ``NoSite``."""
    site = _site(session, person)
    day = runtime.calendars.of(session, site).day(date)
    query = (
        select(Staff.name, CalendarDay.set_at)
        .join(CalendarDay, CalendarDay.set_by == Staff.id)
        .where(CalendarDay.site_id == site.id, CalendarDay.date == date.isoformat())
    )
    stated = session.execute(query).first()
    by, at = stated if stated is not None else (None, None)
    return DayView(DayCell(date, day), by, at)


def _site(session: Session, person: Person) -> Site:
    if not operates(person):
        raise NotYours()
    return site_of(session, person)


def _month(calendar: Calendar, year: int, number: int) -> Month:
    weeks = Sheets().monthdatescalendar(year, number)
    return Month(
        number,
        tuple(tuple(_cell(calendar, date, number) for date in week) for week in weeks),
    )


def _cell(calendar: Calendar, date: Date, month: int) -> DayCell | None:
    return DayCell(date, calendar.day(date)) if date.month == month else None
