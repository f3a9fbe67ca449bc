"""发起: what one may start, the facts of a house, and a case that begins."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from engine.store.tables import Case
from tests.cast import Office
from tests.web.browsing import Form, Visitor

Arrives = Callable[[str], Visitor]
FORM = "/start/house_handover"


def cases(office: Office) -> int:
    with office.sessions() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_one_is_offered_what_one_may_start(arrives: Arrives) -> None:
    page = arrives("lusy").open("/start")
    assert FORM in page.links()
    assert "房屋交接" in page.main
    page = arrives("baiyf").open("/start")
    assert FORM not in page.links()
    assert "没有您可以发起的流程" in page.main


def test_what_one_may_not_start_is_refused(office: Office, arrives: Arrives) -> None:
    visitor = arrives("baiyf")
    page = visitor.open(FORM)
    assert (page.status, page.sentence) == (403, "您没有权限做这件事。")
    answer = visitor.send(FORM, unit_no="1-1-0101", handover_date="2026-03-10")
    assert answer.status_code == 403
    assert cases(office) == 0


def test_the_facts_of_a_house_are_read_with_a_button(arrives: Arrives) -> None:
    visitor = arrives("lusy")
    form = visitor.open(FORM).form().fill(unit_no="1-1-0101")
    page = visitor.press(form, "读取资料")
    assert page.status == 200
    for fact in ("张依诺", "8725", "98.5"):
        assert fact in page.main
    assert page.form()["unit_no"] == "1-1-0101"
    assert "990101199606188725" not in page.response.text


def test_enter_reads_the_facts_too(arrives: Arrives) -> None:
    visitor = arrives("lusy")
    form = visitor.open(FORM).form().fill(unit_no="1-1-0101")
    page = visitor.press(form)  # the first button of the form is what Enter presses
    assert (page.status, page.path) == (200, FORM)
    assert "张依诺" in page.main


def test_a_case_starts_and_its_first_task_opens(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(FORM).form()
    form.fill(unit_no="1-1-0101", handover_date="2026-03-10")
    page = visitor.press(form, "submit")
    assert page.status == 200
    assert page.path.startswith("/tasks/")
    assert page.title == "查主清册、核验身份"
    assert "1-1-0101" in page.said("//*[@class='page-head']")
    assert cases(office) == 1


def test_a_form_that_will_not_do_keeps_every_word(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = (
        visitor.open(FORM).form().fill(unit_no="9-9-9999", handover_date="2026-02-30")
    )
    page = visitor.press(form, "submit")
    assert page.status == 422
    assert "有 2 处需要修改" in page.alert
    assert page.error("unit_no") == "没有房号“9-9-9999”。"
    assert page.error("handover_date") == "没有“2026-02-30”这一天。"
    assert page.form()["unit_no"] == "9-9-9999"
    assert page.form()["handover_date"] == "2026-02-30"
    assert cases(office) == 0


def test_the_same_form_posted_twice_starts_one_case(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("lusy")
    form = visitor.open(FORM).form()
    form.fill(unit_no="1-1-0101", handover_date="2026-03-10")
    assert visitor.press(form, "submit").path.startswith("/tasks/")
    page = visitor.press(form, "submit")
    assert page.status == 409
    assert "已经发起，没有重复办理" in page.sentence
    assert cases(office) == 1
    again = visitor.open(FORM).form()
    again.fill(unit_no="1-1-0102", handover_date="2026-03-10")
    assert visitor.press(again, "submit").status == 200
    assert cases(office) == 2


def test_sent_twice_at_once_it_starts_one_case(
    office: Office, arrives: Arrives
) -> None:
    first, second = arrives("lusy"), arrives("lusy")
    form = first.open(FORM).form()
    form.fill(unit_no="1-1-0101", handover_date="2026-03-10")
    other = second.open(FORM).form()
    other.pairs = [
        pair if pair[0] == "csrf_token" else mine
        for pair, mine in zip(other.pairs, form.pairs)
    ]
    start = Barrier(2)

    def press(visitor: Visitor, sent: Form) -> int:
        start.wait()
        return visitor.press(sent, "submit").status

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, (first, second), (form, other)))
    assert sorted(answers) == [200, 409]
    assert cases(office) == 1
