"""Incidents: the list, one of them, trying again, answering by hand; calls that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import update

import web
from engine import transact
from engine.actions.make_calls import note_failure, take_call
from engine.store.tables import Case, Incident, Staff
from tests.actions.running import at, case, told, waits_for
from tests.actions.stuck import (
    call_of,
    failed_call,
    failed_timer,
    incident,
    incident_of,
    publish_billing,
    waiting_call,
)
from tests.cast import STAFF, Office
from tests.statements import counted
from tests.web.browsing import Visitor

Arrives = Callable[[str], Visitor]
MANAGERS = {"suwq", "hanwc", "qinmz"}
RECEIPT = '{"status": 200, "body": {"receipt": "A-1"}}'


@pytest.fixture(autouse=True)
def billing(office: Office) -> None:
    publish_billing(office)


# -- who may --------------------------------------------------------------------------


@pytest.mark.parametrize("username", STAFF)
def test_only_managers_see_and_do(
    office: Office, arrives: Arrives, username: str
) -> None:
    _, number = failed_call(office)
    visitor = arrives(username)
    expected = 200 if username in MANAGERS else 403
    for address in ("/incidents", "/incidents/calls", f"/incidents/{number}"):
        assert visitor.open(address).status == expected, address
    assert ("故障" in visitor.open("/inbox").said("//nav")) == (expected == 200)
    acts: dict[str, dict[str, Any]] = {
        "answer": {"answer": "{}", "note": ""},
        "retry": {},
    }
    for verb, values in acts.items():
        answer = visitor.send(f"/incidents/{number}/{verb}", **values)
        assert (answer.status_code == 403) == (expected == 403), verb
    resolved = incident(office, number).resolved_at is not None
    assert resolved == (expected == 200)


def test_an_administrator_without_a_role_may(office: Office, arrives: Arrives) -> None:
    with office.sessions.begin() as session:
        change = update(Staff).where(Staff.username == "baiyf")
        session.execute(change.values(administrator=True))
    assert arrives("baiyf").open("/incidents").status == 200


def test_a_manager_of_another_site_sees_nothing(
    office: Office, arrives: Arrives
) -> None:
    _, number = failed_call(office)
    with office.sessions.begin() as session:
        row = session.query(Staff).filter_by(username="hanwc").one()
        elsewhere = _site(session)
        for role in row.roles:
            role.site_id = elsewhere
    visitor = arrives("hanwc")
    assert "没有故障" in visitor.open("/incidents").main
    assert "没有等候的请求" in visitor.open("/incidents/calls").main
    assert visitor.open(f"/incidents/{number}").status == 403
    assert visitor.send(f"/incidents/{number}/retry").status_code == 403
    assert "1" not in visitor.open("/inbox").said("//nav//details")


def _site(session: Any) -> int:
    from engine.store.tables import Site

    site = Site(code="other", name="另一个小区")
    session.add(site)
    session.flush()
    return site.id


# -- the list -------------------------------------------------------------------------


def test_no_incident_is_good_news(arrives: Arrives) -> None:
    visitor = arrives("suwq")
    page = visitor.open("/incidents")
    assert "没有故障" in page.main
    assert page.said("//header//nav//*[contains(@class, 'badge')]") == ""
    assert "还没有处理过的故障" in visitor.open("/incidents?state=resolved").main


def test_the_oldest_comes_first_with_all_one_needs(
    office: Office, arrives: Arrives
) -> None:
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        first, _ = failed_call(office)
        clock.shift(timedelta(hours=1))
        second, _ = failed_timer(office)
    page = arrives("suwq").open("/incidents")
    assert page.main.index(case(office, first).number) < page.main.index(
        case(office, second).number
    )
    for words in ("开票", "联系 138****0001 未果", "2026-03-02 09:00", "试过 1 次"):
        assert words in page.main
    assert "13812340001" not in page.response.text
    assert "到时办理不成功" in page.main
    assert page.said("//header//nav//summary").startswith("管理 2 项待处理")


def test_filters_live_in_the_address(office: Office, arrives: Arrives) -> None:
    failed_call(office)
    failed_timer(office)
    visitor = arrives("suwq")
    page = visitor.open("/incidents?kind=timer")
    assert "时间算不出来" in page.main and "未果" not in page.main
    page = visitor.press(page.form("/incidents").fill(kind="call"))
    assert "时间算不出来" not in page.main and "未果" in page.main
    assert "未果" in visitor.open("/incidents?process=billing").main
    page = visitor.open("/incidents?process=house_handover")
    assert "没有找到" in page.main and "未果" not in page.main
    for odd in ("?kind=x&state=y", "?page=-1", "?page=a", "?page=99999999999"):
        assert visitor.open("/incidents" + odd).status == 200


def test_what_is_about_a_cancelled_case_waits_for_nobody(
    office: Office, arrives: Arrives
) -> None:
    case_id, number = failed_timer(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/cases/{case_id}").form("/cancel")
    visitor.press(form.fill(reason="业主改期"))
    assert "没有故障" in visitor.open("/incidents").main
    assert "时间算不出来" in visitor.open("/incidents?state=resolved").main
    page = visitor.open(f"/incidents/{number}")
    assert "案件已结束" in page.main
    assert not page.html.xpath("//main//form")
    assert visitor.send(f"/incidents/{number}/retry").status_code == 409


def test_a_dropped_call_takes_its_incident_along(
    office: Office, arrives: Arrives
) -> None:
    case_id, number = failed_call(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/cases/{case_id}").form("/cancel")
    visitor.press(form.fill(reason="业主改期"))
    found = incident(office, number)
    assert found.resolved_by == office.person("suwq").id


def test_fifty_to_a_page(office: Office, arrives: Arrives) -> None:
    case_id, _ = failed_call(office)
    with office.sessions.begin() as session:
        for n in range(50):
            sentence = f"第 {n} 次"
            session.add(Incident(case_id=case_id, kind="timer", sentence=sentence))
    visitor = arrives("suwq")
    page = visitor.open("/incidents")
    assert len(page.html.xpath("//main//*[starts-with(@class, 'item ')]")) == 50
    page = visitor.open("/incidents?page=2")
    assert len(page.html.xpath("//main//*[starts-with(@class, 'item ')]")) == 1
    assert "第 49 次" in page.main and "上一页" in page.main
    assert "下一页" not in page.main


# -- one incident ---------------------------------------------------------------------


def test_one_incident_tells_what_failed_with_personal_data_masked(
    office: Office, arrives: Arrives
) -> None:
    case_id, number = failed_call(office)
    page = arrives("suwq").open(f"/incidents/{number}")
    request = page.said("//pre")
    assert "138****0001" in request and "990***********8725" in request
    for secret in ("13812340001", "990101199606188725", "abcdef"):
        assert secret not in page.response.text
    assert f"/cases/{case_id}" in page.links()
    assert '"status": 200' in page.form("/answer")["answer"]


def test_trying_again_makes_the_call_due_and_is_told(
    office: Office, arrives: Arrives
) -> None:
    case_id, number = failed_call(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/incidents/{number}").form("/retry")
    page = visitor.press(form)
    assert page.path == "/incidents"
    assert "再试一次" in page.alert and "没有故障" in page.main
    call = call_of(office, case_id)
    assert (call.state, call.attempts) == ("pending", 0)
    (line,) = told(office, case_id, "incident_retried")
    assert (line.actor, line.element) == ("苏婉清", "ask")
    timeline = visitor.open(f"/cases/{case_id}").said("//ol[@class='history']")
    assert "故障后再试一次" in timeline and "苏婉清" in timeline
    assert "苏婉清 处理" in visitor.open(f"/incidents/{number}").main


def test_failing_again_is_a_new_incident(office: Office, arrives: Arrives) -> None:
    case_id, number = failed_call(office)
    visitor = arrives("suwq")
    visitor.press(visitor.open(f"/incidents/{number}").form("/retry"))
    call = call_of(office, case_id)
    with office.sessions() as session:
        transact(session, take_call, call.id)
        transact(session, note_failure, call.id, "还是不通", True)
    assert incident_of(office, case_id) != number
    assert "还是不通" in visitor.open("/incidents").main


def test_the_second_of_two_is_told_so(office: Office, arrives: Arrives) -> None:
    _, number = failed_call(office)
    first, second = arrives("suwq"), arrives("hanwc")
    retry = second.open(f"/incidents/{number}").form("/retry")
    answer = second.page.form("/answer").fill(answer=RECEIPT, note="电话核实")
    first.press(first.open(f"/incidents/{number}").form("/retry"))
    for form in (retry, answer):
        page = second.press(form)
        assert page.status == 409
        assert page.sentence == "这项故障已有人处理，或案件已不再等它。"


# -- answering by hand ----------------------------------------------------------------


def test_an_answer_by_hand_moves_the_case_on(office: Office, arrives: Arrives) -> None:
    case_id, number = failed_call(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/incidents/{number}").form("/answer")
    page = visitor.press(form.fill(answer=RECEIPT, note=" 电话核实，票号 A-1 "))
    assert page.path == f"/cases/{case_id}"
    assert "已按您的答复继续办理" in page.alert
    timeline = page.said("//ol[@class='history']")
    assert "人工答复外部服务" in timeline and "电话核实，票号 A-1" in timeline
    assert waits_for(office, case_id) == ["pay"]
    assert case(office, case_id).data["answer"]["body"] == {"receipt": "A-1"}
    assert incident(office, number).resolved_by == office.person("suwq").id
    assert call_of(office, case_id).state == "done"
    assert visitor.press(form).status == 409


UNREADABLE = "答复内容读不懂，请保持样例的写法，只改引号里的文字和数字。"
NOTE = "请写明答复的依据，例如向谁核实、凭证编号，最多 500 个字。"
DEEP = "[" * 20 + "]" * 20
REFUSED = [
    ("", "核实", "answer", UNREADABLE),
    ("已开票", "核实", "answer", UNREADABLE),
    ('{"a": NaN}', "核实", "answer", UNREADABLE),
    ('{"a": "\\u0000"}', "核实", "answer", UNREADABLE),
    ('{"a": "\\ud800"}', "核实", "answer", UNREADABLE),
    ("[" + DEEP + "]", "核实", "answer", UNREADABLE),
    ("[" * 15_000, "核实", "answer", UNREADABLE),
    (
        '"' + "a" * 19_999 + '"',
        "核实",
        "answer",
        "答复内容太长，最多 20000 个字。",
    ),
    (RECEIPT, "", "note", NOTE),
    (RECEIPT, " \n", "note", NOTE),
    (RECEIPT, "长" * 501, "note", NOTE),
]


@pytest.mark.parametrize(("answer", "note", "field", "sentence"), REFUSED)
def test_what_is_wrong_stands_beside_it_and_nothing_is_done(
    office: Office,
    arrives: Arrives,
    answer: str,
    note: str,
    field: str,
    sentence: str,
) -> None:
    case_id, number = failed_call(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/incidents/{number}").form("/answer")
    page = visitor.press(form.fill(answer=answer, note=note))
    assert page.status == 422
    assert page.error(field) == sentence
    assert page.form("/answer")["answer"].strip() == answer.strip()
    assert page.form("/answer")["note"].strip() == note.strip()
    assert waits_for(office, case_id) == []
    assert incident(office, number).resolved_at is None


@pytest.mark.parametrize("answer", [DEEP, '"' + "a" * 19_998 + '"', "null", "1e99"])
def test_what_just_fits_is_taken(office: Office, arrives: Arrives, answer: str) -> None:
    case_id, number = failed_call(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/incidents/{number}").form("/answer")
    page = visitor.press(form.fill(answer=answer, note="长" * 500))
    assert page.path == f"/cases/{case_id}"
    assert waits_for(office, case_id) == ["pay"]


def test_an_incident_of_a_timer_has_no_answer(office: Office, arrives: Arrives) -> None:
    _, number = failed_timer(office)
    visitor = arrives("suwq")
    assert "人工答复" not in visitor.open(f"/incidents/{number}").main
    answer = visitor.send(f"/incidents/{number}/answer", answer="{}", note="核实")
    assert answer.status_code == 409


def test_an_answer_survives_a_sign_in_that_ran_out(
    office: Office, arrives: Arrives
) -> None:
    _, number = failed_call(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/incidents/{number}").form("/answer")
    visitor.expire()
    assert visitor.press(form.fill(answer=RECEIPT, note="电话核实")).status == 401
    page = visitor.sign_in("suwq")
    assert page.form("/answer")["answer"] == RECEIPT
    assert page.form("/answer")["note"] == "电话核实"


def test_no_number_breaks_a_page(arrives: Arrives) -> None:
    visitor = arrives("suwq")
    for number in ("0", "99", "2147483648", "-1", "abc"):
        assert visitor.open(f"/incidents/{number}").status == 404
        for verb in ("retry", "answer"):
            answer = visitor.send(f"/incidents/{number}/{verb}")
            assert answer.status_code == 404


# -- calls that wait ------------------------------------------------------------------


def test_calls_that_wait_tell_when_and_why(office: Office, arrives: Arrives) -> None:
    with time_machine.travel(at("2026-03-02 09:00"), tick=False):
        fresh, _ = waiting_call(office)
        again, call_id = waiting_call(office)
        with office.sessions() as session:
            transact(session, take_call, call_id)
            transact(session, note_failure, call_id, "打不通 13812340001")
    page = arrives("suwq").open("/incidents/calls")
    assert page.main.index(case(office, fresh).number) < page.main.index(
        case(office, again).number
    )
    for words in ("待发出", "再试中", "试过 1 次", "上次：打不通 138****0001", "开票"):
        assert words in page.main
    assert "通知外部系统" in page.main


# -- cost and language ----------------------------------------------------------------


@pytest.fixture
def asked_of(app: Any) -> Iterator[Any]:
    with app.app_context():
        yield web.db.engine


def test_a_page_asks_the_database_little(
    office: Office, arrives: Arrives, asked_of: Any
) -> None:
    numbers = [failed_call(office)[1] for _ in range(3)]
    waiting_call(office)
    visitor = arrives("suwq")
    for address in ("/incidents", "/incidents/calls", f"/incidents/{numbers[0]}"):
        with counted(asked_of) as asked:
            assert visitor.open(address).status == 200
        assert len(asked.statements) <= 8, f"{address}\n{asked.told}"


def test_pages_speak_english(office: Office, arrives: Arrives) -> None:
    _, number = failed_call(office)
    visitor = arrives("suwq")
    visitor.open("/incidents")
    page = visitor.press(visitor.page.form("/language"), "English")
    assert page.title == "Incidents"
    assert "Call to the outside failed" in page.main
    page = visitor.open(f"/incidents/{number}")
    assert "Try again" in page.main and "Answer by hand" in page.main
    form = page.form("/answer").fill(answer="x", note="")
    assert "cannot be read" in visitor.press(form).error("answer")


def test_a_case_that_moved_on_meanwhile_is_not_answered(
    office: Office, arrives: Arrives
) -> None:
    case_id, number = failed_call(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/incidents/{number}").form("/answer")
    with office.sessions.begin() as session:
        change = update(Case).where(Case.id == case_id)
        session.execute(change.values(status="cancelled"))
    page = visitor.press(form.fill(answer=RECEIPT, note="核实"))
    assert page.status == 409
