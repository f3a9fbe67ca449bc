"""A gate on its pages: why it says no, and who let a case pass all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from sqlalchemy import select

from engine.store.tables import Site, Staff, Task
from tests.actions.running import at, press
from tests.cast import Office
from tests.estate import HOUSE, add_sheet, set_parameters
from tests.gating import answer, move_out, publish_moving_out
from tests.web.browsing import Visitor

Arrives = Callable[[str], Visitor]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(at("2026-03-10 09:00"), tick=False):
        yield


def held(office: Office) -> int:
    set_parameters(office, gate_no_arrears="warn")
    publish_moving_out(office)
    add_sheet(office, "2026-03-09", ("物业服务费", 100500, 0, "2026-03-01"))
    case_id = move_out(office)
    press(office, case_id, "apply")
    return case_id


def task_of(office: Office, case_id: int, element: str) -> str:
    with office.sessions() as session:
        query = select(Task.id).where(Task.case_id == case_id, Task.state == "open")
        return session.scalars(query.where(Task.element == element)).one()


def test_the_form_says_why(arrives: Arrives, office: Office) -> None:
    case_id = held(office)
    jiahl = arrives("jiahl")
    jiahl.open(f"/tasks/{task_of(office, case_id, 'wait')}")
    seen = jiahl.page.said("//*[@id='f-standing']")
    for told in (
        "不通过",
        "有 1 笔到期未缴，共 1,005.00 元。",
        "物业服务费",
        "1,005.00",
    ):
        assert told in seen
    assert "数据截至 2026-03-09" in seen
    case = jiahl.open(f"/cases/{case_id}").main
    assert "核查欠费" in case and "共 1,005.00 元" in case


def test_an_override_is_listed_for_managers(arrives: Arrives, office: Office) -> None:
    case_id = held(office)
    suwq = arrives("suwq")
    assert "还没有特批过" in suwq.open("/gates/overrides").main
    answer(office, case_id, "wait", "jiahl", hold="decide")
    answer(office, case_id, "decide", "suwq", override_reason="已签还款协议")
    seen = suwq.open("/gates/overrides").main
    for told in (
        "无欠费",
        HOUSE,
        "已签还款协议",
        "苏婉清",
        "共 1,005.00 元",
        "2026-03-10",
    ):
        assert told in seen
    assert "已签还款协议" in suwq.open("/gates/overrides?gate=no_arrears&q=还款").main
    for elsewhere in ("gate=keys_returned", "q=没有这样的理由", "page=2"):
        page = suwq.open(f"/gates/overrides?{elsewhere}")
        assert "已签还款协议" not in page.main and page.status == 200
    assert suwq.open("/gates/overrides?gate=%00&page=x").status == 400
    case = suwq.open(f"/cases/{case_id}").main
    assert "特批通过核查" in case and "苏婉清 特批：已签还款协议" in case


def test_only_managers_of_the_site_see_it(arrives: Arrives, office: Office) -> None:
    case_id = held(office)
    answer(office, case_id, "wait", "jiahl", hold="decide")
    answer(office, case_id, "decide", "suwq", override_reason="已签还款协议")
    assert arrives("jiahl").open("/gates/overrides").status == 403
    with office.sessions.begin() as session:
        other = Site(code="other", name="别的小区")
        session.add(other)
        session.flush()
        for role in session.query(Staff).filter_by(username="hanwc").one().roles:
            role.site_id = other.id
    hanwc = arrives("hanwc").open("/gates/overrides")
    assert hanwc.status == 200 and "已签还款协议" not in hanwc.main


def test_a_refused_override_keeps_what_was_typed(
    arrives: Arrives, office: Office
) -> None:
    case_id = held(office)
    set_parameters(office, gate_no_arrears="hard")
    answer(office, case_id, "wait", "jiahl", hold="decide")
    suwq = arrives("suwq")
    form = suwq.open(f"/tasks/{task_of(office, case_id, 'decide')}").form()
    page = suwq.press(form.fill(override_reason="领导同意"), "submit")
    assert page.status == 422 and "不能特批" in page.text
    assert page.form()["override_reason"] == "领导同意"
