"""Say what a single day is on a site: a working day or a day off."""

from __future__ import annotations

from datetime import date as Date

from sqlalchemy.orm import Session

from engine.actions.calendar_edits import (
    CalendarChange,
    change_days,
    check_editor,
    check_note,
    check_year,
)
from engine.calendar import Day
from engine.errors import Refused
from engine.people import Person


class DayReasonMissing(Refused):
    """请写明改这一天的原因。"""

    status = 422


def set_calendar_day(
    session: Session, person: Person, site_id: int, date: Date, kind: str, note: str
) -> CalendarChange:
    """``kind`` is workday or holiday, ``note`` why. Raises ``NotYours``,
    ``DayKindRefused``, ``DayReasonMissing``, ``NoteTooLong``, ``DateOutOfCalendar``,
    ``NotFound``."""
    check_editor(person, site_id)
    check_year(date.year)
    day = Day.stated(kind, check_note(note))
    if not day.note:
        raise DayReasonMissing()
    return change_days(session, site_id, lambda known: {date: day}, person)
