"""The working days of a site, counted by position in the year: no walking day by day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date as Date
from datetime import timedelta

from engine.calendar.days import WORKDAY, Day, seed_year
from engine.calendar.hours import STANDARD, Hours, Timetable
from engine.expressions.refusals import Unfit

# so that one calendar never keeps more than these years
YEARS = range(1970, 2201)
FRIDAY = 4


class Calendar:
    """A site's days over the seeded years, with its timetable. Threads may share it.

    Dates beyond ``YEARS`` raise Unfit.
    """

    def __init__(
        self, days: Mapping[Date, Day] | None = None, timetable: Timetable = STANDARD
    ) -> None:
        self.days = dict(days or {})
        self.timetable = timetable
        self._years: dict[int, list[int]] = {}

    @property
    def hours(self) -> Hours:
        return self.timetable.office

    def day(self, date: Date) -> Day:
        if date.year not in YEARS:
            raise Unfit("日期超出工作日历的范围")
        return self.days.get(date) or seed_year(date.year)[date]

    def is_workday(self, date: Date) -> bool:
        return self.day(date).kind == WORKDAY

    def is_provisional(self, start: Date, end: Date) -> bool:
        """Whether what is counted from ``start`` to ``end`` meets an estimated day."""
        length = (end - start).days
        return any(
            not self.day(start + timedelta(days=n)).confirmed
            for n in range(1, length + 1)
        )

    def workday_after(self, date: Date, n: int = 1) -> Date:
        """The n-th working day after a date; with n < 0 before it; with 0 the date
        itself or, where it is none, the next."""
        days = self._workdays(date.year)
        found = bisect_right if n > 0 else bisect_left
        position = found(days, date.toordinal()) + (n - 1 if n > 0 else n)
        year = date.year
        while position < 0:
            year -= 1
            position += len(self._workdays(year))
        while position >= len(self._workdays(year)):
            position -= len(self._workdays(year))
            year += 1
        return Date.fromordinal(self._workdays(year)[position])

    def previous_workday(self, date: Date) -> Date:
        """The last working day before a date."""
        return self.workday_after(date, -1)

    def workdays_between(self, start: Date, end: Date) -> int:
        """Working days after ``start`` up to and including ``end``; negative backwards."""
        if end < start:
            return -self.workdays_between(end, start)
        whole = sum(len(self._workdays(y)) for y in range(start.year, end.year))
        return whole + self._rank(end) - self._rank(start)

    def week_report_day(self, date: Date) -> Date | None:
        """The Friday of the date's week, Monday to Sunday; where that is no working day
        the week's last one, also on a make-up Sunday (TR-8). None in a week without."""
        monday = date - timedelta(days=date.weekday())
        friday = monday + timedelta(days=FRIDAY)
        if self.is_workday(friday):
            return friday
        last = self.previous_workday(monday + timedelta(days=7))
        return last if last >= monday else None

    def _rank(self, date: Date) -> int:
        return bisect_right(self._workdays(date.year), date.toordinal())

    def _workdays(self, year: int) -> list[int]:
        """Ordinals of the year's working days, ascending."""
        found = self._years.get(year)
        if found is None:
            self.day(Date(year, 1, 1))  # refuses a year beyond
            ordinals = (d.toordinal() for d in seed_year(year) if self.is_workday(d))
            found = self._years[year] = list(ordinals)
        return found
