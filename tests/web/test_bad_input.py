"""Whatever is sent: a clear sentence, a status that says so, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from engine.store.tables import Case, Event, Record, StoredFile, Task
from tests.actions.handover import begin, open_task, upto
from tests.cast import Office
from tests.web.browsing import Page, Visitor

Arrives = Callable[[str], Visitor]


def whole(office: Office) -> list[Any]:
    """All that an act can change."""
    with office.sessions() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Case, Task, Event, Record, StoredFile)
        ]
        cases = session.execute(select(Case.version, Case.data)).all()
        tasks = session.execute(select(Task.state, Task.assignee_id)).all()
        return [counts, [tuple(row) for row in cases], [tuple(row) for row in tasks]]


FORM = {"unit_no": "1-1-0101", "handover_date": "2026-03-10"}


STARTS: list[tuple[dict[str, str], str]] = [
    ({"unit_no": "9-9-9999"}, "没有房号“9-9-9999”。"),
    ({"unit_no": ""}, "请填写这一项"),
    ({"unit_no": "1" * 5_000}, ""),
    ({"unit_no": "<script>alert(1)</script>"}, "没有房号"),
    ({"unit_no": "1-1-0101' OR '1'='1"}, "没有房号"),
    ({"handover_date": "2026-02-30"}, "没有“2026-02-30”这一天。"),
    ({"handover_date": "2026-13-01"}, ""),
    ({"handover_date": "明天"}, ""),
    ({"handover_date": "0000-00-00"}, ""),
    ({"handover_date": "99999-01-01"}, ""),
    ({"owner_name": "别人", "outcome": "handed_over"}, ""),
    ({"unit_no.0.x": "x"}, ""),
]


def test_a_start_that_will_not_do(office: Office, arrives: Arrives) -> None:
    visitor = arrives("lusy")
    before = whole(office)
    for answers, sentence in STARTS:
        values = {**FORM, **answers, "_op": "submit"}
        page = Page(visitor.send("/start/house_handover", **values))
        assert page.status == 422, answers
        assert sentence in page.alert and page.alert, answers
    assert whole(office) == before


def fields(office: Office) -> str:
    return f"/tasks/{open_task(office, upto(office, 'collect_fee'), 'collect_fee').id}"


AMOUNTS = [
    ("一千四百", "金额"),
    ("abc", "金额"),
    ("1418.405", "金额"),
    ("-1418.40", ""),
    ("1e9", "金额"),
    ("NaN", "金额"),
    ("Infinity", "金额"),
    ("9" * 400, ""),
    ("1,41,8.40", "金额"),
    ("1418,40", "金额"),
    ("¥", ""),
    ("", "请填写这一项"),
    ("1418.39", "不一致"),
    ("0x10", "金额"),
    ("\u202e04.8141", "金额"),
]


def test_money_that_is_none(office: Office, arrives: Arrives) -> None:
    address = fields(office)
    visitor = arrives("jiahl")
    before = whole(office)
    for amount, sentence in AMOUNTS:
        paid = {"fees_paid": "true", "pay_method": "cash", "amount_received": amount}
        page = Page(visitor.send(address, **paid))
        assert page.status == 422, amount
        assert page.error("amount_received"), amount
        assert sentence in page.error("amount_received")
        assert page.form()["amount_received"] == amount
    assert whole(office) == before


ANSWERS: list[dict[str, Any]] = [
    {"fees_paid": "maybe"},
    {"fees_paid": ["true", "false", "nonsense"]},
    {"pay_method": "gold"},
    {"pay_method": ["cash", "gold"]},
    {"fee_total": "1", "outcome": "handed_over", "status": "ended"},
    {"amount_received.0.x": "1"},
    {"amount_received": ["1418.40", "1"]},
    {f"field{n}": "x" for n in range(3_000)},
]


def test_answers_no_page_offers(office: Office, arrives: Arrives) -> None:
    address = fields(office)
    visitor = arrives("jiahl")
    before = whole(office)
    usual = {"fees_paid": "true", "pay_method": "cash", "amount_received": "1418.40"}
    for values in ANSWERS:
        page = Page(visitor.send(address, **{**usual, **values}))
        assert page.status == 422, values
        assert "处需要修改" in page.alert
    assert whole(office) == before


@pytest.mark.parametrize("address", ["/start/house_handover", "/tasks/x", "/language"])
def test_without_a_token_nothing_is_taken(
    office: Office, arrives: Arrives, address: str
) -> None:
    visitor = arrives("lusy")
    before = whole(office)
    answer = visitor.client.post(address, data={**FORM, "lang": "en"})
    if address == "/language":
        assert answer.status_code == 302
        assert 'lang="zh-CN"' in visitor.open("/inbox").response.text
        return
    assert answer.status_code in (400, 404)
    assert whole(office) == before


@pytest.mark.parametrize("token", [None, "", "x", "ImFiYyI.aa.bb"])
def test_a_forged_token_is_a_page_that_grew_old(
    office: Office, arrives: Arrives, token: str | None
) -> None:
    task = open_task(office, begin(office), "check_identity")
    visitor = arrives("lusy")
    before = whole(office)
    sent = {"phone": "15400009999"} | ({} if token is None else {"csrf_token": token})
    page = Page(visitor.client.post(f"/tasks/{task.id}", data=sent))
    assert page.status == 400
    assert "内容还没有提交" in page.alert
    assert page.form()["phone"] == "15400009999"
    claim = Page(visitor.client.post(f"/tasks/{task.id}/draft", data=sent))
    assert claim.status == 400
    assert claim.sentence
    assert whole(office) == before


def test_a_start_form_outlives_its_sign_in_too(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open("/start/house_handover").form().fill(FORM)
    visitor.expire()
    assert visitor.press(form, "submit").status == 401
    page = visitor.sign_in("lusy")
    assert (page.status, page.title) == (200, "发起：房屋交接")
    assert page.form()["unit_no"] == "1-1-0101"
    assert page.form()["handover_date"] == "2026-03-10"
    assert "张依诺" in page.main
    assert whole(office)[0][0] == 0
    assert visitor.press(page.form(), "submit").path.startswith("/tasks/")


# -- requests no page makes -----------------------------------------------------------

EVERYWHERE = [
    "/",
    "/inbox",
    "/start",
    "/start/house_handover",
    "/cases",
    "/cases/1",
    "/cases/1/diagram.json",
    "/houses/1-1-0101",
    "/people/1",
    "/search",
    "/records/1",
    "/files/x",
    "/tasks/x",
    "/password",
    "/sign-in",
    "/healthz",
]


def test_odd_methods_are_answered_405(arrives: Arrives) -> None:
    visitor = arrives("lusy")
    posted = ("/start/house_handover", "/tasks/x", "/password", "/sign-in")
    methods = ("PUT", "DELETE", "PATCH", "TRACE", "BREW", "POST")
    for address, method in product(EVERYWHERE, methods):
        if method == "POST" and address in posted:
            continue
        answer = visitor.client.open(address, method=method)
        assert answer.status_code == 405, address
        assert Page(answer).sentence == "这个地址不能直接打开。"


@pytest.mark.parametrize("address", ["/sign-out", "/tasks/x/claim", "/cases/1/cancel"])
def test_what_is_a_button_is_no_address(arrives: Arrives, address: str) -> None:
    page = arrives("lusy").open(address)
    assert (page.status, page.sentence) == (405, "这个地址不能直接打开。")


@pytest.mark.parametrize("query", ["a=%00", "%00=a", "q=%00%e5%bc%a0"])
def test_a_nul_is_in_no_query(arrives: Arrives, query: str) -> None:
    visitor = arrives("lusy")
    for address in EVERYWHERE:
        page = visitor.open(f"{address}?{query}")
        assert page.status == 400, address
        assert page.sentence.startswith("提交的内容里有无法识别的字符")


@pytest.mark.parametrize("query", ["q=%ff%fe%80", "q=" + "x" * 60_000, "%zz=%"])
def test_no_query_breaks_a_page(arrives: Arrives, query: str) -> None:
    visitor = arrives("lusy")
    for address in EVERYWHERE:
        assert visitor.open(f"{address}?{query}").status < 500, address


BODIES = [
    (b"unit_no=%00", "application/x-www-form-urlencoded"),
    (b"unit_no=%ff%fe&\xff\xfe=1", "application/x-www-form-urlencoded"),
    (b"=&=&&&", "application/x-www-form-urlencoded"),
    (b"a=b" * 2_000_000, "application/x-www-form-urlencoded"),
    (b"x", "multipart/form-data"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    (b'{"unit_no": ', "application/json"),
    (b"<a/>", "text/xml"),
    (b"\x00\xff" * 100, "application/octet-stream"),
    (b"a=b", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"", ""),
]


def test_no_body_breaks_a_page(office: Office, arrives: Arrives) -> None:
    visitor = arrives("lusy")
    token = {"X-CSRFToken": visitor.token()}
    for body, kind in BODIES:
        for address in ("/start/house_handover", "/sign-in", "/tasks/x"):
            answer = visitor.client.post(
                address, data=body, content_type=kind, headers=token
            )
            assert 400 <= answer.status_code < 500, (address, kind)
            assert Page(answer).alert or Page(answer).sentence
    assert whole(office)[0][0] == 0


def test_a_name_sent_six_thousand_times_is_too_much(arrives: Arrives) -> None:
    visitor = arrives("lusy")
    pairs = [("csrf_token", visitor.token()), *([("unit_no", "1")] * 6_000)]
    answer = visitor.post("/start/house_handover", pairs, multipart=True)
    assert answer.status_code == 413


HEADERS = [
    ("Cookie", "steward=garbage"),
    ("Cookie", "steward=" + "x" * 4_000),
    ("Accept", "nonsense/;q=x"),
    ("Accept-Language", "xx;q=zz, en"),
    (
        "If-None-Match",
        'W/"',
    ),
    ("Referer", 'http://localhost"><script>alert(1)</script>'),
    ("Host", "evil.test"),
    ("Range", "bytes=5-1"),
    ("HX-Request", "\xff"),
    ("X-Forwarded-For", "' OR 1=1"),
    ("Content-Length", "-5"),
]


def test_no_header_breaks_a_page(app: Flask) -> None:
    for name, value in HEADERS:
        for address in ("/inbox", "/nowhere", "/sign-in"):
            answer = app.test_client().get(address, headers={name: value})
            assert answer.status_code < 500, (name, value)
            assert "<script>alert" not in answer.text


def test_the_way_back_leads_to_a_page_of_ours(arrives: Arrives) -> None:
    visitor = arrives("lusy")
    ours = visitor.open("/nowhere", headers={"Referer": "http://localhost/cases"})
    assert "http://localhost/cases" in ours.links()
    for foreign in ("http://evil.test/", "http://localhost.evil.test/", "javascript:x"):
        page = visitor.open("/nowhere", headers={"Referer": foreign})
        assert foreign not in page.links()
