"""A site's calendar: seeded, edited, confirmed; and read without a statement an act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.calendar_edits import (
    CalendarChange,
    DateOutOfCalendar,
    DayChange,
    NoteTooLong,
)
from engine.actions.confirm_calendar_year import (
    DateOutsideYear,
    NoHolidaysGiven,
    confirm_calendar_year,
)
from engine.actions.seed_calendar import seed_calendar
from engine.actions.set_calendar_day import DayReasonMissing, set_calendar_day
from engine.calendar import (
    HOLIDAY,
    WORKDAY,
    ZONE,
    Day,
    DayKindRefused,
    Deadline,
    HoursRefused,
    Moved,
    calendar_functions,
    moved,
    seed_year,
)
from engine.errors import NotFound, NotYours
from engine.people import Person
from engine.store.calendar_days import CalendarDay, Calendars, read_days, write_days
from engine.store.database import transact
from engine.store.staff import Site
from tests.cast import Office
from tests.statements import counted

MANAGER, CLERK = "hanwc", "lusy"
SPRING = {date(2027, 2, 5) + timedelta(days=n): (HOLIDAY, "春节") for n in range(7)}
NOTICE = {**SPRING, date(2027, 2, 20): (WORKDAY, "春节调休")}


def site_of(session: Session, office: Office) -> Site:
    return session.get_one(Site, office.site_id, populate_existing=True)


def set_day(
    session: Session, office: Office, on: date, kind: str, note: str = "演练"
) -> CalendarChange:
    person = office.person(MANAGER)
    return transact(session, set_calendar_day, person, office.site_id, on, kind, note)


def confirm(
    session: Session, office: Office, days: dict[date, tuple[str, str]]
) -> CalendarChange:
    person = office.person(MANAGER)
    return transact(session, confirm_calendar_year, person, office.site_id, 2027, days)


def test_seeding_writes_whole_years_once(office: Office, session: Session) -> None:
    transact(session, seed_calendar, office.site_id, [2027, 2026, 2027])
    days = read_days(session, office.site_id)
    assert days == {**seed_year(2026), **seed_year(2027)}
    before = session.scalars(select(CalendarDay.set_at)).all()
    again = transact(session, seed_calendar, office.site_id, [2026, 2027])
    assert again.days == ()
    assert session.scalars(select(CalendarDay.set_at)).all() == before


def test_seeding_anew_takes_what_is_known_by_then_and_keeps_the_sites_word(
    office: Office, session: Session
) -> None:
    # as an older chinesecalendar would have left 2026 behind
    estimate = {
        on: Day(WORKDAY if on.weekday() < 5 else HOLIDAY, "provisional", False)
        for on in seed_year(2026)
    }
    write_days(session, office.site_id, estimate, None)
    session.commit()
    set_day(session, office, date(2026, 2, 14), HOLIDAY, "清洗水箱")
    change = transact(session, seed_calendar, office.site_id, [2026])
    moved_on = {day.date for day in change.days}
    assert date(2026, 2, 16) in moved_on and date(2026, 1, 4) in moved_on
    assert date(2026, 2, 14) not in moved_on
    days = read_days(session, office.site_id)
    assert days[date(2026, 2, 14)] == Day(HOLIDAY, "site", True, "清洗水箱")
    assert days[date(2026, 2, 16)] == seed_year(2026)[date(2026, 2, 16)]


def test_a_day_is_set_and_who_did_it_is_known(office: Office, session: Session) -> None:
    saturday = date(2026, 3, 14)
    change = set_day(session, office, saturday, WORKDAY, "  集中交房 ")
    after = Day(WORKDAY, "site", True, "集中交房")
    assert change.days == (DayChange(saturday, seed_year(2026)[saturday], after),)
    assert change.calendar.workday_after(date(2026, 3, 13)) == saturday
    row = session.get_one(CalendarDay, (office.site_id, "2026-03-14"))
    assert row.set_by == office.person(MANAGER).id
    assert site_of(session, office).calendar_version == 1


def test_a_new_note_moves_no_deadline(office: Office, session: Session) -> None:
    assert set_day(session, office, date(2026, 3, 13), WORKDAY, "演练").days == ()
    days = read_days(session, office.site_id)
    assert days == {date(2026, 3, 13): Day(WORKDAY, "site", True, "演练")}


def test_a_confirmed_year_is_an_estimate_no_more(
    office: Office, session: Session
) -> None:
    eve = date(2026, 12, 31)
    transact(session, seed_calendar, office.site_id, [2026, 2027])
    set_day(session, office, date(2027, 3, 13), WORKDAY, "集中交房")
    change = confirm(session, office, {**NOTICE, eve: (HOLIDAY, "元旦")})
    changed = {day.date: day.after.kind for day in change.days}
    assert changed == {
        eve: HOLIDAY,
        **{on: HOLIDAY for on in SPRING if on.weekday() < 5},
        date(2027, 2, 20): WORKDAY,
    }
    calendar = Calendars().of(session, site_of(session, office))
    assert not calendar.is_provisional(date(2026, 12, 1), date(2027, 12, 31))
    assert calendar.workday_after(date(2027, 2, 4)) == date(2027, 2, 12)
    assert calendar.is_workday(date(2027, 3, 13))
    assert not calendar.is_workday(date(2027, 10, 1))
    assert change.calendar.days == calendar.days


def test_what_was_due_after_a_confirmed_feast_is_due_later(
    office: Office, session: Session
) -> None:
    at = datetime(2027, 2, 4, 9, tzinfo=ZONE)
    before = Calendars().of(session, site_of(session, office))
    calls: dict[datetime, Any] = {}
    calendar_functions(before, lambda: at, calls)["workdays"](1)
    ((due, rule),) = calls.items()
    change = confirm(session, office, NOTICE)
    (move,) = moved([Deadline("task", due, rule)], change.calendar)
    assert move == Moved(
        "task",
        datetime(2027, 2, 5, 17, 10, tzinfo=ZONE),
        datetime(2027, 2, 12, 17, 10, tzinfo=ZONE),
    )


REFUSED: list[tuple[type[Exception], Any, str]] = [
    (
        DateOutOfCalendar,
        lambda s, p, i: set_calendar_day(s, p, i, date(2003, 12, 31), HOLIDAY, ""),
        "工作日历只能设置 2004 年至 2100 年的日期。",
    ),
    (
        DateOutOfCalendar,
        lambda s, p, i: confirm_calendar_year(s, p, i, 2101, {}),
        "工作日历只能设置 2004 年至 2100 年的日期。",
    ),
    (
        DateOutOfCalendar,
        lambda s, p, i: seed_calendar(s, i, [2026, 2101]),
        "工作日历只能设置 2004 年至 2100 年的日期。",
    ),
    (
        DayKindRefused,
        lambda s, p, i: set_calendar_day(s, p, i, date(2026, 3, 14), "off", ""),
        "请选择“工作日”或“休息日”。",
    ),
    (
        DayReasonMissing,
        lambda s, p, i: set_calendar_day(s, p, i, date(2026, 3, 14), HOLIDAY, "  "),
        "请写明改这一天的原因。",
    ),
    (
        NoteTooLong,
        lambda s, p, i: set_calendar_day(
            s, p, i, date(2026, 3, 14), HOLIDAY, "长" * 101
        ),
        "日期的说明最多 100 个字。",
    ),
    (
        NoHolidaysGiven,
        lambda s, p, i: confirm_calendar_year(
            s, p, i, 2027, {date(2027, 2, 20): (WORKDAY, "")}
        ),
        "请填写国务院办公厅公布的放假日期，至少一天。",
    ),
    (
        DateOutsideYear,
        lambda s, p, i: confirm_calendar_year(
            s, p, i, 2027, {date(2026, 11, 30): (HOLIDAY, "")}
        ),
        "2026-11-30 不在 2027 年的放假安排里：只能填 2027 年的日期，或上一年 12 月的日期。",
    ),
    (
        DateOutsideYear,
        lambda s, p, i: confirm_calendar_year(
            s, p, i, 2027, {date(2028, 1, 1): (HOLIDAY, "")}
        ),
        "2028-01-01 不在 2027 年的放假安排里：只能填 2027 年的日期，或上一年 12 月的日期。",
    ),
]


@pytest.mark.parametrize(("refusal", "act", "sentence"), REFUSED)
def test_what_cannot_be_is_refused(
    desk: Office,
    refusal: type[Exception],
    act: Callable[[Session, Person, int], object],
    sentence: str,
) -> None:
    with desk.sessions() as session, pytest.raises(refusal) as refused:
        act(session, desk.person(MANAGER), desk.site_id)
    assert (str(refused.value), getattr(refused.value, "status")) == (sentence, 422)


def test_only_managers_of_the_site_and_administrators_edit(desk: Office) -> None:
    day = (date(2026, 3, 14), WORKDAY, "集中交房")
    manager = desk.person(MANAGER)
    elsewhere = Person(manager.id, MANAGER, "", manager.roles, frozenset({99}))
    refused = [desk.person(CLERK), elsewhere]
    for person in refused:
        with desk.sessions() as session, pytest.raises(NotYours):
            set_calendar_day(session, person, desk.site_id, *day)
        with desk.sessions() as session, pytest.raises(NotYours):
            confirm_calendar_year(session, person, desk.site_id, 2027, NOTICE)
    administrator = Person(manager.id, "admin", "", administrator=True)
    with desk.sessions() as session:
        set_calendar_day(session, administrator, desk.site_id, *day)
        with pytest.raises(NotFound):
            set_calendar_day(session, administrator, 99, *day)


def test_a_calendar_is_read_once_until_it_changes(
    office: Office, session: Session
) -> None:
    calendars, saturday = Calendars(), date(2026, 3, 14)
    for expected in (1, 0, 0):
        site = site_of(session, office)
        with counted(office.engine) as asked:
            assert not calendars.of(session, site).is_workday(saturday)
        assert len(asked.statements) == expected, asked.told
    set_day(session, office, saturday, WORKDAY)
    for expected in (1, 0):
        site = site_of(session, office)
        with counted(office.engine) as asked:
            assert calendars.of(session, site).is_workday(saturday)
        assert len(asked.statements) == expected, asked.told


def test_new_hours_of_a_site_count_at_once(desk: Office) -> None:
    calendars = Calendars()
    with desk.sessions() as session:
        site = site_of(session, desk)
        assert calendars.of(session, site).hours.closing == 17 * 60 + 10
        site.parameters = {"office_hours": "09:00-18:00"}
        session.commit()
        assert calendars.of(session, site).hours.closing == 18 * 60
        site.parameters = {"office_hours": "早九晚六"}
        with pytest.raises(HoursRefused):
            calendars.of(session, site)


def test_no_more_calendars_are_kept_than_stated(desk: Office) -> None:
    calendars = Calendars()
    with desk.sessions() as session:
        site = site_of(session, desk)
        first = calendars.of(session, site)
        for version in range(1, Calendars.KEPT):
            site.calendar_version = version
            calendars.of(session, site)
        site.calendar_version = 0
        assert calendars.of(session, site) is first
        for version in range(1, Calendars.KEPT + 1):
            site.calendar_version = version
            calendars.of(session, site)
        site.calendar_version = 0
        assert calendars.of(session, site) is not first
        session.rollback()


def test_two_editors_at_once_lose_neither_day(office: Office) -> None:
    days = [date(2026, 3, 14), date(2026, 3, 15)]

    def edit(on: date) -> None:
        with office.sessions() as session:
            set_day(session, office, on, WORKDAY)

    threads = [Thread(target=edit, args=(on,)) for on in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with office.sessions() as session:
        assert sorted(read_days(session, office.site_id)) == days
        assert site_of(session, office).calendar_version == 2


def test_a_change_that_is_rolled_back_leaves_nothing(
    office: Office, session: Session
) -> None:
    person = office.person(MANAGER)
    confirm_calendar_year(session, person, office.site_id, 2027, NOTICE)
    session.rollback()
    assert read_days(session, office.site_id) == {}
    assert site_of(session, office).calendar_version == 0
