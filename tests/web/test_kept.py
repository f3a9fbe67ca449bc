"""Nothing typed is lost: drafts, sign-ins that ran out, pages that grew old."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.store.tables import Task
from tests.actions.handover import begin, case_of, open_task, upto
from tests.cast import Office
from tests.pictures import PNG
from tests.web.browsing import Visitor
from tests.web.test_tasks import IDENTITY, state

Arrives = Callable[[str], Visitor]


@pytest.fixture
def task(office: Office) -> Task:
    return open_task(office, begin(office), "check_identity")


# -- drafts ---------------------------------------------------------------------------


def test_a_draft_is_kept_quietly_and_restored(
    office: Office, task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(f"/tasks/{task.id}").form().fill(phone="不是号码", id_no="99")
    answer = visitor.post(f"/tasks/{task.id}/draft", form.pairs)
    assert (answer.status_code, answer.data) == (204, b"")
    page = arrives("lusy").open(f"/tasks/{task.id}")
    assert page.form()["phone"] == "不是号码"
    assert page.form()["id_no"] == "99"
    assert "我已签收" in visitor.open("/inbox").main  # whoever types has it
    assert case_of(office, task.case_id).data.get("phone") is None


def test_a_draft_keeps_rows_and_several_choices(
    office: Office, arrives: Arrives
) -> None:
    case_id = upto(office, "inspect_house")
    address = f"/tasks/{open_task(office, case_id, 'inspect_house').id}"
    visitor = arrives("lusy")
    visitor.press(visitor.open(address).form(), "del:items:1")
    visitor.press(visitor.page.form(), "add:items")
    form = visitor.page.form().fill({"items.10.item": "阳台", "items.0.ok": "false"})
    assert visitor.press(form, "draft").path == "/inbox"
    form = visitor.open(address).form()
    assert "items.1.item" not in form.names()
    assert form["items.10.item"] == "阳台"
    assert form["items.0.ok"] == "false"
    case_id = upto(office, "collect_papers")
    address = f"/tasks/{open_task(office, case_id, 'collect_papers').id}"
    form = visitor.open(address).form().fill(materials=["notice", "other"])
    visitor.press(form, "draft")
    assert visitor.open(address).form().all("materials") == ["", "notice", "other"]


def test_a_draft_is_for_who_typed_it(task: Task, arrives: Arrives) -> None:
    visitor = arrives("lusy")
    form = visitor.open(f"/tasks/{task.id}").form().fill(phone="15400009999")
    visitor.press(form, "draft")
    page = arrives("yaojn").open(f"/tasks/{task.id}")
    assert "15400009999" not in page.response.text


# -- a sign-in that ran out -----------------------------------------------------------


def test_what_was_typed_survives_a_sign_in_that_ran_out(
    task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(f"/tasks/{task.id}").form()
    form.fill(IDENTITY, owner_name="张\"依诺' <b>&amp;", contract_no="第一\u3000号")
    typed = [pair for pair in form.pairs if pair[0] not in ("csrf_token",)]
    visitor.expire()
    page = visitor.press(form, "submit")
    assert page.status == 401
    assert "刚才填写的内容会原样带回" in page.main
    page = visitor.sign_in("lusy", "wrong")  # and the first try may go wrong
    assert page.status == 401
    page = visitor.sign_in("lusy")
    assert page.status == 200
    assert page.title == task.name
    again = [pair for pair in page.form().pairs if pair[0] not in ("csrf_token",)]
    assert again == typed
    assert visitor.press(page.form(), "submit").status == 200


def test_rows_and_several_choices_survive_it_too(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    case_id = upto(office, "inspect_house")
    visitor.open(f"/tasks/{open_task(office, case_id, 'inspect_house').id}")
    visitor.press(visitor.page.form(), "add:items")
    visitor.press(visitor.page.form(), "del:items:0")
    form = visitor.page.form()
    form.fill({"items.10.item": "阳台\n", "items.10.ok": "false", "meter_water": "三"})
    visitor.expire()
    visitor.press(form, "submit")
    again = visitor.sign_in("lusy").form()
    assert again["items.10.item"].strip() == "阳台"
    assert again["items.10.ok"] == "false"
    assert again["meter_water"] == "三"
    assert "items.0.item" not in again.names()
    case_id = upto(office, "collect_papers")
    visitor.open(f"/tasks/{open_task(office, case_id, 'collect_papers').id}")
    form = visitor.page.form().fill(materials=["notice", "other"])
    form.fill(id_copy=("身份证.png", PNG))
    visitor.expire()
    page = visitor.press(form, "submit")
    assert "请届时重新选择" in page.main
    again = visitor.sign_in("lusy").form()
    assert again.all("materials") == ["", "notice", "other"]


def test_somebody_else_who_signs_in_then_is_refused_politely(
    task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(f"/tasks/{task.id}").form().fill(IDENTITY)
    visitor.expire()
    visitor.press(form, "submit")
    page = visitor.sign_in("baiyf")
    assert page.status == 403
    assert page.sentence == "您没有权限做这件事。"
    assert visitor.open("/inbox").status == 200


def test_after_a_button_without_text_one_is_back_on_the_task(
    task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.page.form("/claim")
    visitor.expire()
    assert visitor.press(form).status == 401
    assert visitor.sign_in("lusy").path in ("/inbox", f"/tasks/{task.id}")


def test_a_page_of_an_earlier_sign_in_is_drawn_anew_with_its_text(
    office: Office, task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(f"/tasks/{task.id}").form().fill(IDENTITY)
    before = state(office, task)
    visitor.press(visitor.page.form("/sign-out"))
    visitor.sign_in("lusy")  # in another tab
    page = visitor.press(form, "submit")
    assert page.status == 400
    assert "还没有提交" in page.alert
    assert page.form()["id_no"] == IDENTITY["id_no"]
    assert state(office, task) == before
    assert visitor.press(page.form(), "submit").status == 200
