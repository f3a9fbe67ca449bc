"""The calendar a site edits: one row a day of the years it was seeded with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date as Date
from datetime import datetime
from threading import Lock

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.calendar import Calendar, Day, Timetable
from engine.store.database import Base, UtcDateTime, now, upsert_into
from engine.store.staff import Site


class CalendarDay(Base):
    """A day as it counts on a site (``engine.calendar.Day``); ``date`` is ISO text.

    A date without a row counts as seeded. ``set_by`` is who stated it, null for the
    machine.
    """

    __tablename__ = "calendar_day"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    date: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(20))
    confirmed: Mapped[bool]
    note: Mapped[str] = mapped_column(String(100), default="")
    set_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def read_days(session: Session, site_id: int) -> dict[Date, Day]:
    """All days of the site that have a row; one statement."""
    row = CalendarDay
    query = select(row.date, row.kind, row.source, row.confirmed, row.note)
    found = session.execute(query.where(row.site_id == site_id))
    return {
        Date.fromisoformat(date): Day(kind, source, confirmed, note)
        for date, kind, source, confirmed, note in found
    }


def write_days(
    session: Session, site_id: int, days: Mapping[Date, Day], set_by: int | None
) -> None:
    """Add or replace these days; one statement."""
    if not days:
        return
    at = now()
    rows = [
        {
            "site_id": site_id,
            "date": date.isoformat(),
            "kind": day.kind,
            "source": day.source,
            "confirmed": day.confirmed,
            "note": day.note,
            "set_by": set_by,
            "set_at": at,
        }
        for date, day in sorted(days.items())
    ]
    insert = upsert_into(session, CalendarDay)
    changing = rows[0].keys() - {"site_id", "date"}
    upsert = insert.on_conflict_do_update(
        index_elements=["site_id", "date"],
        set_={name: insert.excluded[name] for name in changing},
    )
    session.execute(upsert, rows)


class Calendars:
    """The sites' calendars, kept while their versions last (at most 64).

    Not to be asked in the transaction that changes a calendar: rolled back, its days
    would stay here under a number that the next change takes.
    """

    KEPT = 64

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int, Timetable], Calendar] = OrderedDict()
        self._lock = Lock()

    def of(self, session: Session, site: Site) -> Calendar:
        """One statement a process, site and change of its calendar, else none.

        Days newer than the version do no harm: the newer version is read anew.

        Raises ``HoursRefused``, ``ShiftsRefused`` for parameters that cannot be read.
        """
        timetable = Timetable.of(site.parameters)
        key = (site.id, site.calendar_version, timetable)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        calendar = Calendar(read_days(session, site.id), timetable)
        with self._lock:
            self._kept[key] = calendar
            while len(self._kept) > self.KEPT:
                self._kept.popitem(last=False)
        return calendar
