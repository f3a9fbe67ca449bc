"""Fill a site's calendar with whole years, as far as anybody knows them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from engine.actions.calendar_edits import (
    CalendarChange,
    Days,
    change_days,
    check_year,
)
from engine.calendar import seed_year


def seed_calendar(
    session: Session, site_id: int, years: Iterable[int]
) -> CalendarChange:
    """Seed these years, or renew them once chinesecalendar knows more: a new notice may
    also touch last December. What the site stated itself is kept.

    Raises ``NotFound``, ``DateOutOfCalendar``.
    """
    wanted = sorted(set(years))
    for year in wanted:
        check_year(year)

    def seeded(known: Days) -> Days:
        return {
            date: day
            for year in wanted
            for date, day in seed_year(year).items()
            if date not in known or known[date].source != "site"
        }

    return change_days(session, site_id, seeded)
