"""Signing in and out, passwords, and what a sign-in that ran out leaves alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import update

from engine.store.staff import Staff
from tests.cast import PASSWORD, STAFF, Office
from tests.web.browsing import Visitor, path_of

Arrives = Callable[[str], Visitor]
WRONG = "用户名或密码不对。"


def test_the_way_in_and_out(visitor: Visitor) -> None:
    page = visitor.open("/")
    assert (page.status, page.title) == (401, "登录")
    page = visitor.sign_in("lusy")
    assert (page.status, page.path) == (200, "/inbox")
    assert "陆思远" in page.said("//header")
    page = visitor.press(page.form("/sign-out"))
    assert page.title == "登录"
    assert visitor.open("/inbox").status == 401


def test_after_signing_in_one_is_where_one_wanted_to_be(visitor: Visitor) -> None:
    page = visitor.open("/cases?status=ended&q=张")
    assert page.status == 401
    page = visitor.sign_in("lusy")
    assert page.path == "/cases"
    assert page.form("/cases")["q"] == "张"
    assert page.form("/cases")["status"] == "ended"


def test_who_is_signed_in_is_not_asked_again(arrives: Arrives) -> None:
    assert arrives("lusy").open("/sign-in?next=/cases").path == "/cases"


UNWELCOME = [
    ("lusy", "wrong"),
    ("lusy", ""),
    ("nobody", PASSWORD),
    ("", ""),
    ("lusy", "x" * 100_000),
    ("' OR 1=1 --", "x"),
    ("陆" * 5_000, "密码"),
]


def test_unknown_user_and_wrong_password_are_answered_alike(visitor: Visitor) -> None:
    for username, password in UNWELCOME:
        page = visitor.sign_in(username, password)
        assert page.status == 401
        assert page.alert == WRONG
        assert page.form("/sign-in")["username"] == username
        assert not page.form("/sign-in")["password"]
    assert visitor.open("/inbox").status == 401


def test_who_left_the_company_cannot_sign_in_and_is_out_at_once(
    office: Office, visitor: Visitor
) -> None:
    visitor.sign_in("lusy")
    with office.sessions.begin() as session:
        session.execute(update(Staff).values(active=False))
    assert visitor.open("/inbox").status == 401
    assert visitor.sign_in("lusy").alert == WRONG


def test_the_sixth_wrong_try_in_a_minute_has_to_wait(visitor: Visitor) -> None:
    with time_machine.travel("2026-03-10T01:00:00Z", tick=False) as clock:
        for _ in range(5):
            assert visitor.sign_in("lusy", "wrong").status == 401
        page = visitor.sign_in("lusy")
        assert page.status == 429
        assert "密码输错的次数太多" in page.alert
        assert 1 <= int(page.response.headers["Retry-After"]) <= 61
        assert visitor.sign_in("LUSY ").status == 429  # the same account
        assert visitor.sign_in("jiahl").path == "/inbox"  # nobody else is locked out
        clock.shift(61)
        visitor.expire()
        assert visitor.sign_in("lusy", at="/start").path == "/start"


def test_only_wrong_tries_are_counted(visitor: Visitor) -> None:
    for _ in range(8):
        assert visitor.sign_in("lusy").path == "/inbox"
        visitor.press(visitor.page.form("/sign-out"))


def test_one_computer_cannot_try_everybodys_password(visitor: Visitor) -> None:
    with time_machine.travel("2026-03-10T01:00:00Z", tick=False):
        tries = [name for name in STAFF for _ in range(4)][:31]
        answers = [visitor.sign_in(name, "123456").status for name in tries]
    assert answers == [401] * 30 + [429]


ASTRAY = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "https://evil.test/inbox",
    "javascript:alert(1)",
    "/\tevil.test",
    "/%09/evil.test\r\nSet-Cookie: a=b",
    "evil.test",
    "/sign-out",
    "/no-such-page",
    "/cases/99999999999999999999",
    "http://[",
    "//[",
    "",
]


def test_nobody_is_led_astray_by_the_address_to_go_on_to(visitor: Visitor) -> None:
    for target in ASTRAY:
        visitor.expire()
        form = visitor.open("/sign-in").form("/sign-in")
        form.fill(username="lusy", password=PASSWORD)
        answer = visitor.post("/sign-in", [*form.pairs, ("next", target)])
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/inbox", target


def test_the_same_holds_for_the_language_switch(visitor: Visitor) -> None:
    form = visitor.open("/sign-in").form("/language")
    pairs = [pair for pair in form.pairs if pair[0] != "next"]
    answer = visitor.post(
        "/language", [*pairs, ("next", "//evil.test"), ("lang", "en")]
    )
    assert answer.headers["Location"] == "/inbox"


def test_a_sign_in_page_that_grew_old_asks_once_more(visitor: Visitor) -> None:
    visitor.open("/cases")
    form = visitor.page.form("/sign-in").fill(username="lusy", password=PASSWORD)
    visitor.expire()
    page = visitor.press(form)
    assert page.status == 400
    assert "页面已过期" in page.alert
    assert page.form("/sign-in")["username"] == "lusy"
    assert visitor.sign_in("lusy").path == "/cases"


def test_a_session_lasts_twelve_hours_from_the_last_page(visitor: Visitor) -> None:
    with time_machine.travel("2026-03-10T01:00:00Z", tick=False) as clock:
        visitor.sign_in("lusy")
        clock.shift(11 * 3600)
        assert visitor.open("/inbox").status == 200
        clock.shift(11 * 3600)
        assert visitor.open("/inbox").status == 200
        clock.shift(12 * 3600 + 60)
        assert visitor.open("/inbox").status == 401


def test_nothing_set_before_the_sign_in_survives_it(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["planted"] = "by a stranger"
    Visitor(client).sign_in("lusy")
    with client.session_transaction() as session:
        assert "planted" not in session


def change(visitor: Visitor, old: str, new: str, again: str | None = None) -> None:
    form = visitor.open("/password").form("/password")
    visitor.press(form.fill(old=old, new=new, again=new if again is None else again))


def test_a_changed_password_ends_every_other_session(arrives: Arrives) -> None:
    here, there = arrives("lusy"), arrives("lusy")
    change(here, PASSWORD, "好记的一句话就行")
    assert (here.page.status, here.page.path) == (200, "/inbox")
    assert there.open("/inbox").status == 401
    assert there.sign_in("lusy").alert == WRONG
    assert there.sign_in("lusy", "好记的一句话就行").path == "/inbox"


@pytest.mark.parametrize(
    "old, new, again, sentence",
    [
        ("wrong", "long enough", None, WRONG),
        (PASSWORD, "short", None, "新密码至少要 8 个字符。"),
        (PASSWORD, "x" * 201, None, "新密码最多 200 个字符。"),
        (PASSWORD, "long enough", "long enuogh", "两次输入的新密码不一样。"),
        (PASSWORD, "", "", "新密码至少要 8 个字符。"),
    ],
)
def test_a_password_that_will_not_do(
    arrives: Arrives, old: str, new: str, again: str | None, sentence: str
) -> None:
    visitor = arrives("lusy")
    change(visitor, old, new, again)
    assert visitor.page.status == 422
    assert visitor.page.alert == sentence
    visitor.press(visitor.page.form("/sign-out"))
    assert visitor.sign_in("lusy").path == "/inbox"


def test_a_one_time_password_opens_one_door_only(
    office: Office, visitor: Visitor
) -> None:
    with office.sessions.begin() as session:
        session.execute(update(Staff).values(must_change_password=True))
    page = visitor.sign_in("lusy")
    assert page.path == "/password"
    assert "一次性密码" in page.main
    for address in ("/inbox", "/start", "/cases", "/tasks/1", "/records/1"):
        assert visitor.open(address).path == "/password"
    answer = visitor.send("/start/house_handover", unit_no="1-1-0101")
    assert path_of(answer) == "/password"
    change(visitor, "wrong", "long enough")
    assert "一次性密码" in visitor.page.main
    change(visitor, PASSWORD, "long enough")
    assert visitor.page.path == "/inbox"


def test_guessing_the_old_password_at_an_open_desk_is_slowed_down(
    arrives: Arrives,
) -> None:
    with time_machine.travel("2026-03-10T01:00:00Z", tick=False):
        visitor = arrives("lusy")
        for n in range(11):
            change(visitor, f"guess {n}", "long enough")
    assert visitor.page.status == 429
