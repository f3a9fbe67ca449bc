"""Working days and hours, deadlines, months: pure, over a table that the site edits."""

from engine.calendar.clock import ZONE
from engine.calendar.days import (
    HOLIDAY,
    WORKDAY,
    Day,
    DayKindRefused,
    confirmed_year,
    seed_year,
)
from engine.calendar.deadlines import Deadlines, on_time
from engine.calendar.functions import CALENDAR_FUNCTIONS, calendar_functions
from engine.calendar.hours import (
    ROUND_THE_CLOCK,
    STANDARD,
    TIMETABLE_DEFAULTS,
    Hours,
    HoursRefused,
    Shift,
    ShiftsRefused,
    Timetable,
    parse_shifts,
    shift_at,
)
from engine.calendar.left import describe_left
from engine.calendar.notice import (
    NOTICE_HOLIDAYS,
    NoticeDateRefused,
    NoticeRow,
    NoticeSpanRefused,
    notice_days,
)
from engine.calendar.rules import Deadline, Moved, Rule, moved, recompute
from engine.calendar.working_days import Calendar
from engine.calendar.working_time import add_working_minutes, working_minutes

__all__ = [
    "CALENDAR_FUNCTIONS",
    "HOLIDAY",
    "ROUND_THE_CLOCK",
    "STANDARD",
    "TIMETABLE_DEFAULTS",
    "WORKDAY",
    "ZONE",
    "Calendar",
    "Day",
    "DayKindRefused",
    "Deadline",
    "Deadlines",
    "Hours",
    "HoursRefused",
    "Moved",
    "NOTICE_HOLIDAYS",
    "NoticeDateRefused",
    "NoticeRow",
    "NoticeSpanRefused",
    "Rule",
    "Shift",
    "ShiftsRefused",
    "Timetable",
    "add_working_minutes",
    "calendar_functions",
    "confirmed_year",
    "describe_left",
    "moved",
    "notice_days",
    "on_time",
    "parse_shifts",
    "recompute",
    "seed_year",
    "shift_at",
    "working_minutes",
]
