"""Calls to the outside: a wait in the case, at least once, once in effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import time_machine
from sqlalchemy import select

from engine import AlreadyDone, NotYours, Runtime, transact
from engine.actions.answer_call import answer_call
from engine.actions.retry_incident import retry_incident
from engine.actions.make_calls import ATTEMPTS, due_calls, make_call, take_call
from engine.actions.wake_cases import wake_all
from engine.store.tables import Incident, OutboxCall, Site
from tests.actions.running import at, case, press, start, told, waits_for
from tests.cast import Office
from tests.models import drawing, operator, publish

PAY = '<manualTask id="pay" name="交费"/>'


class Outside(ThreadingHTTPServer):
    """A server that notes what it is asked; ``failing`` times it answers 500."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, object]] = []
        self.failing = 0


class _Handler(BaseHTTPRequestHandler):
    server: Outside

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.headers["Idempotency-Key"], body))
        failing = self.server.failing > 0
        self.server.failing -= failing
        answer = json.dumps({"receipt": "A-1"}).encode()
        self.send_response(500 if failing else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def outside() -> Iterator[Outside]:
    server = Outside()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def calling(office: Office, outside: Outside) -> Office:
    """An office whose process asks the outside before somebody thanks."""
    host = f"127.0.0.1:{outside.server_port}"
    settings = replace(office.runtime.settings, webhook_hosts=frozenset({host}))
    office.runtime = Runtime(settings)
    asks = operator(
        "webhook", "answer", url=f'"http://{host}/bill"', body='{"unit_no": "1-1-0101"}'
    )
    nodes = (
        f'<startEvent id="begin"/><serviceTask id="ask" name="开票">{asks}</serviceTask>'
        '<boundaryEvent id="too_long" attachedToRef="ask"><timerEventDefinition>'
        '<timeDuration xsi:type="tFormalExpression">"P2D"</timeDuration>'
        "</timerEventDefinition></boundaryEvent>"
        f'{PAY}<manualTask id="by_hand" name="手工开票"/><endEvent id="paid"/><endEvent id="other"/>'
    )
    flows = (
        "begin > ask\n ask > pay\n pay > paid\n too_long > by_hand\n by_hand > other"
    )
    publish(office, "billing", drawing("billing", nodes, flows))
    return office


def work(office: Office) -> int:
    with office.sessions() as session:
        return sum(
            make_call(session, office.runtime, call) for call in due_calls(session)
        )


def call_of(office: Office, case_id: int) -> OutboxCall:
    with office.sessions() as session:
        return session.scalars(
            select(OutboxCall).where(OutboxCall.case_id == case_id)
        ).one()


def test_a_call_is_made_outside_the_act_and_its_answer_moves_the_case(
    calling: Office, outside: Outside
) -> None:
    case_id = start(calling, "billing")
    assert outside.asked == []
    assert waits_for(calling, case_id) == []
    assert work(calling) == 1
    call = call_of(calling, case_id)
    assert outside.asked == [(call.id, {"unit_no": "1-1-0101"})]
    assert waits_for(calling, case_id) == ["pay"]
    assert case(calling, case_id).data["answer"] == {
        "status": 200,
        "body": {"receipt": "A-1"},
    }
    assert (call.state, call.attempts) == ("done", 1)
    press(calling, case_id, "pay")
    assert case(calling, case_id).status == "ended"
    assert work(calling) == 0


def test_nothing_leaves_the_house_for_a_demo_site(
    calling: Office, outside: Outside
) -> None:
    with calling.sessions.begin() as session:
        session.get_one(Site, calling.site_id).demo = True
    case_id = start(calling, "billing")
    assert work(calling) == 1
    assert outside.asked == []
    # its case goes on with the answer of a call that went well
    assert case(calling, case_id).data["answer"] == {"status": 200, "body": {}}
    assert waits_for(calling, case_id) == ["pay"]


def test_a_failed_call_is_tried_again_later_with_the_same_key(
    calling: Office, outside: Outside
) -> None:
    outside.failing = 1
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(calling, "billing")
        assert work(calling) == 1
        assert work(calling) == 0  # not at once
        clock.shift(timedelta(seconds=13))
        assert work(calling) == 1
    assert len({key for key, _ in outside.asked}) == 1
    assert waits_for(calling, case_id) == ["pay"]


def test_a_call_that_keeps_failing_becomes_an_incident_and_can_be_answered_by_hand(
    calling: Office, outside: Outside
) -> None:
    outside.failing = 100
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(calling, "billing")
        for _ in range(ATTEMPTS):
            assert work(calling) == 1
            clock.shift(timedelta(hours=2))
        assert work(calling) == 0
        call = call_of(calling, case_id)
        assert (call.state, call.attempts) == ("failed", ATTEMPTS)
        with calling.sessions() as session:
            (incident,) = session.scalars(select(Incident)).all()
            assert (incident.case_id, incident.element, incident.reference) == (
                case_id,
                "ask",
                call.id,
            )
            assert "500" in incident.sentence
            person = calling.person("hanwc")
            answer = {"status": 200, "body": {"receipt": "B"}}
            transact(session, answer_call, calling.runtime, person, call.id, answer)
    assert waits_for(calling, case_id) == ["pay"]
    (line,) = told(calling, case_id, "call_answered")
    assert line.actor == "韩文川"


def test_a_second_answer_finds_nobody_waiting(
    calling: Office, outside: Outside
) -> None:
    case_id = start(calling, "billing")
    work(calling)
    call_id = call_of(calling, case_id).id
    with calling.sessions() as session, pytest.raises(AlreadyDone):
        transact(session, answer_call, calling.runtime, None, call_id, {})
    assert waits_for(calling, case_id) == ["pay"]


def test_a_worker_that_died_is_followed_by_another(
    calling: Office, outside: Outside
) -> None:
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(calling, "billing")
        call_id = call_of(calling, case_id).id
        with calling.sessions() as session:
            assert transact(session, take_call, call_id) is not None  # and dies
        assert work(calling) == 0
        clock.shift(timedelta(minutes=2, seconds=1))
        assert work(calling) == 1
    assert waits_for(calling, case_id) == ["pay"]


def test_a_deadline_drops_the_call(calling: Office, outside: Outside) -> None:
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(calling, "billing")
        clock.shift(timedelta(days=3))
        with calling.sessions() as session:
            wake_all(session, calling.runtime)
        assert call_of(calling, case_id).state == "dropped"
        assert work(calling) == 0
    assert outside.asked == []
    assert waits_for(calling, case_id) == ["by_hand"]


def test_only_allowed_hosts_are_called(calling: Office, outside: Outside) -> None:
    calling.runtime = Runtime(
        replace(calling.runtime.settings, webhook_hosts=frozenset())
    )
    case_id = start(calling, "billing")
    assert work(calling) == 1
    assert outside.asked == []
    assert "不在允许的名单里" in (call_of(calling, case_id).error or "")


def test_a_failed_call_can_be_tried_again(calling: Office, outside: Outside) -> None:
    outside.failing = ATTEMPTS
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(calling, "billing")
        for _ in range(ATTEMPTS):
            work(calling)
            clock.shift(timedelta(hours=2))
        with calling.sessions() as session:
            (incident_id,) = session.scalars(select(Incident.id)).all()
            for username in ("jiahl", "lusy"):
                with pytest.raises(NotYours):
                    transact(
                        session, retry_incident, calling.person(username), incident_id
                    )
            transact(session, retry_incident, calling.person("hanwc"), incident_id)
            with pytest.raises(AlreadyDone):
                transact(session, retry_incident, calling.person("hanwc"), incident_id)
        assert work(calling) == 1
    assert waits_for(calling, case_id) == ["pay"]
