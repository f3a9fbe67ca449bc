"""What every change of a site's calendar has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date as Date

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.calendar import Calendar, Day, Timetable
from engine.errors import NotFound, NotYours, Refused
from engine.people import MANAGERS, Person
from engine.store.calendar_days import read_days, write_days
from engine.store.database import changed_rows
from engine.store.staff import Site

FIRST_YEAR, LAST_YEAR = 2004, 2100
LONGEST_NOTE = 100

Days = Mapping[Date, Day]


class DateOutOfCalendar(Refused):
    """工作日历只能设置 2004 年至 2100 年的日期。"""

    status = 422


class NoteTooLong(Refused):
    """日期的说明最多 100 个字。"""

    status = 422


@dataclass(frozen=True)
class DayChange:
    date: Date
    before: Day
    after: Day


@dataclass(frozen=True)
class CalendarChange:
    """``days`` that now count otherwise, in order, and the ``calendar`` as it is now."""

    days: tuple[DayChange, ...]
    calendar: Calendar
    hours_changed: bool = False

    @property
    def moves(self) -> bool:
        """Whether a deadline can have moved."""
        return bool(self.days) or self.hours_changed


def check_editor(person: Person, site_id: int) -> None:
    """Administrators and managers of the site. Raises ``NotYours``."""
    if not person.on_site(site_id):
        raise NotYours()
    if not (person.administrator or person.roles & MANAGERS):
        raise NotYours()


def check_year(year: int) -> None:
    """Raises ``DateOutOfCalendar``."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateOutOfCalendar()


def check_note(note: str) -> str:
    """The note without blanks around it. Raises ``NoteTooLong``."""
    if len(note.strip()) > LONGEST_NOTE:
        raise NoteTooLong()
    return note.strip()


def change_days(
    session: Session,
    site_id: int,
    edit: Callable[[Days], Days],
    person: Person | None = None,
) -> CalendarChange:
    """Write the days that ``edit`` answers, given those with a row so far.

    The site's calendar version grows; its row stays locked until the end, so two editors
    come one after another. Raises ``NotFound``.
    """
    one_more = update(Site).where(Site.id == site_id)
    locked = one_more.values(calendar_version=Site.calendar_version + 1)
    if changed_rows(session, locked) != 1:
        raise NotFound()
    site = session.get_one(Site, site_id, populate_existing=True)
    known = read_days(session, site_id)
    timetable = Timetable.of(site.parameters)
    before = Calendar(known, timetable)
    edited = edit(known)
    fresh = {date: day for date, day in edited.items() if known.get(date) != day}
    write_days(session, site_id, fresh, person.id if person else None)
    changes = (DayChange(d, before.day(d), fresh[d]) for d in sorted(fresh))
    return CalendarChange(
        tuple(change for change in changes if change.before.kind != change.after.kind),
        Calendar({**known, **fresh}, timetable),
    )
