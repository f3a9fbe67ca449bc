"""A task's page: whose it is, drafts, completing it once, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import web
from engine.store.tables import Event, Task
from tests.actions.handover import begin, case_of, finish, open_task, upto
from tests.cast import Office
from tests.statements import counted
from tests.web.browsing import Page, Visitor

Arrives = Callable[[str], Visitor]
IDENTITY = {
    "phone": "15400000073",
    "id_no": "990101199606188725",
    "identity_ok": "true",
}


@pytest.fixture
def task(office: Office) -> Task:
    return open_task(office, begin(office), "check_identity")


def task_now(office: Office, task_id: str) -> Task:
    with office.sessions() as session:
        return session.get_one(Task, task_id)


def state(office: Office, task: Task) -> tuple[Any, ...]:
    """What must not change when something is refused."""
    case = case_of(office, task.case_id)
    with office.sessions() as session:
        events = session.scalars(select(Event.id)).all()
    row = task_now(office, task.id)
    return case.version, case.data, len(events), row.state, row.assignee_id


def test_a_page_tells_case_house_role_and_clause(task: Task, arrives: Arrives) -> None:
    page = arrives("lusy").open(f"/tasks/{task.id}")
    assert page.title == task.name
    assert "1-1-0101" in page.said("//*[@class='page-head']")
    assert f"/cases/{task.case_id}" in page.links()
    assert "客户助理" in page.main and "待签收" in page.main
    assert task.step in page.main


def test_what_is_known_is_filled_in(task: Task, arrives: Arrives) -> None:
    form = arrives("lusy").open(f"/tasks/{task.id}").form()
    assert form["owner_name"] == "张依诺"
    assert form["area_m2"] == "98.5"


def test_completing_goes_on_to_the_next_task_that_is_mine(
    office: Office, task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(f"/tasks/{task.id}").form().fill(IDENTITY)
    page = visitor.press(form, "submit")
    following = open_task(office, task.case_id, "collect_papers")
    assert (page.status, page.path) == (200, f"/tasks/{following.id}")


def test_where_nothing_more_is_mine_the_case_is_shown(
    office: Office, arrives: Arrives
) -> None:
    case_id = upto(office, "collect_fee")
    visitor = arrives("jiahl")
    visitor.open(f"/tasks/{open_task(office, case_id, 'collect_fee').id}")
    page = visitor.press(visitor.page.form().fill(fees_paid="true"), "refresh")
    page = visitor.press(page.form().fill(pay_method="cash"), "submit")
    assert (page.status, page.path) == (200, f"/cases/{case_id}")


def test_fields_come_and_go_with_the_answers(office: Office, arrives: Arrives) -> None:
    case_id = upto(office, "collect_fee")
    visitor = arrives("jiahl")
    visitor.open(f"/tasks/{open_task(office, case_id, 'collect_fee').id}")
    assert not visitor.page.has_field("amount_received")
    page = visitor.press(visitor.page.form().fill(fees_paid="true"), "refresh")
    assert page.form()["amount_received"] == "1418.40"
    page = visitor.press(page.form().fill(fees_paid="false"), "refresh")
    assert not page.has_field("amount_received")
    assert page.has_field("unpaid_reason")


def test_a_form_that_will_not_do_keeps_every_word_and_changes_nothing(
    office: Office, task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    before = state(office, task)
    form = visitor.open(f"/tasks/{task.id}").form()
    form.fill(IDENTITY, area_m2="九十八", id_no="12345", owner_name="  ")
    page = visitor.press(form, "submit")
    assert page.status == 422
    assert "处需要修改" in page.alert
    for name in ("area_m2", "id_no", "owner_name"):
        assert page.error(name), name
        assert f"#f-{name}" in page.links("//*[@id='summary']")
    assert page.form()["area_m2"] == "九十八"
    assert page.form()["id_no"] == "12345"
    assert page.form()["phone"] == IDENTITY["phone"]
    assert state(office, task) == before


def test_posted_twice_the_second_is_told_and_changes_nothing(
    office: Office, task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(f"/tasks/{task.id}").form().fill(IDENTITY)
    visitor.press(form, "submit")
    before = state(office, task)
    page = visitor.press(form, "submit")
    assert page.status == 409
    assert "已经办结" in page.sentence
    assert "什么都没有改动" in page.main
    assert state(office, task) == before


def test_pressed_twice_at_once_it_is_done_once(
    app: Flask, office: Office, task: Task, arrives: Arrives
) -> None:
    visitors = [arrives("lusy"), arrives("lusy")]
    forms = [each.open(f"/tasks/{task.id}").form().fill(IDENTITY) for each in visitors]
    start = Barrier(2)

    def press(visitor: Visitor, form: Any) -> Page:
        start.wait()
        return visitor.press(form, "submit")

    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(press, visitors, forms))
    assert sorted(page.status for page in pages) == [200, 409]
    with office.sessions() as session:
        done = select(Event).where(Event.kind == "completed")
        assert len(session.scalars(done).all()) == 1


# -- whose it is ----------------------------------------------------------------------


def test_of_two_who_claim_one_wins_and_the_other_reads_who(
    office: Office, task: Task, arrives: Arrives
) -> None:
    first, second = arrives("lusy"), arrives("yaojn")
    form = second.page.form("/claim")
    first.press(first.page.form("/claim"))
    page = second.press(form)
    assert page.status == 409
    assert "已由陆思远签收" in page.sentence
    page = second.open(f"/tasks/{task.id}")
    assert "已由 陆思远 签收" in page.main
    assert not page.has_field("owner_name")
    assert "只供查看" in page.main
    answer = second.send(f"/tasks/{task.id}", **IDENTITY)
    assert answer.status_code == 409
    assert task_now(office, task.id).state == "open"


def test_a_task_given_back_is_open_to_the_role_again(
    task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    visitor.press(visitor.page.form("/claim"))
    page = visitor.press(visitor.page.form(), "退回待签收")
    assert page.path == "/inbox"
    assert f"/tasks/{task.id}" in arrives("yaojn").page.links()


def test_claiming_or_giving_back_in_the_form_keeps_what_was_typed(
    task: Task, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(f"/tasks/{task.id}").form().fill(phone="15400009999")
    page = visitor.press(form, "签收")
    assert page.form()["phone"] == "15400009999"
    visitor.press(page.form().fill(phone="15400008888"), "退回待签收")
    other = arrives("yaojn")
    page = other.press(other.page.form("/claim"))
    assert page.form()["phone"] == "15400008888"


VERBS = ("", "/draft", "/claim", "/unclaim", "/files")


def test_who_has_not_the_role_is_refused(
    office: Office, task: Task, arrives: Arrives
) -> None:
    before = state(office, task)
    visitor = arrives("baiyf")
    for verb in VERBS:
        answer = visitor.send(f"/tasks/{task.id}{verb}", **IDENTITY)
        assert answer.status_code == 403, verb
        assert "您没有权限做这件事" in answer.text
    assert visitor.open(f"/tasks/{task.id}").status == 403
    assert state(office, task) == before


@pytest.mark.parametrize("task_id", ["nothing", "0" * 32, "%00", "%ff", "x" * 3_000])
def test_unknown_tasks_are_not_found(arrives: Arrives, task_id: str) -> None:
    visitor = arrives("lusy")
    for verb in VERBS:
        answer = visitor.send(f"/tasks/{task_id}{verb}")
        assert answer.status_code in (400, 404), verb
        assert "data-sentence" in answer.text


def test_a_finished_task_is_shown_as_it_was_filled_in(
    office: Office, task: Task, arrives: Arrives
) -> None:
    finish(office, task.case_id, "check_identity")
    page = arrives("lusy").open(f"/tasks/{task.id}")
    assert page.status == 200
    assert "已办结" in page.main and "张依诺" in page.main
    assert not page.has_field("owner_name")
    assert "990101199606188725" not in page.response.text  # masked for reading


# -- what it costs --------------------------------------------------------------------


def test_completing_takes_one_commit_and_at_most_8_statements(
    app: Flask, office: Office, arrives: Arrives
) -> None:
    case_id = begin(office)
    visitor = arrives("lusy")
    visitor.open("/start/house_handover")  # the process is read once
    with app.app_context():
        engine = web.db.engine
    for element in ("check_identity", "explain_keys", "hand_over_keys"):
        if element == "explain_keys":
            for between in (
                "collect_papers",
                "fill_owner_file",
                "sign_safety_letter",
                "collect_fee",
                "inspect_house",
            ):
                finish(office, case_id, between)
        form = visitor.open(f"/tasks/{open_task(office, case_id, element).id}").form()
        if element == "check_identity":
            form.fill(IDENTITY)
        if element == "hand_over_keys":
            form.fill({"keys_total": "5", "docs_received": "true"})
            form.fill({"sig_owner.name": "张依诺", "receiver.name": "张依诺"})
        pairs = [*form.pairs, ("_op", "submit")]
        with counted(engine) as asked:
            answer = visitor.post(form.action, pairs, form.multipart)
        assert answer.status_code == 303, Page(answer).alert
        assert asked.commits == 1, asked.told
        # the last step also files five papers and the day's report, looks at the
        # house's keys and writes the house
        most = 10 if element == "hand_over_keys" else 8
        assert len(asked.statements) <= most, f"{element}:\n{asked.told}"
