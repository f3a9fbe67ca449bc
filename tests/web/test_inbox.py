"""待办: what one sees, finds and claims there, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

import web
from engine.store.tables import Task
from tests.actions.handover import begin, finish, open_task, upto
from tests.cast import Office
from tests.statements import Asked, counted
from tests.web.browsing import Visitor

Arrives = Callable[[str], Visitor]
LIVE = {"HX-Request": "true"}


def test_each_sees_the_tasks_of_their_roles(office: Office, arrives: Arrives) -> None:
    case_id = begin(office)
    task = open_task(office, case_id, "check_identity")
    clerk, cashier = arrives("lusy"), arrives("jiahl")
    assert f"/tasks/{task.id}" in clerk.page.links()
    assert "1-1-0101" in clerk.page.main and "张依诺" in clerk.page.main
    assert "没有待办，都办完了" in cashier.page.main
    for element in (
        "check_identity",
        "collect_papers",
        "fill_owner_file",
        "sign_safety_letter",
    ):
        finish(office, case_id, element)
    assert "收取物业费" in cashier.open("/inbox").main
    assert "没有待办，都办完了" in clerk.open("/inbox").main
    assert "核验身份" in clerk.open("/inbox?box=done").main


def test_a_limit_is_shown_and_when_it_passed(office: Office, arrives: Arrives) -> None:
    case_id = begin(office)
    limit = datetime(2026, 3, 11, 1, tzinfo=UTC)
    with office.sessions.begin() as session:
        task = session.get_one(Task, open_task(office, case_id, "check_identity").id)
        task.due_at = limit
    for seconds, late in ((0, False), (1, True)):
        with time_machine.travel(limit + timedelta(seconds=seconds), tick=False):
            seen = arrives("lusy").page.main
        assert "期限 2026-03-11 09:00" in seen
        assert ("已超时" in seen) is late


def test_claiming_from_the_inbox_leads_to_the_task(
    office: Office, arrives: Arrives
) -> None:
    task = open_task(office, begin(office), "check_identity")
    visitor = arrives("lusy")
    page = visitor.press(visitor.page.form("/claim"))
    assert page.path == f"/tasks/{task.id}"
    assert "已由 陆思远 签收" in page.main
    assert "核验身份" in visitor.open("/inbox?box=mine").main
    assert "没有待办" in visitor.open("/inbox?box=open").main
    assert "没有待办" in arrives("yaojn").page.main


def test_an_empty_box_says_what_it_is_for(arrives: Arrives) -> None:
    visitor = arrives("baiyf")
    for box in ("todo", "mine", "open", "done"):
        page = visitor.open(f"/inbox?box={box}")
        assert page.status == 200
        assert page.said("//*[@class='empty-title']"), box


def test_a_task_is_found_by_house_owner_or_name(
    office: Office, arrives: Arrives
) -> None:
    begin(office)
    visitor = arrives("lusy")
    for q in ("1-1-0101", "张依诺", "核验", " 1-1-0101 "):
        page = visitor.press(visitor.page.form("/inbox").fill(q=q))
        assert "核验身份" in page.main, q
        assert page.form("/inbox")["q"] == q


def test_a_search_without_hit_offers_the_way_back(
    office: Office, arrives: Arrives
) -> None:
    begin(office)
    visitor = arrives("lusy")
    for q in ("9-9-9999", "%", "_", "\\", "'; DROP TABLE task"):
        page = visitor.press(visitor.page.form("/inbox").fill(q=q))
        assert page.status == 200
        assert page.said("//*[@class='empty-title']") == "没有找到", q
        assert page.form("/inbox")["q"] == q


def test_no_address_breaks_a_list(arrives: Arrives) -> None:
    visitor = arrives("lusy")
    pages = ("abc", "-1", "0", "99999999999", "9" * 5_000, "1e3", "%D9%A3", "")
    odd = ("box=../../etc", "box=done&box=todo", "q=%ff%fe", "&&&===", "page")
    long = "q=" + "%E5%BC%A0" * 2_000
    for query in (*(f"page={each}" for each in pages), *odd, long):
        for address in ("/inbox", "/cases"):
            assert visitor.open(f"{address}?{query}").status == 200, query


def test_the_page_asks_for_news_and_none_costs_nothing(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    first = visitor.client.get("/inbox", headers=LIVE)
    assert first.status_code == 200 and "<html" not in first.text
    known = {**LIVE, "If-None-Match": first.headers["ETag"]}
    nothing = visitor.client.get("/inbox", headers=known)
    assert (nothing.status_code, nothing.data) == (304, b"")
    begin(office)
    news = visitor.client.get("/inbox", headers=known)
    assert news.status_code == 200 and "核验身份" in news.text
    assert news.headers["ETag"] != first.headers["ETag"]
    english = {**LIVE, "If-None-Match": news.headers["ETag"]}
    visitor.press(visitor.page.form("/language"), "English")
    assert visitor.client.get("/inbox", headers=english).status_code == 200


def test_who_is_signed_out_meanwhile_is_told(arrives: Arrives) -> None:
    visitor = arrives("lusy")
    visitor.expire()
    assert visitor.client.get("/inbox", headers=LIVE).status_code == 401


def asked_for(app: Flask, visitor: Visitor, address: str) -> Asked:
    with app.app_context():
        engine = web.db.engine
    with counted(engine) as asked:
        assert visitor.open(address).status == 200
    return asked


def test_long_lists_come_in_pages_and_cost_no_more(
    app: Flask, office: Office, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    lists = ("/inbox", "/inbox?box=done", "/cases")
    finish(office, begin(office), "check_identity")
    few = [asked_for(app, visitor, address) for address in lists]
    finish(office, begin(office), "check_identity")
    for _ in range(49):
        begin(office)
    many = [asked_for(app, visitor, address) for address in lists]
    for one, other in zip(few, many):
        assert len(one.statements) == len(other.statements) <= 8, other.told
        assert other.commits == 0
    page = visitor.open("/inbox")
    assert len(page.html.xpath("//*[@data-row]")) == 50
    [following] = [link for link in page.links() if "page=2" in link]
    page = visitor.open(following)
    assert len(page.html.xpath("//*[@data-row]")) == 1
    assert any("page=1" in link for link in page.links())


def test_a_case_page_costs_the_same_however_much_happened(
    app: Flask, office: Office, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    fresh, done = begin(office), upto(office, "the end")
    visitor.open(f"/cases/{fresh}")  # the process is read once
    little = asked_for(app, visitor, f"/cases/{fresh}")
    much = asked_for(app, visitor, f"/cases/{done}")
    assert len(little.statements) == len(much.statements) <= 8, much.told
