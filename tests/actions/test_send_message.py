"""Messages and signals: to the one who waits, kept when early, never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from engine import transact
from engine.actions.send_message import MessageNameRefused, send_message, send_signal
from engine.store.tables import Case, Message
from tests.actions.running import at, case, press, start, told, waits_for
from tests.cast import Office
from tests.models import drawing, operator, properties, publish

MESSAGE = '<message id="m_paid" name="payment"/>'
SIGNAL = '<signal id="s_storm" name="storm"/>'
PAY = '<manualTask id="pay" name="交费"/>'


def catching(correlation: str = "") -> bytes:
    wanted = properties(correlation=correlation) if correlation else ""
    kept = (
        '<messageEventDefinition messageRef="m_paid"><extensionElements>'
        "<spiffworkflow:messageVariable>received</spiffworkflow:messageVariable>"
        "</extensionElements></messageEventDefinition>"
    )
    nodes = (
        f'<startEvent id="begin"/>{PAY}'
        f'<intermediateCatchEvent id="payment_came" name="款到">{wanted}{kept}'
        "</intermediateCatchEvent>"
        '<manualTask id="thank" name="致谢"/><endEvent id="paid"/>'
    )
    flows = "begin > pay\n pay > payment_came\n payment_came > thank\n thank > paid"
    return drawing("paying", nodes, flows, MESSAGE)


def send(office: Office, name: str = "payment", **how: object) -> Message:
    with office.sessions() as session:
        return transact(session, send_message, office.runtime, None, name, **how)


def test_a_message_goes_to_its_case(office: Office) -> None:
    publish(office, "paying", catching())
    first, second = start(office, "paying"), start(office, "paying")
    for case_id in (first, second):
        press(office, case_id, "pay")
    message = send(office, case_id=second, payload={"amount": 100})
    assert message.delivered_to == second
    assert waits_for(office, first) == []
    assert waits_for(office, second) == ["thank"]
    assert case(office, second).data["received"] == {"amount": 100}


def test_a_message_goes_by_correlation(office: Office) -> None:
    publish(office, "paying", catching(correlation="str(bill)"))
    cases = [start(office, "paying") for _ in range(2)]
    for number, case_id in enumerate(cases, start=7):
        _set(office, case_id, "bill", number)
        press(office, case_id, "pay")
    assert send(office, correlation="9").delivered_to is None
    assert send(office, correlation="8").delivered_to == cases[1]
    assert waits_for(office, cases[0]) == []


def _set(office: Office, case_id: int, name: str, value: object) -> None:
    with office.sessions.begin() as session:
        row = session.get_one(Case, case_id)
        row.data = {**row.data, name: value}


def test_an_early_message_waits_for_whoever_will_wait(office: Office) -> None:
    publish(office, "paying", catching())
    case_id = start(office, "paying")
    assert send(office, case_id=case_id, payload={"amount": 5}).delivered_to is None
    assert waits_for(office, case_id) == ["pay"]
    press(office, case_id, "pay")
    assert waits_for(office, case_id) == ["thank"]
    assert len(told(office, case_id, "message_received")) == 1


@pytest.mark.parametrize(("later", "found"), [(60, ["thank"]), (61, [])])
def test_an_early_message_expires(office: Office, later: int, found: list[str]) -> None:
    publish(office, "paying", catching())
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(office, "paying")
        send(office, case_id=case_id, payload={}, kept=timedelta(minutes=60))
        clock.shift(timedelta(minutes=later))
        press(office, case_id, "pay")
        assert waits_for(office, case_id) == found


def test_one_message_is_taken_once(office: Office) -> None:
    publish(office, "paying", catching())
    cases = [start(office, "paying") for _ in range(2)]
    for case_id in cases:
        press(office, case_id, "pay")
    assert send(office).delivered_to == cases[0]
    assert waits_for(office, cases[1]) == []
    assert send(office).delivered_to == cases[1]
    assert send(office).delivered_to is None


def test_a_message_starts_a_case(office: Office) -> None:
    nodes = (
        '<startEvent id="called" name="来电"><messageEventDefinition messageRef="m_paid">'
        "<extensionElements><spiffworkflow:messageVariable>call</spiffworkflow:messageVariable>"
        "</extensionElements></messageEventDefinition></startEvent>"
        f'{PAY}<endEvent id="paid"/>'
    )
    flows = "called > pay\n pay > paid"
    publish(office, "incoming", drawing("incoming", nodes, flows, MESSAGE))
    message = send(office, payload={"number": "110"})
    assert message.delivered_to is not None
    assert waits_for(office, message.delivered_to) == ["pay"]
    assert case(office, message.delivered_to).data["call"] == {"number": "110"}


def test_a_signal_reaches_all_who_wait_and_is_not_kept(office: Office) -> None:
    nodes = (
        '<startEvent id="begin"/><intermediateCatchEvent id="storm_came">'
        '<signalEventDefinition signalRef="s_storm"/></intermediateCatchEvent>'
        f'{PAY}<endEvent id="paid"/>'
    )
    flows = "begin > storm_came\n storm_came > pay\n pay > paid"
    publish(office, "storm", drawing("storm", nodes, flows, SIGNAL))
    cases = [start(office, "storm") for _ in range(3)]
    with office.sessions() as session:
        transact(session, send_signal, office.runtime, None, "storm")
    assert [waits_for(office, case_id) for case_id in cases] == [["pay"]] * 3
    late = start(office, "storm")
    assert waits_for(office, late) == []


def test_a_thrown_message_reaches_another_case(office: Office) -> None:
    publish(office, "paying", catching())
    payload = (
        '<messageEventDefinition messageRef="m_paid"><extensionElements>'
        "<spiffworkflow:messagePayload>{'amount': 3}</spiffworkflow:messagePayload>"
        "</extensionElements></messageEventDefinition>"
    )
    nodes = (
        f'<startEvent id="begin"/>{PAY}<intermediateThrowEvent id="tell">{payload}'
        '</intermediateThrowEvent><endEvent id="paid"/>'
    )
    flows = "begin > pay\n pay > tell\n tell > paid"
    publish(office, "telling", drawing("telling", nodes, flows, MESSAGE))
    waiting = start(office, "paying")
    press(office, waiting, "pay")
    teller = start(office, "telling")
    press(office, teller, "pay")
    assert case(office, teller).status == "ended"
    assert waits_for(office, waiting) == ["thank"]
    assert case(office, waiting).data["received"] == {"amount": 3}


def test_a_message_in_an_event_gateway_beats_its_timer(office: Office) -> None:
    nodes = (
        '<startEvent id="begin"/><eventBasedGateway id="either"/>'
        '<intermediateCatchEvent id="came"><messageEventDefinition messageRef="m_paid"/>'
        "</intermediateCatchEvent>"
        '<intermediateCatchEvent id="waited"><timerEventDefinition>'
        '<timeDuration xsi:type="tFormalExpression">"PT1H"</timeDuration>'
        "</timerEventDefinition></intermediateCatchEvent>"
        f'{PAY}<manualTask id="chase" name="追"/><endEvent id="e1"/><endEvent id="e2"/>'
    )
    flows = (
        "begin > either\n either > came\n either > waited\n came > pay\n waited > chase\n"
        " pay > e1\n chase > e2"
    )
    publish(office, "choosing", drawing("choosing", nodes, flows, MESSAGE))
    case_id = start(office, "choosing")
    assert send(office, case_id=case_id).delivered_to == case_id
    assert waits_for(office, case_id) == ["pay"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_message_needs_a_name(desk: Office, name: str) -> None:
    with pytest.raises(MessageNameRefused):
        send(desk, name)


def test_a_linked_case_starts_and_nobody_waits_for_it(office: Office) -> None:
    publish(office, "paying", catching())
    asks = operator("start_case", process='"paying"', unit_no='"1-1-0101"')
    nodes = (
        f'<startEvent id="begin"/><serviceTask id="link" name="另立一案">{asks}</serviceTask>'
        '<endEvent id="done"/>'
    )
    publish(office, "linking", drawing("linking", nodes, "begin > link\n link > done"))
    parent = start(office, "linking")
    assert case(office, parent).status == "ended"
    child = case(office, parent + 1)
    assert (child.parent_id, child.parent_element) == (parent, "link")
    assert child.house_code == "1-1-0101"
    assert waits_for(office, child.id) == ["pay"]
