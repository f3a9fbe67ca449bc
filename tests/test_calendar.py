"""The working calendar: TR-1 … TR-13 of procedures.md with both sides of each limit.

The dates are those of the State Council's notices; 2026-02-14 is a make-up Saturday, the
week of 2026-02-16 has no working day, 2027 is not known yet.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import chinese_calendar
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import (
    CALENDAR_FUNCTIONS,
    HOLIDAY,
    ROUND_THE_CLOCK,
    STANDARD,
    WORKDAY,
    ZONE,
    Calendar,
    Day,
    DayKindRefused,
    Deadline,
    Deadlines,
    Hours,
    HoursRefused,
    Moved,
    Rule,
    Shift,
    ShiftsRefused,
    Timetable,
    add_working_minutes,
    calendar_functions,
    confirmed_year,
    describe_left,
    moved,
    on_time,
    parse_shifts,
    recompute,
    seed_year,
    shift_at,
    working_minutes,
)
from engine.expressions import FUNCTIONS, ExpressionFailed, evaluate
from engine.expressions.refusals import Unfit

CALENDAR = Calendar()
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def day(text: str) -> date:
    return date.fromisoformat(text)


def since(text: str, calendar: Calendar = CALENDAR) -> Deadlines:
    """What may be asked at that moment."""
    return Deadlines(calendar, lambda: at(text))


def assert_boundary(limit: datetime, last_minute: str) -> None:
    """On time up to and in that minute, late from the next on."""
    last = at(last_minute)
    assert limit.replace(second=0) == last
    assert limit.utcoffset() == timedelta(hours=8)
    assert on_time(last - MINUTE, limit)
    assert on_time(last, limit)
    assert on_time(last + timedelta(seconds=59), limit)
    assert not on_time(last + MINUTE, limit)


def test_tr1_times_are_shanghai_minutes_whatever_zone_they_came_in() -> None:
    received = datetime(2026, 3, 10, 1, 5, 40, 9, tzinfo=UTC)
    limit = Deadlines(CALENDAR).minutes(10, received)
    assert limit.isoformat() == "2026-03-10T09:15:00+08:00"
    assert_boundary(limit, "2026-03-10 09:15")


def test_tr1_a_time_without_a_zone_is_no_time() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Deadlines(CALENDAR).minutes(10, datetime(2026, 3, 10, 9, 5))


def test_tr1_the_start_is_by_default_now() -> None:
    with time_machine.travel("2026-02-13T09:00:30+08:00", tick=False):
        assert Deadlines(CALENDAR).hours(1) == at("2026-02-13 10:00")
        assert Deadlines(CALENDAR).workdays(3) == at("2026-02-25 17:10")


@pytest.mark.parametrize(
    ("unit", "n", "start", "last"),
    [
        ("minutes", 10, "2026-03-10 09:05", "2026-03-10 09:15"),
        ("minutes", 10, "2026-12-31 23:55", "2027-01-01 00:05"),
        ("minutes", 90, "2026-03-10 12:10", "2026-03-10 13:40"),  # lunch counts
        ("hours", 4, "2026-03-13 16:00", "2026-03-13 20:00"),  # so does the evening
        ("hours", 24, "2026-03-13 17:09", "2026-03-14 17:09"),  # and the weekend
        ("hours", 48, "2026-02-16 10:00", "2026-02-18 10:00"),  # and Spring Festival
        ("hours", 24, "2028-02-28 09:00", "2028-02-29 09:00"),
        ("hours", -2, "2026-03-10 01:00", "2026-03-09 23:00"),
    ],
)
def test_tr2_minutes_and_hours_run_by_the_clock(
    unit: str, n: int, start: str, last: str
) -> None:
    assert_boundary(getattr(since(start), unit)(n), last)


@pytest.mark.parametrize(
    ("n", "start", "last"),
    [
        (1, "2026-03-10 09:05", "2026-03-11 09:05"),
        (7, "2026-09-30 16:00", "2026-10-07 16:00"),
        (15, "2026-02-20 08:00", "2026-03-07 08:00"),
        (15, "2028-02-20 08:00", "2028-03-06 08:00"),
        (15, "2026-12-20 08:00", "2027-01-04 08:00"),
        (0.5, "2026-03-10 09:05", "2026-03-10 21:05"),
    ],
)
def test_tr3_days_are_24_hours(n: float, start: str, last: str) -> None:
    assert_boundary(since(start).days(n), last)


@pytest.mark.parametrize("clock", ["00:00", "09:05", "17:11", "23:59"])
def test_tr4_the_same_day_ends_at_its_last_second(clock: str) -> None:
    limit = since(f"2026-02-28 {clock}").end_of_day()
    assert limit == at("2026-02-28 23:59:59")
    assert_boundary(limit, "2026-02-28 23:59")


def test_tr4_a_limit_given_as_a_date_runs_to_its_end() -> None:
    limit = day("2026-03-10")
    assert on_time(at("2026-03-10 23:58"), limit)
    assert on_time(at("2026-03-10 23:59:59"), limit)
    assert not on_time(at("2026-03-11 00:00"), limit)


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2026-03-10 00:00", "2026-03-11 23:59"),
        ("2026-03-10 23:59", "2026-03-11 23:59"),
        ("2026-12-31 09:00", "2027-01-01 23:59"),
        ("2028-02-28 09:00", "2028-02-29 23:59"),
    ],
)
def test_tr5_the_next_day_is_the_next_date(start: str, last: str) -> None:
    assert_boundary(since(start).next_day(), last)


@pytest.mark.parametrize(
    ("n", "start", "last"),
    [
        (1, "2026-03-10 00:00", "2026-03-11"),
        (1, "2026-03-10 17:11", "2026-03-11"),  # after hours: still received that day
        (1, "2026-03-13 09:00", "2026-03-16"),  # a Friday
        (1, "2026-03-14 09:00", "2026-03-16"),  # a Saturday
        (1, "2026-02-13 09:00", "2026-02-14"),  # the Saturday makes up
        (2, "2026-02-13 09:00", "2026-02-24"),  # Spring Festival
        (3, "2026-02-13 09:00", "2026-02-25"),
        (1, "2026-02-18 12:00", "2026-02-24"),  # received in it
        (4, "2026-02-24 12:00", "2026-02-28"),  # another make-up Saturday
        (1, "2026-09-30 09:00", "2026-10-08"),  # National Day
        (3, "2026-09-30 09:00", "2026-10-10"),
        (1, "2025-12-31 09:00", "2026-01-04"),  # a make-up Sunday
        (1, "2026-12-30 09:00", "2026-12-31"),
        (2, "2026-12-30 09:00", "2027-01-04"),  # a year nobody knows
        (30, "2026-11-21 09:00", "2027-01-04"),
        (1, "2028-04-28 09:00", "2028-05-03"),
        (1, "2040-09-28 09:00", "2040-10-04"),
    ],
)
def test_tr6_working_days(n: int, start: str, last: str) -> None:
    assert_boundary(since(start).workdays(n), f"{last} 17:10")


def test_tr6_another_hour_and_another_closing() -> None:
    assert_boundary(since("2026-03-10 09:00").workdays(1, "17:00"), "2026-03-11 17:00")
    until_six = Calendar(timetable=Timetable.of({"office_hours": "9:00-18:00"}))
    limit = since("2026-03-10 09:00", until_six).workdays(1)
    assert_boundary(limit, "2026-03-11 18:00")


def test_tr6_a_year_without_data_is_an_estimate() -> None:
    assert not CALENDAR.is_provisional(day("2026-11-21"), day("2026-12-31"))
    assert CALENDAR.is_provisional(day("2026-11-21"), day("2027-01-01"))
    known = Calendar(
        {day("2027-01-02"): Day.stated(HOLIDAY)}
    )  # the start is not counted
    assert not known.is_provisional(day("2027-01-01"), day("2027-01-02"))
    assert CALENDAR.day(day("2027-01-01")) == Day(HOLIDAY, "provisional", False, "元旦")
    # Spring Festival of 2027 is no fixed date, so it is a plain Monday still
    assert CALENDAR.day(day("2027-02-08")) == Day(WORKDAY, "provisional", False)
    off = [d for d, it in seed_year(2027).items() if it.kind == HOLIDAY]
    assert [d.isoformat()[5:] for d in off if d.weekday() < 5] == [
        "01-01",
        "10-01",
    ]


@pytest.mark.parametrize(
    ("n", "start", "first"),
    [
        (1, "2026-01-31 15:00", "2026-02-28"),
        (1, "2028-01-31 15:00", "2028-02-29"),
        (3, "2026-11-30 15:00", "2027-02-28"),
        (3, "2027-11-30 15:00", "2028-02-29"),
        (12, "2028-02-29 15:00", "2029-02-28"),
        (3, "2026-03-10 15:00", "2026-06-10"),
        (1, "2026-12-31 15:00", "2027-01-31"),
        (-1, "2026-03-31 15:00", "2026-02-28"),
    ],
)
def test_tr7_months_are_calendar_months_and_that_date_is_allowed(
    n: int, start: str, first: str
) -> None:
    allowed_from = since(start).months(n)
    assert allowed_from == at(f"{first} 00:00")
    assert at(f"{first} 00:00") - MINUTE < allowed_from < at(f"{first} 00:01")


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2026-03-09 00:00", "2026-03-13"),
        ("2026-03-13 17:09", "2026-03-13"),
        ("2026-03-13 17:10", "2026-03-13"),
        ("2026-03-13 17:11", "2026-03-20"),
        ("2026-03-15 12:00", "2026-03-20"),
        ("2025-12-29 09:00", "2026-01-04"),  # Friday off, make-up Sunday
        ("2026-01-04 17:10", "2026-01-04"),
        ("2026-01-04 17:11", "2026-01-09"),
        ("2026-04-27 09:00", "2026-04-30"),  # Friday is Labour Day
        ("2026-04-30 17:11", "2026-05-08"),
        ("2026-09-21 09:00", "2026-09-24"),  # Mid-autumn
        ("2026-09-24 17:11", "2026-09-30"),
        ("2026-09-30 17:11", "2026-10-09"),
        ("2026-02-13 17:10", "2026-02-13"),
        ("2026-02-14 09:00", "2026-02-27"),  # the next week has no working day
        ("2026-02-18 09:00", "2026-02-27"),
        ("2026-12-28 09:00", "2026-12-31"),  # 1 January, known without a notice
    ],
)
def test_tr8_the_week_ends_on_friday_or_its_last_working_day(
    start: str, last: str
) -> None:
    assert_boundary(since(start).week_friday(), f"{last} 17:10")


def test_tr8_a_week_without_a_working_day_has_no_report() -> None:
    for n in range(16, 23):
        assert CALENDAR.week_report_day(date(2026, 2, n)) is None
    assert CALENDAR.week_report_day(day("2026-02-15")) == day("2026-02-13")
    assert CALENDAR.week_report_day(day("2026-02-23")) == day("2026-02-27")
    # its Monday alone is a working day
    assert CALENDAR.week_report_day(day("2024-10-03")) == day("2024-09-30")


def test_tr8_a_calendar_without_any_working_day_has_no_end_of_week() -> None:
    closed = {d: Day.stated(HOLIDAY) for y in (2026, 2027, 2028) for d in seed_year(y)}
    with pytest.raises(Unfit, match="工作周"):
        since("2026-03-10 09:00", Calendar(closed)).week_friday()


def test_h35_a_monday_off_moves_to_the_next_working_day() -> None:
    meetings = {"2026-03-09": "2026-03-09", "2026-02-16": "2026-02-24"}
    meetings |= {"2026-04-06": "2026-04-07", "2026-10-05": "2026-10-08"}
    for monday, meeting in meetings.items():
        assert CALENDAR.workday_after(day(monday), 0) == day(meeting)


def test_tr9_within_includes_the_limit_and_beyond_excludes_it() -> None:
    limit = since("2026-03-10 09:00").hours(48)
    reached = at("2026-03-12 09:00")
    within, beyond = on_time(reached, limit), not on_time(reached, limit)
    assert within and not beyond
    assert not on_time(reached + MINUTE, limit)


@pytest.mark.parametrize(
    ("n", "start", "last"),
    [
        (30, "2026-03-01 09:00", "2026-03-30"),
        (30, "2026-03-30 23:59", "2026-03-30"),
        (30, "2026-03-31 00:00", "2026-04-30"),
        (30, "2026-02-10 09:00", "2026-02-28"),  # H24
        (30, "2028-02-10 09:00", "2028-02-29"),
        (30, "2026-01-31 09:00", "2026-02-28"),
        (31, "2026-04-01 09:00", "2026-04-30"),  # the end of any month
        (3, "2026-03-03 23:59", "2026-03-03"),
        (3, "2026-03-04 00:00", "2026-04-03"),
        (5, "2026-12-26 09:00", "2027-01-05"),
        (26, "2026-09-01 09:00", "2026-09-26"),  # a Saturday, and Mid-autumn: no matter
    ],
)
def test_tr10_days_of_the_month(n: int, start: str, last: str) -> None:
    assert_boundary(since(start).month_day(n), f"{last} 23:59")


@pytest.mark.parametrize(
    ("hours", "last"),
    [
        (1.1, "2026-03-10 10:06"),  # not 65.99… minutes
        (Fraction(1, 3), "2026-03-10 09:20"),
        (0.025, "2026-03-10 09:02"),  # 1.5 minutes, half up
        (0.024, "2026-03-10 09:01"),
    ],
)
def test_tr11_parts_of_an_hour_are_exact_and_rounded_half_up(
    hours: Any, last: str
) -> None:
    assert_boundary(since("2026-03-10 09:00").hours(hours), last)


@pytest.mark.parametrize(
    ("moment", "shift", "round_", "began"),
    [
        ("2026-03-10 06:59", "夜班", "夜班", "2026-03-09"),
        ("2026-03-10 07:00", "早班", "白班", "2026-03-10"),
        ("2026-03-10 07:01", "早班", "白班", "2026-03-10"),
        ("2026-03-10 14:59", "早班", "白班", "2026-03-10"),
        ("2026-03-10 15:00", "中班", "白班", "2026-03-10"),
        ("2026-03-10 18:59", "中班", "白班", "2026-03-10"),
        ("2026-03-10 19:00", "中班", "夜班", "2026-03-10"),
        ("2026-03-10 22:59", "中班", "夜班", "2026-03-10"),
        ("2026-03-10 23:00", "夜班", "夜班", "2026-03-10"),
        ("2026-03-11 00:00", "夜班", "夜班", "2026-03-10"),
        ("2027-01-01 00:00", "夜班", "夜班", "2026-12-31"),
    ],
)
def test_tr12_shifts_and_the_date_they_began_on(
    moment: str, shift: str, round_: str, began: str
) -> None:
    for shifts, name in ((STANDARD.shifts, shift), (STANDARD.rounds, round_)):
        found, on = shift_at(at(moment), shifts)
        assert found is not None
        assert (found.name, on) == (name, day(began))


def test_tr12_nobody_may_be_on_duty() -> None:
    (guard,) = parse_shifts("白班 08:00-20:00")
    assert shift_at(at("2026-03-10 07:59"), (guard,)) == (None, day("2026-03-10"))
    assert shift_at(at("2026-03-10 08:00"), (guard,)) == (guard, day("2026-03-10"))
    assert shift_at(at("2026-03-10 20:00"), (guard,)) == (None, day("2026-03-10"))


def test_tr12_a_site_writes_its_own_shifts() -> None:
    table = Timetable.of({"patrol_shifts": "早 7:00~19:00、晚 19:00 至 7:00"})
    assert table.shifts == (Shift("早", 420, 1140), Shift("晚", 1140, 420))
    assert (table.office, table.rounds) == (STANDARD.office, STANDARD.rounds)


@pytest.mark.parametrize(
    "text",
    ["", "早班", "早班 7-15", "早班 07:00-15:00 14:59-23:00", "早班 07:00-25:00"]
    + ["早班 07:00-15:00 中班 14:59-23:00", "全天 00:00-24:00 夜班 23:00-07:00"],
)
def test_tr12_shifts_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(ShiftsRefused) as refused:
        parse_shifts(text)
    assert refused.value.status == 422
    assert f"班次“{text}”写法不对" in str(refused.value)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-10 08:29", "2026-03-10 08:30", 0),
        ("2026-03-10 08:30", "2026-03-10 08:31", 1),
        ("2026-03-10 12:19", "2026-03-10 12:20", 1),
        ("2026-03-10 12:20", "2026-03-10 13:30", 0),
        ("2026-03-10 13:30", "2026-03-10 13:31", 1),
        ("2026-03-10 17:09", "2026-03-10 17:10", 1),
        ("2026-03-10 17:10", "2026-03-11 08:30", 0),
        ("2026-03-10 00:00", "2026-03-11 00:00", 450),  # a day is 7.5 hours, not 24
        ("2026-03-10 12:00", "2026-03-10 14:00", 50),
        ("2026-03-13 16:10", "2026-03-16 09:30", 120),
        ("2026-02-14 00:00", "2026-02-15 00:00", 450),  # a make-up Saturday
        ("2026-02-15 00:00", "2026-02-24 08:30", 0),  # Spring Festival
        ("2026-03-16 09:30", "2026-03-13 16:10", -120),
        ("2026-12-31 17:00", "2027-01-04 08:40", 20),
    ],
)
def test_tr13_working_minutes(start: str, end: str, minutes: int) -> None:
    assert working_minutes(CALENDAR, at(start), at(end)) == minutes


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-03-10 07:00", 60, "2026-03-10 09:30"),  # before hours
        ("2026-03-10 08:30", 60, "2026-03-10 09:30"),
        ("2026-03-10 12:00", 20, "2026-03-10 12:20"),  # up to lunch, not past it
        ("2026-03-10 12:00", 21, "2026-03-10 13:31"),
        ("2026-03-10 12:20", 1, "2026-03-10 13:31"),
        ("2026-03-10 12:45", 60, "2026-03-10 14:30"),  # in lunch
        ("2026-03-10 17:00", 10, "2026-03-10 17:10"),
        ("2026-03-10 17:00", 11, "2026-03-11 08:31"),
        ("2026-03-10 18:00", 60, "2026-03-11 09:30"),  # after hours
        ("2026-03-10 08:30", 450, "2026-03-10 17:10"),
        ("2026-03-10 08:30", 451, "2026-03-11 08:31"),
        ("2026-03-10 08:30", 1350, "2026-03-12 17:10"),
        ("2026-03-13 17:09", 2, "2026-03-16 08:31"),
        ("2026-02-16 10:00", 60, "2026-02-24 09:30"),  # on a holiday
        ("2026-02-13 17:00", 11, "2026-02-14 08:31"),  # into a make-up Saturday
        ("2026-02-15 03:00", 451, "2026-02-25 08:31"),
        ("2026-03-10 03:00", 0, "2026-03-10 03:00"),
    ],
)
def test_tr13_add_working_minutes(start: str, n: int, end: str) -> None:
    assert add_working_minutes(CALENDAR, at(start), n) == at(end)


def test_tr13_working_minutes_are_not_taken_back() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_minutes(CALENDAR, at("2026-03-10 09:00"), -1)


def test_tr13_engineering_works_round_the_clock() -> None:
    always = Calendar(
        timetable=Timetable(ROUND_THE_CLOCK, STANDARD.shifts, STANDARD.rounds)
    )
    start, end = at("2026-02-15 23:50"), at("2026-02-17 00:05")
    assert working_minutes(always, start, end) == 24 * 60 + 15
    assert add_working_minutes(always, start, 24 * 60 + 15) == end


@pytest.mark.parametrize("start", ["2026-03-10 08:00", "2026-03-10 17:09"])
def test_tr13_the_check_before_leaving_is_at_five(start: str) -> None:
    assert since(start).at("17:00") == at("2026-03-10 17:00")
    assert since(start).at("8:30") == at("2026-03-10 08:30")


def test_tr13_hours_as_people_write_them() -> None:
    assert Hours.parse("8:30—12:20，13:30～17:10") == STANDARD.office
    assert Hours.parse("08:30 - 12:20 13：30至17:10") == STANDARD.office
    assert Hours.parse("00:00-24:00").length == 24 * 60


@pytest.mark.parametrize(
    "text",
    ["", "全天", "08:30", "8-12", "08:30-12:60", "08:30-24:01", "12:20-08:30"]
    + ["08:30-08:30", "13:30-17:10 08:30-12:20", "08:30-12:20 12:20-17:10"],
)
def test_tr13_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(HoursRefused) as refused:
        Hours.parse(text)
    assert refused.value.status == 422
    assert f"时间段“{text}”写法不对" in str(refused.value)


@pytest.mark.parametrize(
    ("now", "due", "chinese", "english"),
    [
        ("02-13 09:00", "02-25 17:10", "剩 3 个工作日", "3 working days left"),
        ("03-10 17:10", "03-12 17:10", "剩 2 个工作日", "2 working days left"),
        ("03-13 16:00", "03-16 17:10", "剩 1 个工作日", "1 working day left"),
        ("03-10 09:00", "03-11 09:00", "剩 1 个工作日", "1 working day left"),
        ("03-10 09:01", "03-11 09:00", "剩 23 小时", "23 hours left"),
        ("03-10 09:00", "03-10 12:59", "剩 3 小时", "3 hours left"),
        ("03-10 09:00", "03-10 10:00", "剩 1 小时", "1 hour left"),
        ("03-10 09:00", "03-10 09:59", "剩 59 分钟", "59 minutes left"),
        ("03-10 09:00", "03-10 09:25", "剩 25 分钟", "25 minutes left"),
        ("03-10 09:00:50", "03-10 09:01", "剩 1 分钟", "1 minute left"),
        ("03-10 09:00:50", "03-10 09:00", "剩 0 分钟", "0 minutes left"),
        ("03-10 09:01", "03-10 09:00", "超 1 分钟", "1 minute overdue"),
        ("03-10 12:59", "03-10 09:00", "超 3 小时", "3 hours overdue"),
        ("03-12 17:10", "03-10 17:10", "超 2 个工作日", "2 working days overdue"),
        ("03-15 20:00", "03-13 20:00", "超 48 小时", "48 hours overdue"),
        ("02-17 09:00", "02-20 10:00", "剩 73 小时", "73 hours left"),
    ],
)
def test_what_a_due_chip_says(now: str, due: str, chinese: str, english: str) -> None:
    moments = at(f"2026-{now}"), at(f"2026-{due}")
    assert describe_left(*moments, CALENDAR) == chinese
    assert describe_left(*moments, CALENDAR, "en") == english


def test_a_due_chip_bears_a_mistyped_year() -> None:
    now = at("2026-03-10 09:00")
    assert describe_left(now, at("2999-03-10 09:00"), CALENDAR) == "剩 973 年"
    assert describe_left(now, at("1026-03-10 09:00"), CALENDAR) == "超 1000 年"


def test_every_known_day_is_as_the_notices_say() -> None:
    for year in range(2004, 2027):
        for date_, it in seed_year(year).items():
            known = chinese_calendar.is_workday(date_)
            assert (it.kind == WORKDAY) == known, date_
            assert (it.source, it.confirmed) == ("chinesecalendar", True)
    assert seed_year(2026)[day("2026-02-14")].note == "春节调休"
    assert seed_year(2026)[day("2026-10-01")].note == "国庆节"


def test_a_date_beyond_the_calendar_is_refused() -> None:
    for far in (date(1969, 12, 31), date(2201, 1, 1)):
        with pytest.raises(Unfit, match="超出"):
            CALENDAR.is_workday(far)
    with pytest.raises(Unfit, match="超出"):
        CALENDAR.workday_after(date(2200, 12, 31))
    with pytest.raises(Unfit, match="超出"):
        CALENDAR.previous_workday(date(1970, 1, 1))


def test_what_the_site_says_of_a_day_counts() -> None:
    open_, closed = Day.stated(WORKDAY, "交房"), Day.stated(HOLIDAY)
    calendar = Calendar({day("2026-03-14"): open_, day("2026-03-16"): closed})
    assert calendar.workday_after(day("2026-03-13")) == day("2026-03-14")
    assert calendar.workday_after(day("2026-03-13"), 2) == day("2026-03-17")
    assert calendar.previous_workday(day("2026-03-17")) == day("2026-03-14")
    with pytest.raises(DayKindRefused) as refused:
        Day.stated("weekend")
    assert (refused.value.status, str(refused.value)) == (
        422,
        "请选择“工作日”或“休息日”。",
    )


def test_a_confirmed_year_is_the_sites_word() -> None:
    feast = {day(f"2027-02-{n:02d}"): Day.stated(HOLIDAY, "春节") for n in range(5, 12)}
    made_up = {day("2027-02-20"): Day.stated(WORKDAY, "春节调休")}
    fair = {day("2027-03-13"): Day.stated(WORKDAY, "装修咨询日")}
    year = confirmed_year(2027, fair, {**feast, **made_up})
    assert len(year) == 365
    assert {(it.source, it.confirmed) for it in year.values()} == {("site", True)}
    kinds = {d: it.kind for d, it in year.items()}
    assert kinds[day("2027-02-08")] == HOLIDAY
    assert kinds[day("2027-02-20")] == kinds[day("2027-03-13")] == WORKDAY
    assert kinds[day("2027-10-01")] == kinds[day("2027-03-14")] == HOLIDAY


# expressions


def run(source: str, now: str = "2026-03-10 09:05", **names: Any) -> Any:
    return evaluate(source, names, calendar_functions(CALENDAR, lambda: at(now)))


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('workdays(1, "17:10")', "2026-03-11T17:10+08:00"),
        ("workdays(1)", "2026-03-11T17:10+08:00"),
        ("workdays(1, start=received)", "2026-02-14T17:10+08:00"),
        ('workdays(3, "12:00", received)', "2026-02-25T12:00+08:00"),
        ("hours(24, received)", "2026-02-14T16:30+08:00"),
        ("hours(0.5)", "2026-03-10T09:35+08:00"),
        ("minutes(10)", "2026-03-10T09:15+08:00"),
        ("days(15)", "2026-03-25T09:05+08:00"),
        ("months(3, accepted)", "2026-02-28T00:00+08:00"),
        ("end_of_day()", "2026-03-10T23:59:59+08:00"),
        ("end_of_day(accepted)", "2025-11-30T23:59:59+08:00"),
        ("next_day()", "2026-03-11T23:59:59+08:00"),
        ("week_friday()", "2026-03-13T17:10+08:00"),
        ('week_friday("16:00")', "2026-03-13T16:00+08:00"),
        ("month_day(3)", "2026-04-03T23:59:59+08:00"),
        ('at("17:00")', "2026-03-10T17:00+08:00"),
        ('at("9:00", accepted)', "2025-11-30T09:00+08:00"),
        ('is_workday("2026-02-14")', True),
        ("is_workday(accepted)", False),
        ("is_workday()", True),
        ("workdays(1) < end_of_day(workdays(1))", True),
        ('"2026-03-10T23:59+08:00" <= end_of_day()', True),
        ('"2026-03-11T00:00+08:00" <= end_of_day()', False),
        ("days(1, end_of_day())", "2026-03-11T23:59+08:00"),
    ],
)
def test_expressions_speak_iso_text(source: str, result: object) -> None:
    received = "2026-02-13T08:30:00+00:00"  # 16:30 in Shanghai
    assert run(source, received=received, accepted="2025-11-30") == result


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("workdays(0)", "工作日数必须是 1 到 5000 的整数"),
        ("workdays(1.5)", "工作日数必须是 1 到 5000 的整数"),
        ("workdays(True)", "工作日数必须是 1 到 5000 的整数"),
        ('workdays("1")', "不是数字"),
        ('workdays(1, "2026-03-10")', "时刻请写成 17:10 这样"),
        ("workdays(1, 17)", "时刻请写成 17:10 这样"),
        ('at("24:01")', "时刻请写成 17:10 这样"),
        ('at("12:60")', "时刻请写成 17:10 这样"),
        ('hours(24, "下午")', "开始时间请写成"),
        ('hours(24, "20260310")', "开始时间请写成"),
        ('hours(24, "2026-W10-2")', "开始时间请写成"),
        ('hours(24, "2026-02-30")', "开始时间请写成"),
        ("hours(24, 5)", "开始时间请写成"),
        ("hours(10 ** 12)", "时间太长"),
        ("months(2401)", "月数必须是"),
        ("month_day(0)", "日必须是 1 到 31 的整数"),
        ("month_day(32)", "日必须是 1 到 31 的整数"),
        ('months(1, "9999-12-01")', "日期超出范围"),
        ('workdays(1, start="2300-01-01")', "日期超出工作日历的范围"),
        ('next_day("9999-12-31")', "参数不对"),
    ],
)
def test_expressions_say_what_is_wrong(source: str, sentence: str) -> None:
    with pytest.raises(ExpressionFailed, match=sentence):
        run(source)


def test_no_name_is_taken_already() -> None:
    functions = calendar_functions(CALENDAR, lambda: at("2026-03-10 09:05"))
    assert functions.keys() == CALENDAR_FUNCTIONS
    assert CALENDAR_FUNCTIONS.isdisjoint(FUNCTIONS)


# how a deadline was made


def test_what_depends_on_working_days_is_noted_and_can_be_made_again() -> None:
    calls: dict[datetime, Rule] = {}
    functions = calendar_functions(CALENDAR, lambda: at("2026-12-30 09:00"), calls)
    due = evaluate("min(workdays(2), days(30))", {}, functions)
    rule = calls[datetime.fromisoformat(due)]
    assert rule == {
        "function": "workdays",
        "args": [2, None],
        "from": "2026-12-30T09:00+08:00",
    }
    assert recompute(rule, CALENDAR) == at("2027-01-04 17:10")
    assert len(calls) == 1  # days(30) runs by the clock whatever the calendar says
    evaluate('week_friday("16:00")', {}, functions)
    week = calls[at("2026-12-31 16:00")]
    assert recompute(week, CALENDAR) == at("2026-12-31 16:00")


def test_deadlines_move_where_another_calendar_puts_them() -> None:
    calls: dict[datetime, Rule] = {}
    functions = calendar_functions(CALENDAR, lambda: at("2026-12-30 09:00"), calls)
    open_ = [
        Deadline(f"task {n}", datetime.fromisoformat(due), calls[at(due[:16])])
        for n in (1, 2)
        if (due := functions["workdays"](n))
    ]
    notice = {day("2027-01-04"): Day.stated(HOLIDAY, "元旦")}
    assert moved(open_, CALENDAR) == ()
    assert moved(open_, Calendar(notice)) == (
        Moved("task 2", at("2027-01-04 17:10"), at("2027-01-05 17:10")),
    )


def test_only_so_many_calls_are_noted() -> None:
    calls: dict[datetime, Rule] = {}
    functions = calendar_functions(CALENDAR, lambda: at("2026-12-30 09:00"), calls)
    for n in range(1, 1102):
        functions["workdays"](n)
    assert len(calls) == 1000


# what must hold on any day

MOMENTS = st.datetimes(datetime(2004, 1, 1), datetime(2031, 12, 31)).map(
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=ZONE)
)
COUNTS = st.integers(1, 400)


@given(start=MOMENTS, n=COUNTS, more=st.integers(0, 90))
def test_more_working_days_and_a_later_start_never_end_sooner(
    start: datetime, n: int, more: int
) -> None:
    deadlines = Deadlines(CALENDAR)
    limit = deadlines.workdays(n, start=start)
    assert deadlines.workdays(n + 1, start=start) > limit
    assert deadlines.workdays(n, start=start + timedelta(days=more)) >= limit


@given(start=MOMENTS, n=st.integers(1, 60))
def test_the_nth_working_day_is_the_nth_met_on_the_way(start: datetime, n: int) -> None:
    date_, seen = start.date(), 0
    while seen < n:
        date_ += timedelta(days=1)
        seen += CALENDAR.day(date_).kind == WORKDAY
    assert CALENDAR.workday_after(start.date(), n) == date_
    assert CALENDAR.workdays_between(start.date(), date_) == n
    back = CALENDAR.workday_after(date_, -n)
    assert back <= start.date()
    assert CALENDAR.workday_after(back, n) == date_


@given(start=MOMENTS, n=st.integers(1, 5_000))
def test_adding_working_minutes_undoes_counting_them(start: datetime, n: int) -> None:
    end = add_working_minutes(CALENDAR, start, n)
    assert working_minutes(CALENDAR, start, end) == n
    assert working_minutes(CALENDAR, start, end - MINUTE) == n - 1


@given(a=MOMENTS, b=MOMENTS, c=MOMENTS)
def test_working_minutes_add_up(a: datetime, b: datetime, c: datetime) -> None:
    def count(start: datetime, end: datetime) -> int:
        return working_minutes(CALENDAR, start, end)

    assert count(a, b) + count(b, c) == count(a, c)
    assert count(a, b) == -count(b, a)


@given(start=MOMENTS, minutes=st.integers(0, 4_000))
def test_working_minutes_are_those_of_the_clock_within_hours(
    start: datetime, minutes: int
) -> None:
    def working(moment: datetime) -> bool:
        clock = moment.strftime("%H:%M")
        inside = "08:30" <= clock < "12:20" or "13:30" <= clock < "17:10"
        return inside and CALENDAR.is_workday(moment.date())

    passed = sum(working(start + n * MINUTE) for n in range(minutes))
    assert working_minutes(CALENDAR, start, start + minutes * MINUTE) == passed


@given(start=MOMENTS)
def test_an_end_of_week_is_a_working_day_and_not_past(start: datetime) -> None:
    limit = Deadlines(CALENDAR).week_friday(start=start)
    assert start <= limit < start + timedelta(days=21)
    assert CALENDAR.is_workday(limit.date())
    assert Deadlines(CALENDAR).week_friday(start=limit) == limit


@given(start=MOMENTS, n=st.integers(-48, 48))
def test_months_keep_the_day_or_end_the_month(start: datetime, n: int) -> None:
    there = Deadlines(CALENDAR).months(n, start)
    passed = there.year * 12 + there.month - start.year * 12 - start.month
    assert passed == n
    ends_month = (there + timedelta(days=1)).day == 1
    assert there.day == start.day or (ends_month and there.day < start.day)


@given(start=MOMENTS, n=st.integers(1, 31))
def test_a_day_of_the_month_is_the_next_one(start: datetime, n: int) -> None:
    limit = Deadlines(CALENDAR).month_day(n, start)
    assert start <= limit < start + timedelta(days=32)
    assert limit.day == n or (limit + timedelta(seconds=1)).day == 1


def test_a_year_nobody_knows_has_its_working_days() -> None:
    for year in (2003, 2027, 2028, 2040, 2100):
        eve, end = date(year - 1, 12, 31), date(year, 12, 31)
        assert 250 < CALENDAR.workdays_between(eve, end) < 262
        assert CALENDAR.is_provisional(eve, end)
