"""The items of a task: the list, one of them, drafts, and what a page costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert

import web
from engine.store.tables import TaskItem
from tests.cast import Office
from tests.statements import counted
from tests.survey import answer, close, items, open_survey
from tests.web.browsing import Visitor

Arrives = Callable[[str], Visitor]


@pytest.fixture
def survey(office: Office) -> tuple[str, list[TaskItem]]:
    _, task_id = open_survey(office, 25)
    return task_id, items(office, task_id)


def labels(visitor: Visitor) -> list[str]:
    links = visitor.page.html.xpath("//main//a[@class='item-title']")
    return [" ".join(link.text_content().split()) for link in links]


def test_the_list_shows_progress_pages_and_finds(
    office: Office, survey: tuple[str, list[TaskItem]], arrives: Arrives
) -> None:
    task_id, found = survey
    for item in found[:3]:
        answer(office, item, {"score": 4})
    clerk = arrives("jiahl")
    page = clerk.open(f"/tasks/{task_id}")
    assert "已填 3 / 共 25（12%）" in page.main
    assert len(labels(clerk)) == 20 and labels(clerk)[0] == "1-4 业主4"
    clerk.open(f"/tasks/{task_id}?box=all&page=2")
    assert labels(clerk) == [f"1-{n} 业主{n}" for n in range(21, 26)]
    clerk.open(f"/tasks/{task_id}?box=done&q=业主2")
    assert labels(clerk) == ["1-2 业主2"]
    assert "贾惠玲" in clerk.page.main
    page = clerk.open(f"/tasks/{task_id}?box=all&q=100%25")
    assert labels(clerk) == [] and "没有找到" in page.main


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=999999999999", "box=x", "q=%25_%5C"]
)
def test_what_else_may_stand_in_the_address(
    survey: tuple[str, list[TaskItem]], arrives: Arrives, query: str
) -> None:
    assert arrives("jiahl").open(f"/tasks/{survey[0]}?{query}").status == 200


def test_one_after_the_other_without_javascript(
    office: Office, survey: tuple[str, list[TaskItem]], arrives: Arrives
) -> None:
    task_id, found = survey
    clerk = arrives("jiahl")
    clerk.open(f"/tasks/{task_id}/items/{found[0].id}")
    form = clerk.page.form(str(found[0].id)).fill(score="5", dept="工程")
    page = clerk.press(form, "next")
    assert page.title == "1-2 业主2" and "已保存：1-1 业主1" in page.alert
    form = page.form(str(found[1].id)).fill(score="9", comment="电梯慢")
    page = clerk.press(form, "next")
    assert page.status == 422 and page.title == "1-2 业主2"
    assert page.error("score") == "不能大于 5。"
    assert page.form(str(found[1].id))["comment"].strip() == "电梯慢"
    page = clerk.press(page.form(str(found[1].id)).fill(score="3"), "submit")
    assert page.path == f"/tasks/{task_id}" and "已填 2 / 共 25" in page.main
    assert items(office, task_id)[1].answers == {
        "score": 3,
        "dept": None,
        "comment": "电梯慢",
    }


def test_after_the_last_one_the_list_says_so(office: Office, arrives: Arrives) -> None:
    _, task_id = open_survey(office, 1)
    clerk = arrives("jiahl")
    (item,) = items(office, task_id)
    page = clerk.open(f"/tasks/{task_id}/items/{item.id}")
    page = clerk.press(page.form(str(item.id)).fill(score="5"), "next")
    assert page.path == f"/tasks/{task_id}" and "全部填好了" in page.main


def test_a_correction_begins_with_what_was_said(
    office: Office, survey: tuple[str, list[TaskItem]], arrives: Arrives
) -> None:
    task_id, found = survey
    answer(office, found[0], {"score": 4, "dept": "客服"})
    clerk = arrives("jiahl")
    page = clerk.open(f"/tasks/{task_id}/items/{found[0].id}")
    form = page.form(str(found[0].id))
    assert (form["score"], form["dept"]) == ("4", "客服")
    clerk.press(form.fill(score="1"), "submit")
    page = clerk.open(f"/tasks/{task_id}/items/{found[0].id}")
    assert "更正记录" in page.main and "评分：4 → 1" in page.main
    stale = clerk.press(form, "submit")  # the page of before, sent again
    assert stale.status == 409 and "刚被别人填写过" in stale.sentence


def test_a_draft_comes_back_to_who_wrote_it(
    survey: tuple[str, list[TaskItem]], arrives: Arrives
) -> None:
    task_id, found = survey
    address = f"/tasks/{task_id}/items/{found[0].id}"
    clerk = arrives("jiahl")
    form = clerk.open(address).form(str(found[0].id)).fill(score="很", comment="说到")
    assert "贾惠玲 有草稿" in clerk.press(form, "draft").main
    again = clerk.open(address).form(str(found[0].id))
    assert (again["score"], again["comment"].strip()) == ("很", "说到")
    assert clerk.send(f"{address}/draft", score="4").status_code == 204


def test_typed_text_outlives_the_sign_in(
    survey: tuple[str, list[TaskItem]], arrives: Arrives
) -> None:
    task_id, found = survey
    clerk = arrives("jiahl")
    page = clerk.open(f"/tasks/{task_id}/items/{found[0].id}")
    form = page.form(str(found[0].id)).fill(comment="长长的意见")
    clerk.expire()
    assert clerk.press(form, "submit").status == 401
    page = clerk.sign_in("jiahl")
    assert page.form(str(found[0].id))["comment"].strip() == "长长的意见"


def test_who_may_not_do_the_task_answers_nothing(
    office: Office, survey: tuple[str, list[TaskItem]], arrives: Arrives
) -> None:
    task_id, found = survey
    guard, manager = arrives("baiyf"), arrives("hanwc")
    address = f"/tasks/{task_id}/items/{found[0].id}"
    assert guard.open(f"/tasks/{task_id}").status == 403
    assert guard.open(address).status == 403
    assert guard.send(address, score="5", _op="submit").status_code == 403
    assert guard.send(f"{address}/draft", score="5").status_code == 403
    page = manager.open(address)  # sees, and does not write
    assert page.status == 200 and not page.has_field("score")
    assert manager.send(address, score="5", _op="submit").status_code == 403
    assert items(office, task_id)[0].state == "open"


@pytest.mark.parametrize(
    "place", ["items/0", "items/2147483647", "items/2147483648", "items/x", "items/-1"]
)
def test_no_such_item(
    survey: tuple[str, list[TaskItem]], arrives: Arrives, place: str
) -> None:
    clerk = arrives("jiahl")
    assert clerk.open(f"/tasks/{survey[0]}/{place}").status == 404
    sent = clerk.send(f"/tasks/{survey[0]}/{place}", score="1")
    assert sent.status_code in (404, 405)


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999999999999999"])
def test_a_wrong_mark_of_the_page_is_no_answer(
    survey: tuple[str, list[TaskItem]], arrives: Arrives, office: Office, seen: str
) -> None:
    task_id, found = survey
    answer(office, found[0], {"score": 4})
    clerk = arrives("jiahl")
    address = f"/tasks/{task_id}/items/{found[0].id}"
    sent = clerk.send(address, score="5", _op="submit", _seen=seen)
    assert sent.status_code == 409
    assert items(office, task_id)[0].version == 1


def test_a_closed_task_shows_its_items(
    office: Office, survey: tuple[str, list[TaskItem]], arrives: Arrives
) -> None:
    task_id, found = survey
    answer(office, found[0], {"score": 4, "comment": "很好"})
    close(office, task_id)
    clerk = arrives("jiahl")
    page = clerk.open(f"/tasks/{task_id}?box=done")
    assert labels(clerk) == ["1-1 业主1"]
    page = clerk.open(f"/tasks/{task_id}/items/{found[0].id}")
    assert "很好" in page.main and not page.has_field("score")


def test_pages_of_a_long_list_cost_eight_statements(
    app: Flask,
    office: Office,
    survey: tuple[str, list[TaskItem]],
    arrives: Arrives,
) -> None:
    task_id, found = survey
    with office.sessions.begin() as session:
        more = [
            {"task_id": task_id, "place": n, "key": f"k{n}", "label": f"房 {n}"}
            | {"facts": {}, "state": "open", "version": 0}
            for n in range(26, 5001)
        ]
        session.execute(insert(TaskItem), more)
    clerk = arrives("jiahl")
    with app.app_context():
        engine = web.db.engine
    for address in (
        f"/tasks/{task_id}?box=all&page=250",
        f"/tasks/{task_id}?q=房+4999",
        f"/tasks/{task_id}/items/{found[0].id}",
    ):
        clerk.open(address)
        with counted(engine) as asked:
            assert clerk.open(address).status == 200
        assert len(asked.statements) <= 8, asked.told
    token = clerk.token()
    with counted(engine) as asked:
        pairs = [("csrf_token", token), ("score", "5"), ("_op", "submit")]
        assert clerk.post(address, list(pairs)).status_code == 303
    assert len(asked.statements) <= 9, asked.told  # who asks is one
    assert asked.commits == 1
