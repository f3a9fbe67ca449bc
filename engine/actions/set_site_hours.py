"""Set the office hours and shifts of a site."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions.calendar_edits import CalendarChange, check_editor
from engine.calendar import TIMETABLE_DEFAULTS, Calendar, HoursRefused, Timetable
from engine.errors import NotFound
from engine.people import Person
from engine.store.calendar_days import read_days
from engine.store.database import changed_rows
from engine.store.staff import Parameter, Site

LONGEST = 200


def set_site_hours(
    session: Session, person: Person, site_id: int, texts: Mapping[str, str]
) -> CalendarChange:
    """``texts``: office_hours, patrol_shifts, day_and_night, as far as they are given.

    What was set and by whom stays in the table of parameters. Raises ``NotYours``,
    ``HoursRefused``, ``ShiftsRefused``, ``NotFound``.
    """
    check_editor(person, site_id)
    stated = {name: texts[name].strip() for name in TIMETABLE_DEFAULTS if name in texts}
    for text in stated.values():
        if len(text) > LONGEST:
            raise HoursRefused(text=text[:20] + "…")
    Timetable.of(stated)  # refuses what cannot be read
    locked = update(Site).where(Site.id == site_id)
    one_more = locked.values(calendar_version=Site.calendar_version + 1)
    if changed_rows(session, one_more) != 1:
        raise NotFound()
    site = session.get_one(Site, site_id, populate_existing=True)
    before = {**TIMETABLE_DEFAULTS, **site.parameters}
    fresh = {name: text for name, text in stated.items() if before[name] != text}
    for name, text in fresh.items():
        row = Parameter(site_id=site_id, name=name, value=text, set_by=person.id)
        session.add(row)
    site.parameters = {**site.parameters, **fresh}
    calendar = Calendar(read_days(session, site_id), Timetable.of(site.parameters))
    return CalendarChange((), calendar, hours_changed=bool(fresh))
