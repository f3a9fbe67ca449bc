"""The working calendar: a year, a day, the yearly notice, hours; what they move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

import web
from engine.store.calendar_days import read_days
from engine.store.tables import Parameter, Site, Task, Wait
from tests.actions.deadlines import FORM, approval
from tests.actions.running import ZONE, at, start, told
from tests.cast import STAFF, Office
from tests.models import publish
from tests.statements import counted
from tests.web.browsing import Page, Visitor

Arrives = Callable[[str], Visitor]
MANAGERS = {"suwq", "hanwc", "qinmz"}
MARCH = "/calendar/2026-03-11"


@pytest.fixture
def due(office: Office) -> Iterator[int]:
    """A case with limits on 11 and 12 March 2026, on the 10th."""
    publish(office, "approval", approval(late="workdays(2)"), {"approve": FORM})
    with time_machine.travel(at("2026-03-10 09:00"), tick=False):
        yield start(office, "approval")


def limits(office: Office) -> list[str]:
    with office.sessions() as session:
        rows = [*session.query(Task), *session.query(Wait)]
        return [f"{row.due_at.astimezone(ZONE):%m-%d %H:%M}" for row in rows]


def site(office: Office) -> Site:
    with office.sessions() as session:
        return session.get_one(Site, office.site_id)


def cell(page: Page, on: str) -> Any:
    (found,) = page.html.xpath("//a[@href=$href]", href=f"/calendar/{on}")
    return found


# -- who may --------------------------------------------------------------------------


@pytest.mark.parametrize("username", STAFF)
def test_only_managers_see_and_change(
    office: Office, arrives: Arrives, username: str
) -> None:
    visitor = arrives(username)
    expected = 200 if username in MANAGERS else 403
    for address in (
        "/calendar/2026",
        MARCH,
        "/calendar/2027/notice",
        "/calendar/hours",
    ):
        assert visitor.open(address).status == expected, address
    posts: dict[str, dict[str, str]] = {
        MARCH: {"kind": "holiday", "note": "停水"},
        "/calendar/2027/notice": {"first.0": "2027-01-01"},
        "/calendar/hours": {"office_hours": "09:00-18:00"},
    }
    for address, values in posts.items():
        for op in ("preview", "save"):
            answer = visitor.send(address, _op=op, **values)
            assert answer.status_code == expected, (address, op)
    with office.sessions() as session:
        assert bool(read_days(session, office.site_id)) == (expected == 200)
    assert bool(site(office).parameters) == (expected == 200)


def test_an_address_without_a_year_is_this_year(arrives: Arrives) -> None:
    with time_machine.travel(at("2026-12-31 23:30"), tick=False):
        assert arrives("suwq").open("/calendar").path == "/calendar/2026"
    with time_machine.travel(at("2027-01-01 00:30"), tick=False):
        assert arrives("suwq").open("/calendar").path == "/calendar/2027"


# -- a year ---------------------------------------------------------------------------


def test_a_year_shows_each_day_for_what_it_is(arrives: Arrives) -> None:
    page = arrives("suwq").open("/calendar/2026")
    assert len(page.html.xpath("//a[contains(@class, 'day-cell')]")) == 365
    looks = {
        "2026-02-13": "look-work",
        "2026-02-14": "look-makeup",
        "2026-02-16": "look-holiday",
        "2026-03-14": "look-rest",
    }
    for on, look in looks.items():
        assert look in cell(page, on).get("class"), on
    assert "春节调休" in cell(page, "2026-02-14").text_content()
    assert "还没有全部确认" not in page.main
    assert "248 个工作日" in page.main
    assert "08:30-12:20 13:30-17:10" in page.main


def test_2027_is_an_estimate_and_says_so(arrives: Arrives) -> None:
    visitor = arrives("suwq")
    page = visitor.open("/calendar/2027")
    assert "2027 年的放假安排还没有全部确认" in page.main
    assert "is-provisional" in cell(page, "2027-10-01").get("class")
    assert "暂估" in cell(page, "2027-10-08").text_content()
    assert {"/calendar/2026", "/calendar/2028", "/calendar/2027/notice"} <= set(
        page.links()
    )
    page = visitor.open("/calendar/2027-10-01")
    assert "来源：暂估" in page.main and "国庆节" in page.main


@pytest.mark.parametrize(
    ("year", "there"), [(2003, 404), (2004, 200), (2100, 200), (2101, 404)]
)
def test_years_at_the_edges(arrives: Arrives, year: int, there: int) -> None:
    visitor = arrives("suwq")
    for address in (
        f"/calendar/{year}",
        f"/calendar/{year}/notice",
        f"/calendar/{year}-02-28",
    ):
        assert visitor.open(address).status == there, address


def test_no_odd_date_breaks_a_page(arrives: Arrives) -> None:
    visitor = arrives("suwq")
    for odd in (
        "2026-02-30",
        "2026-13-01",
        "2026-2-3",
        "99999999999",
        "x",
        "-1",
    ):
        assert visitor.open(f"/calendar/{odd}").status == 404, odd


# -- a day ----------------------------------------------------------------------------


def test_looking_first_moves_nothing(
    office: Office, arrives: Arrives, due: int
) -> None:
    visitor = arrives("suwq")
    form = visitor.open(MARCH).form(MARCH).fill(kind="holiday", note="停水检修")
    page = visitor.press(form, "preview")
    assert "还没有保存。保存后有 2 个期限移动。" in page.main
    for words in ("审批", "2026-03-11 17:10 → 2026-03-12 17:10", "2026-03-13 17:10"):
        assert words in page.main
    assert limits(office) == ["03-11 17:10", "03-12 17:10"]
    with office.sessions() as session:
        assert read_days(session, office.site_id) == {}
    assert site(office).calendar_version == 0
    back = visitor.press(page.form(MARCH), "edit")
    assert back.form(MARCH)["note"] == "停水检修"
    page = visitor.press(page.form(MARCH), "save")
    assert "已保存，2 个期限随之移动" in page.main
    assert limits(office) == ["03-12 17:10", "03-13 17:10"]


def test_a_changed_day_is_told_everywhere(
    office: Office, arrives: Arrives, due: int
) -> None:
    visitor = arrives("suwq")
    form = visitor.open(MARCH).form(MARCH).fill(kind="holiday", note="停水检修")
    page = visitor.press(form, "save")
    assert f"/cases/{due}" in page.links()
    assert len(told(office, due, "deadline_moved")) == 2
    assert "期限随工作日历调整" in visitor.open(f"/cases/{due}").main
    page = visitor.open("/calendar/2026")
    assert "look-holiday" in cell(page, "2026-03-11").get("class")
    page = visitor.open(MARCH)
    for words in ("停水检修", "来源：本小区设定", "由 苏婉清 设定", "2026-03-10 09:00"):
        assert words in page.main
    again = visitor.press(form, "save")
    assert "没有期限需要移动" in again.main


REASON = "请写明改这一天的原因。"
DAYS = [
    ({"kind": "", "note": "停水"}, "请选择“工作日”或“休息日”。"),
    ({"kind": "off", "note": "停水"}, "请选择“工作日”或“休息日”。"),
    ({"kind": "holiday", "note": ""}, REASON),
    ({"kind": "holiday", "note": "  "}, REASON),
    ({"kind": "holiday", "note": "长" * 101}, "日期的说明最多 100 个字。"),
]


@pytest.mark.parametrize("op", ["preview", "save"])
@pytest.mark.parametrize(("values", "sentence"), DAYS)
def test_what_is_wrong_with_a_day_stands_beside_it(
    office: Office, arrives: Arrives, values: dict[str, str], sentence: str, op: str
) -> None:
    visitor = arrives("suwq")
    answer = visitor.send(MARCH, _op=op, **values)
    page = Page(answer)
    assert page.status == 422
    assert page.error("day") == sentence
    assert page.form(MARCH)["note"] == values["note"]
    with office.sessions() as session:
        assert read_days(session, office.site_id) == {}


def test_a_note_of_a_hundred_signs_fits(office: Office, arrives: Arrives) -> None:
    answer = arrives("suwq").send(MARCH, kind="holiday", note="长" * 100)
    assert answer.status_code == 200
    with office.sessions() as session:
        assert read_days(session, office.site_id)[date(2026, 3, 11)].note == "长" * 100


def test_a_day_survives_a_sign_in_that_ran_out(arrives: Arrives) -> None:
    visitor = arrives("suwq")
    form = visitor.open(MARCH).form(MARCH).fill(kind="holiday", note="停水检修")
    visitor.expire()
    assert visitor.press(form, "save").status == 401
    page = visitor.sign_in("suwq")
    assert page.form(MARCH)["note"] == "停水检修"


# -- the notice -----------------------------------------------------------------------

NOTICE = {
    "first.0": "1月1日",
    "last.0": "1月3日",
    "first.1": "2027-02-05",
    "last.1": "2027-02-11",
    "workdays.1": "2月20日、2027-02-21",
}


def test_a_notice_confirms_the_year(office: Office, arrives: Arrives) -> None:
    visitor = arrives("suwq")
    form = visitor.open("/calendar/2027/notice").form("/notice").fill(NOTICE)
    page = visitor.press(form, "preview")
    for words in ("还没有保存", "2027-02-08：工作日 → 休息日 · 春节", "2027-02-20"):
        assert words in page.main
    page = visitor.press(page.form("/notice"), "save")
    assert "已保存" in page.main
    page = visitor.open("/calendar/2027")
    assert "还没有全部确认" not in page.main
    assert "look-makeup" in cell(page, "2027-02-20").get("class")
    assert "look-holiday" in cell(page, "2027-02-11").get("class")
    assert "look-work" in cell(page, "2027-02-12").get("class")


NOTICES = [
    ({}, "请填写国务院办公厅公布的放假日期，至少一天。"),
    ({"workdays.1": "2月20日"}, "请填写国务院办公厅公布的放假日期，至少一天。"),
    ({"first.1": "初一"}, "日期“初一”读不懂，请写成 2027-02-06 或 2月6日。"),
    (
        {"first.1": "2027-02-30"},
        "日期“2027-02-30”读不懂，请写成 2027-02-06 或 2月6日。",
    ),
    (
        {"first.1": "2月9日", "last.1": "2月8日"},
        "“春节”的放假日期不对：请由早到晚，最多 31 天。",
    ),
    (
        {"first.1": "1月1日", "last.1": "2月1日"},
        "“春节”的放假日期不对：请由早到晚，最多 31 天。",
    ),
    (
        {"first.1": "0001-01-01", "last.1": "9999-12-31"},
        "“春节”的放假日期不对：请由早到晚，最多 31 天。",
    ),
    (
        {"first.1": "2026-11-30"},
        "2026-11-30 不在 2027 年的放假安排里：只能填 2027 年的日期，或上一年 12 月的日期。",
    ),
    ({"name.7": "长" * 101, "first.7": "2月9日"}, "日期的说明最多 100 个字。"),
]


@pytest.mark.parametrize(("values", "sentence"), NOTICES)
def test_what_is_wrong_with_a_notice_is_said_and_kept(
    office: Office, arrives: Arrives, values: dict[str, str], sentence: str
) -> None:
    visitor = arrives("suwq")
    answer = visitor.send("/calendar/2027/notice", _op="save", **values)
    page = Page(answer)
    assert page.status == 422
    assert page.error("notice") == sentence
    for name, text in values.items():
        assert page.form("/notice")[name] == text
    with office.sessions() as session:
        assert read_days(session, office.site_id) == {}


def test_a_month_off_is_the_most(arrives: Arrives) -> None:
    longest = {"first.1": "1月1日", "last.1": "1月31日"}
    answer = arrives("suwq").send("/calendar/2027/notice", _op="preview", **longest)
    assert answer.status_code == 200


# -- hours ----------------------------------------------------------------------------


def test_new_hours_move_what_ends_with_the_office(
    office: Office, arrives: Arrives, due: int
) -> None:
    visitor = arrives("suwq")
    page = visitor.open("/calendar/hours")
    form = page.form("/hours").fill(office_hours="09:00-12:00 13:00-18:00")
    page = visitor.press(form, "preview")
    assert "保存后有 1 个期限移动" in page.main
    assert "2026-03-12 17:10 → 2026-03-12 18:00" in page.main
    assert site(office).parameters == {}
    visitor.press(page.form("/hours"), "save")
    assert limits(office) == ["03-11 17:10", "03-12 18:00"]
    assert site(office).parameters == {"office_hours": "09:00-12:00 13:00-18:00"}
    with office.sessions() as session:
        (row,) = session.query(Parameter)
        assert (row.name, row.set_by) == ("office_hours", office.person("suwq").id)
    assert "09:00-12:00 13:00-18:00" in visitor.open("/calendar/2026").main


HOURS = [
    ("office_hours", "早九晚五", "时间段“早九晚五”写法不对"),
    ("office_hours", "", "时间段“”写法不对"),
    ("office_hours", "18:00-09:00", "时间段“18:00-09:00”写法不对"),
    ("office_hours", "09:00-24:01", "时间段“09:00-24:01”写法不对"),
    ("patrol_shifts", "早班", "班次“早班”写法不对"),
    ("day_and_night", "白班 07:00-19:00 夜班 18:00-07:00", "互不重叠"),
    ("office_hours", "08:00-09:00 " * 17, "写法不对"),
]


@pytest.mark.parametrize(("name", "text", "sentence"), HOURS)
def test_what_is_wrong_with_hours_is_said_and_kept(
    office: Office, arrives: Arrives, name: str, text: str, sentence: str
) -> None:
    visitor = arrives("suwq")
    form = visitor.open("/calendar/hours").form("/hours").fill({name: text})
    page = visitor.press(form, "save")
    assert page.status == 422
    assert sentence in page.error("hours")
    assert page.form("/hours")[name] == text
    assert site(office).parameters == {}


def test_an_hour_until_midnight_fits(office: Office, arrives: Arrives) -> None:
    answer = arrives("suwq").send(
        "/calendar/hours", office_hours="09:00-24:00", more="1"
    )
    assert answer.status_code == 200
    assert site(office).parameters == {"office_hours": "09:00-24:00"}


# -- cost and language ----------------------------------------------------------------


def test_a_page_asks_the_database_little(
    office: Office, arrives: Arrives, app: Any
) -> None:
    visitor = arrives("suwq")
    visitor.send(MARCH, kind="holiday", note="停水")
    with app.app_context():
        engine = web.db.engine
    for address in (
        "/calendar/2026",
        MARCH,
        "/calendar/2027/notice",
        "/calendar/hours",
    ):
        with counted(engine) as asked:
            assert visitor.open(address).status == 200
        assert len(asked.statements) <= 8, f"{address}\n{asked.told}"


def test_looking_at_many_deadlines_asks_no_more(
    office: Office, arrives: Arrives, app: Any, due: int
) -> None:
    visitor = arrives("suwq")
    with app.app_context():
        engine = web.db.engine
    costs = []
    for _ in range(2):
        values = {"kind": "holiday", "note": "停水", "_op": "preview"}
        token = visitor.token()
        with counted(engine) as asked:
            visitor.client.post(MARCH, data={"csrf_token": token, **values})
        costs.append(len(asked.statements))
        for _ in range(5):
            start(office, "approval")
    assert costs[1] <= costs[0]


def test_pages_speak_english(arrives: Arrives) -> None:
    visitor = arrives("suwq")
    visitor.open("/calendar/2027")
    page = visitor.press(visitor.page.form("/language"), "English")
    assert page.title == "Working calendar 2027"
    for words in ("are not all confirmed", "January", "Office hours"):
        assert words in page.main
    page = visitor.open(MARCH)
    form = page.form(MARCH).fill(kind="holiday", note="")
    assert visitor.press(form, "save").error("day").startswith("Please state why")
