"""Completing a task: one transaction, few statements, nothing twice, nothing half."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import func, select

from engine import (
    AlreadyDone,
    AnswersRefused,
    NotFound,
    NotYours,
    Refused,
    complete_task,
    transact,
)
from engine.forms import read_json
from engine.store.database import Busy
from engine.store.tables import Case, Event, Record, Task
from engine.workflow.run import StepFailed
from tests.actions.handover import begin, case_of, finish, open_task, upto, usual
from tests.actions.running import press, start
from tests.cast import Office
from tests.estate import add_key
from tests.models import drawing, publish
from tests.statements import counted

PATH = [
    "check_identity",
    "collect_papers",
    "fill_owner_file",
    "sign_safety_letter",
    "collect_fee",
    "inspect_house",
    "explain_keys",
    "hand_over_keys",
]


def complete(office: Office, username: str, task_id: str, **answers: object) -> None:
    with office.sessions() as session:
        reading = partial(read_json, answers=answers)
        person = office.person(username)
        transact(session, complete_task, office.runtime, person, task_id, reading)


def test_every_step_takes_one_commit_and_at_most_8_statements(office: Office) -> None:
    case_id = begin(office)
    for code, quantity in (("K1", 4), ("K2", 1)):
        more = {"kind": "not_handed_over", "quantity": quantity}
        add_key(office, code, house="1-1-0101", **more)
    for element in PATH:
        task = open_task(office, case_id, element)
        given = usual().get(element, {})
        if element == "collect_papers":
            finish(office, case_id, element)  # its upload is an act of its own
            continue
        person = office.person("jiahl" if task.worked_by == "cashier" else "lusy")
        with office.sessions() as session, counted(office.engine) as asked:
            reading = partial(read_json, answers=given)
            transact(session, complete_task, office.runtime, person, task.id, reading)
        assert asked.commits == 1, element
        # the keys of the house: one to read; one to write, two where trips cost nothing
        keys = element == "hand_over_keys" and office.engine.name == "sqlite"
        assert len(asked.statements) <= 8 + 3 * keys, f"{element}\n{asked.told}"


def test_of_two_who_complete_at_once_one_wins(office: Office) -> None:
    task = open_task(office, upto(office, "sign_safety_letter"), "sign_safety_letter")
    together = Barrier(2)

    def attempt(username: str) -> str:
        person = office.person(username)
        reading = partial(read_json, answers=usual()["sign_safety_letter"])
        with office.sessions() as session:
            together.wait()
            try:
                transact(
                    session, complete_task, office.runtime, person, task.id, reading
                )
            except (AlreadyDone, Busy) as late:
                return str(late)
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(attempt, ["lusy", "yaojn"]))
    assert said.count("done") == 1
    assert any("已经办结" in text or "刚被别人改动" in text for text in said)
    with office.sessions() as session:
        assert session.scalar(select(func.count()).where(Record.kind == "R03")) == 1


def test_two_branches_completed_at_once_both_count(office: Office) -> None:
    case_id = upto(office, "inspect_house")
    finish(office, case_id, "inspect_house", has_defects=True)
    finish(office, case_id, "list_defects")
    explain = open_task(office, case_id, "explain_keys")
    rectify = open_task(office, case_id, "rectify_defect")
    together = Barrier(2)

    def attempt(username: str, task_id: str, answers: dict[str, object]) -> None:
        person = office.person(username)
        with office.sessions() as session:
            reading = partial(read_json, answers=answers)
            together.wait()
            transact(session, complete_task, office.runtime, person, task_id, reading)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(attempt, "lusy", explain.id, {})
        second = pool.submit(attempt, "shicl", rectify.id, usual()["rectify_defect"])
        first.result()
        second.result()
    assert open_task(office, case_id, "hand_over_keys")
    assert open_task(office, case_id, "recheck_defect")


def test_a_join_that_waited_is_told_once(desk: Office) -> None:
    nodes = (
        '<startEvent id="begin"/><parallelGateway id="split"/><manualTask id="one"/>'
        '<manualTask id="other"/><parallelGateway id="join"/><endEvent id="over"/>'
    )
    flows = (
        "begin > split\n split > one\n split > other\n one > join\n other > join\n"
        "join > over"
    )
    publish(desk, "joined", drawing("joined", nodes, flows))
    case_id = start(desk, "joined")
    press(desk, case_id, "one")
    press(desk, case_id, "other")
    with desk.sessions() as session:
        query = select(Event.kind).where(
            Event.case_id == case_id, Event.element == "join"
        )
        assert session.scalars(query).all() == ["passed"]


def test_a_second_press_reads_that_it_is_done(office: Office) -> None:
    task = open_task(office, begin(office), "check_identity")
    complete(office, "lusy", task.id, **usual()["check_identity"])
    with pytest.raises(AlreadyDone, match="已经办结"):
        complete(office, "lusy", task.id, **usual()["check_identity"])


def test_only_whose_task_it_is_may(desk: Office) -> None:
    task = open_task(desk, begin(desk), "check_identity")
    for username in ("jiahl", "shicl", "baiyf", "hanwc"):
        with pytest.raises(NotYours):
            complete(desk, username, task.id, **usual()["check_identity"])
    with pytest.raises(NotFound):
        complete(desk, "lusy", "0" * 32)


def test_only_declared_fields_enter_the_case(desk: Office) -> None:
    case_id = begin(desk)
    task = open_task(desk, case_id, "check_identity")
    with pytest.raises(AnswersRefused) as refused:
        complete(desk, "lusy", task.id, **usual()["check_identity"], fees_paid=True)
    assert refused.value.fields.keys() == {"fees_paid"}
    assert "fees_paid" not in case_of(desk, case_id).data


@pytest.mark.parametrize("field", ["fee_total", "fee_start", "area_m2"])
def test_computed_fields_are_never_taken_from_the_client(
    desk: Office, field: str
) -> None:
    case_id = upto(desk, "collect_fee")
    task = open_task(desk, case_id, "collect_fee")
    before = case_of(desk, case_id).data[field]
    complete(desk, "jiahl", task.id, **{**usual()["collect_fee"], field: "1"})
    assert case_of(desk, case_id).data[field] == before


def test_a_refused_act_changes_nothing(office: Office) -> None:
    case_id = upto(office, "collect_fee")
    task = open_task(office, case_id, "collect_fee")
    before = _everything(office, case_id)
    for wrong in (
        {"amount_received": "abc"},
        {"pay_method": "gold"},
        {"amount_received": "1"},
    ):
        with pytest.raises(AnswersRefused):
            complete(office, "jiahl", task.id, **{**usual()["collect_fee"], **wrong})
    assert _everything(office, case_id) == before


def test_a_step_that_fails_names_itself_and_leaves_the_case(office: Office) -> None:
    case_id = upto(office, "hand_over_keys")
    with office.sessions.begin() as session:  # somebody removed the house meanwhile
        case = session.get_one(Case, case_id)
        case.data = {**case.data}
        session.connection().exec_driver_sql(
            "UPDATE house SET code = 'gone' WHERE code = '1-1-0101'"
        )
    before = _everything(office, case_id)
    with pytest.raises(Refused, match="没有房号"):
        finish(office, case_id, "hand_over_keys")
    assert _everything(office, case_id) == before
    assert issubclass(StepFailed, Refused)


def _everything(office: Office, case_id: int) -> tuple[object, ...]:
    with office.sessions() as session:
        case = session.get_one(Case, case_id)
        tasks = session.execute(select(Task.id, Task.state).order_by(Task.id)).all()
        events = session.scalar(select(func.count()).select_from(Event))
        records = session.scalar(select(func.count()).select_from(Record))
        return case.version, case.data, case.status, tasks, events, records


def test_history_says_who_when_what(office: Office) -> None:
    case_id = begin(office)
    finish(office, case_id, "check_identity")
    with office.sessions() as session:
        events = session.scalars(
            select(Event).where(Event.case_id == case_id).order_by(Event.seq)
        ).all()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    done = next(event for event in events if event.kind == "completed")
    assert (done.actor, done.element, done.step) == (
        "陆思远",
        "check_identity",
        "P01.01",
    )
    assert done.detail is not None and done.detail["answers"]["identity_ok"] is True


def test_history_is_append_only(office: Office) -> None:
    begin(office)
    for statement in ("UPDATE history SET actor = 'x'", "DELETE FROM history"):
        with office.engine.connect() as connection, pytest.raises(
            Exception, match="append-only"
        ):
            connection.exec_driver_sql(statement)


def test_numbers_stay_unbroken_when_an_act_fails(office: Office) -> None:
    first, second = upto(office, "sign_safety_letter"), upto(
        office, "sign_safety_letter"
    )
    with pytest.raises(AnswersRefused):
        finish(office, first, "sign_safety_letter", explained=False)
    finish(office, second, "sign_safety_letter")
    finish(office, first, "sign_safety_letter")
    with office.sessions() as session:
        serials = session.scalars(
            select(Record.serial).where(Record.kind == "R03").order_by(Record.serial)
        ).all()
    assert serials == [1, 2]
