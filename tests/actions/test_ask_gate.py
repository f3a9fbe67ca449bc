"""A gate in a diagram: asked, held, asked again, overridden; all of it in the history."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from engine import complete_task, transact
from engine.actions.publish_process import CheckFailed
from engine.forms import read_json
from engine.operations.override_gate import (
    OverrideNotAllowed,
    OverrideNotYours,
    OverrideReasonRefused,
)
from engine.store.tables import Event, GateOverride, StaffRole, Task
from tests.actions.handover import open_task
from tests.actions.running import at, case, press, start, told, waits_for
from tests.cast import Office
from tests.estate import HOUSE, add_key, add_sheet, set_parameters
from tests.gating import answer, move_out, publish_moving_out
from tests.models import drawing, operator, properties, publish
from tests.statements import counted

FEE = "物业服务费"


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(at("2026-03-10 09:00"), tick=False):
        yield


def owing(office: Office) -> int:
    """A case that is held, since the house owes 1,005 yuan."""
    publish_moving_out(office)
    add_sheet(office, "2026-03-10", (FEE, 100500, 0, "2026-03-01"))
    case_id = move_out(office)
    press(office, case_id, "apply")
    return case_id


def test_a_house_that_owes_nothing_passes(office: Office) -> None:
    publish_moving_out(office)
    add_sheet(office, "2026-03-09", (FEE, 100, 100, "2026-03-01"))
    case_id = move_out(office)
    task_id = open_task(office, case_id, "apply").id
    person = office.person("jiahl")
    with office.sessions() as session, counted(office.engine) as asked:
        reading = partial(read_json, answers={})
        transact(session, complete_task, office.runtime, person, task_id, reading)
    assert asked.commits == 1 and len(asked.statements) <= 8, asked.told
    assert waits_for(office, case_id) == ["leave"]
    (event,) = told(office, case_id, "gate_asked")
    kept = case(office, case_id).data["arrears"]
    assert event.detail == kept
    assert (kept["answer"], kept["as_of"]) == ("ok", "2026-03-09")
    assert (event.element, event.actor) == ("ask", "贾惠玲")


def test_one_that_owes_is_held_until_it_has_paid(office: Office) -> None:
    case_id = owing(office)
    assert waits_for(office, case_id) == ["wait"]
    answer(office, case_id, "wait", "jiahl", hold="ask_again")
    assert waits_for(office, case_id) == ["wait"]
    add_sheet(office, "2026-03-10", (FEE, 100500, 100500, "2026-03-01"))
    answer(office, case_id, "wait", "jiahl", hold="ask_again")
    assert waits_for(office, case_id) == ["leave"]
    answers = [event.detail["answer"] for event in told(office, case_id, "gate_asked")]
    assert answers == ["not_ok", "not_ok", "ok"]
    first = told(office, case_id, "gate_asked")[0]
    assert first.detail["rows"][0]["owed_fen"] == 100500
    # what the form showed is kept with its answers
    shown = [
        event.detail["answers"]["standing"]["answer"]
        for event in told(office, case_id, "completed")
        if event.element == "wait"
    ]
    assert shown == ["not_ok", "ok"]


def test_a_manager_lets_it_pass_where_the_site_allows_that(office: Office) -> None:
    set_parameters(office, gate_no_arrears="warn")
    case_id = owing(office)
    answer(office, case_id, "wait", "jiahl", hold="decide")
    answer(office, case_id, "decide", "suwq", override_reason="已签分期还款协议")
    assert waits_for(office, case_id) == ["leave"]
    kept = case(office, case_id).data["arrears"]
    assert (kept["answer"], kept["passed"]) == ("not_ok", True)
    assert kept["overridden"] == {"by": "苏婉清", "reason": "已签分期还款协议"}
    (event,) = told(office, case_id, "gate_overridden")
    assert (event.actor, event.detail) == ("苏婉清", kept)
    with office.sessions() as session:
        (row,) = session.scalars(select(GateOverride)).all()
        assert (row.gate, row.house_code, row.case_id) == ("no_arrears", HOUSE, case_id)
        assert row.by == office.person("suwq").id
        assert row.answer["rows"][0]["owed_fen"] == 100500


def test_a_hard_gate_is_not_overridden(office: Office) -> None:
    case_id = owing(office)
    answer(office, case_id, "wait", "jiahl", hold="decide")
    with pytest.raises(OverrideNotAllowed):
        answer(office, case_id, "decide", "suwq", override_reason="领导同意")
    assert waits_for(office, case_id) == ["decide"]
    assert told(office, case_id, "gate_overridden") == []
    add_sheet(office, "2026-03-10", (FEE, 100500, 100500, "2026-03-01"))
    answer(office, case_id, "decide", "suwq", override_reason="")  # paid meanwhile
    assert waits_for(office, case_id) == ["leave"]
    with office.sessions() as session:
        assert session.scalars(select(GateOverride)).all() == []


@pytest.mark.parametrize("reason", [None, "", "  ", "长" * 501])
def test_an_override_needs_its_reason(desk: Office, reason: str | None) -> None:
    set_parameters(desk, gate_no_arrears="warn")
    case_id = owing(desk)
    answer(desk, case_id, "wait", "jiahl", hold="decide")
    with pytest.raises(OverrideReasonRefused):
        answer(desk, case_id, "decide", "suwq", override_reason=reason)
    assert waits_for(desk, case_id) == ["decide"]
    answer(desk, case_id, "decide", "suwq", override_reason="长" * 500)
    assert waits_for(desk, case_id) == ["leave"]


def test_an_override_is_for_managers(desk: Office) -> None:
    """Also where a diagram gave the task to somebody else."""
    set_parameters(desk, gate_no_arrears="warn")
    case_id = owing(desk)
    answer(desk, case_id, "wait", "jiahl", hold="decide")
    with desk.sessions.begin() as session:
        role = session.query(StaffRole).filter_by(role="customer_manager").one()
        role.role = "cashier"
        task = session.query(Task).filter_by(element="decide").one()
        task.worked_by = "cashier"
    with pytest.raises(OverrideNotYours):
        answer(desk, case_id, "decide", "jiahl", override_reason="急")
    assert waits_for(desk, case_id) == ["decide"]


def test_an_override_stays_as_it_was(office: Office) -> None:
    set_parameters(office, gate_no_arrears="warn")
    case_id = owing(office)
    answer(office, case_id, "wait", "jiahl", hold="decide")
    answer(office, case_id, "decide", "suwq", override_reason="协议")
    for change in (
        "UPDATE gate_override SET reason = 'x'",
        "DELETE FROM gate_override",
    ):
        with office.sessions() as session, pytest.raises(DatabaseError):
            session.execute(text(change))


def test_a_gate_sees_what_was_done_before_it_in_the_same_act(office: Office) -> None:
    """Operations whose result is kept are done at once, after those before them."""
    add_key(office, "K1", "lent")
    back = operator("take_back_key", key="&quot;K1&quot;")  # its result is not kept
    asking = operator(
        "ask_gate",
        result="found",
        name="&quot;keys_returned&quot;",
        unit_no=f"&quot;{HOUSE}&quot;",
    )
    nodes = (
        '<startEvent id="begin"/><manualTask id="go" name="开始"/>'
        f'<serviceTask id="first">{asking.replace("found", "earlier")}</serviceTask>'
        f'<serviceTask id="change">{back}</serviceTask>'
        f'<serviceTask id="look">{asking}</serviceTask>'
        '<manualTask id="then"/><endEvent id="over"/>'
    )
    flows = """begin > go
        go > first
        first > change
        change > look
        look > then
        then > over"""
    publish(office, "looking", drawing("looking", nodes, flows))
    case_id = start(office, "looking")
    press(office, case_id, "go")
    data = case(office, case_id).data
    assert (data["earlier"]["answer"], data["found"]["answer"]) == ("not_ok", "ok")
    kinds = [event.kind for event in events(office, case_id)]
    assert kinds[-3:] == ["gate_asked", "key_moved", "gate_asked"]


def events(office: Office, case_id: int) -> list[Event]:
    with office.sessions() as session:
        query = select(Event).where(Event.case_id == case_id, Event.kind != "opened")
        return list(session.scalars(query.order_by(Event.seq)))


def test_a_diagram_asks_by_the_operation_only(desk: Office) -> None:
    """Else the answer would not be in the history."""
    nodes = (
        '<startEvent id="begin"/><scriptTask id="look"><script>'
        f'found = gate("keys_returned", unit_no="{HOUSE}")</script></scriptTask>'
        '<endEvent id="over"/>'
    )
    with pytest.raises(CheckFailed):
        publish(desk, "looking", drawing("looking", nodes, "begin > look\nlook > over"))


FILE = {
    "title": "竣工验收表",
    "record": {"kind": "R29", "title": "竣工验收表", "when": "complete"},
    "schema": {
        "type": "object",
        "properties": {"complete": {"type": "boolean", "title": "齐全"}},
    },
}


@pytest.mark.parametrize("complete, answered", [(True, "ok"), (False, "not_ok")])
def test_the_paper_of_the_form_under_way_counts(
    desk: Office, complete: bool, answered: str
) -> None:
    """It is filed by the same act, after the diagram has gone on."""
    asking = operator(
        "ask_gate",
        result="found",
        name="&quot;documents_complete&quot;",
        kinds="[&quot;R29&quot;]",
    )
    nodes = (
        '<startEvent id="begin"/>'
        f'<userTask id="file">{properties(form="paper")}</userTask>'
        f'<serviceTask id="look">{asking}</serviceTask>'
        '<manualTask id="then"/><endEvent id="over"/>'
    )
    flows = "begin > file\nfile > look\nlook > then\nthen > over"
    publish(desk, "filing", drawing("filing", nodes, flows), {"paper": FILE})
    case_id = start(desk, "filing")
    answer(desk, case_id, "file", "jiahl", complete=complete)
    assert case(desk, case_id).data["found"]["answer"] == answered
