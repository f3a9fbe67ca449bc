"""Call activities: one case, the called process inside it; multi-instance keeps results."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import select

from engine import Runtime, complete_task, transact
from engine.actions.publish_process import publish_process, read_source
from engine.actions.wake_cases import wake_all
from engine.forms import read_json
from engine.store.tables import Message, Task
from tests.actions.running import at, case, press, start, waits_for
from tests.cast import Office
from tests.models import arrows, drawing, publish

FORM: dict[str, Any] = {
    "title": "回访",
    "schema": {
        "type": "object",
        "properties": {"satisfied": {"type": "boolean", "title": "满意"}},
        "required": ["satisfied"],
    },
    "ui": {"satisfied": {"widget": "radio"}},
}


def called_and_caller(folder: Path, office: Office) -> Office:
    """Two processes in folders of their own: ``visit`` is called by ``serve``."""
    visit = drawing(
        "visit",
        '<startEvent id="v_begin"/><userTask id="ask" name="回访"/><endEvent id="v_done"/>',
        "v_begin > ask\n ask > v_done",
    )
    serve = drawing(
        "serve",
        '<startEvent id="begin"/><manualTask id="work" name="做"/>'
        '<callActivity id="follow_up" name="回访" calledElement="visit"/>'
        '<exclusiveGateway id="is_satisfied"/><manualTask id="thank" name="谢"/>'
        '<manualTask id="sorry" name="道歉"/><endEvent id="good"/><endEvent id="bad"/>',
        "begin > work\n work > follow_up\n follow_up > is_satisfied\n"
        "is_satisfied > thank : satisfied\n is_satisfied > sorry : not satisfied\n"
        "thank > good\n sorry > bad",
    )
    for name, bpmn in (("visit", visit), ("serve", serve)):
        (folder / "processes" / name).mkdir(parents=True)
        (folder / "processes" / name / f"{name}.bpmn").write_bytes(bpmn)
    (folder / "forms" / "visit").mkdir(parents=True)
    (folder / "forms" / "visit" / "ask.json").write_text(
        json.dumps(FORM), encoding="utf-8"
    )
    for name in ("roles", "records", "parameters"):
        original = office.runtime.settings.processes / f"{name}.json"
        (folder / "processes" / f"{name}.json").write_bytes(original.read_bytes())
    settings = replace(
        office.runtime.settings, processes=folder / "processes", forms=folder / "forms"
    )
    office.runtime = Runtime(settings)
    with office.sessions.begin() as session:
        whole = read_source(settings.processes, settings.forms, "serve")
        publish_process(session, office.runtime, whole)
    return office


def test_a_called_process_runs_inside_its_caller(
    office: Office, tmp_path: Path
) -> None:
    called_and_caller(tmp_path / "files", office)
    case_id = start(office, "serve")
    press(office, case_id, "work")
    with office.sessions() as session:
        task = session.scalars(
            select(Task).where(Task.case_id == case_id, Task.state == "open")
        ).one()
        assert (task.element, task.form, task.worked_by) == (
            "ask",
            "visit/ask",
            "cashier",
        )
        reading = partial(read_json, answers={"satisfied": False})
        person = office.person("jiahl")
        transact(session, complete_task, office.runtime, person, task.id, reading)
    assert waits_for(office, case_id) == ["sorry"]
    assert case(office, case_id).data["satisfied"] is False


def test_a_changed_called_process_is_a_new_version_of_its_caller(
    office: Office, tmp_path: Path
) -> None:
    called_and_caller(tmp_path / "files", office)
    settings = office.runtime.settings
    before = read_source(settings.processes, settings.forms, "serve").hash
    path = settings.processes / "visit" / "visit.bpmn"
    path.write_bytes(path.read_bytes().replace("回访".encode(), "电话回访".encode()))
    assert read_source(settings.processes, settings.forms, "serve").hash != before


def test_who_starts_the_caller_is_not_asked_of_the_called(
    office: Office, tmp_path: Path
) -> None:
    """Also where the called one comes first by its name, and is another role's."""
    called_and_caller(tmp_path / "files", office)
    settings = office.runtime.settings
    path = settings.processes / "visit" / "visit.bpmn"
    path.write_bytes(path.read_bytes().replace(b'id="cashier"', b'id="engineering"'))
    with office.sessions.begin() as session:
        whole = read_source(settings.processes, settings.forms, "serve")
        version = publish_process(session, office.runtime, whole)
        assert office.runtime.published(session, version.id).first_role == "cashier"


def test_a_called_process_that_is_cut_short_tells_nobody(
    office: Office, tmp_path: Path
) -> None:
    """Its terminate event ends the branch beside it, and is no message to other cases."""
    called_and_caller(tmp_path / "files", office)
    settings = office.runtime.settings
    nodes = (
        '<startEvent id="v_begin"/><parallelGateway id="split"/>'
        '<userTask id="ask" name="回访"/><manualTask id="wait" name="等"/>'
        '<endEvent id="waited"/>'
        '<endEvent id="v_done"><terminateEventDefinition/></endEvent>'
    )
    flows = (
        "v_begin > split\n split > ask\n split > wait\n ask > v_done\n wait > waited"
    )
    path = settings.processes / "visit" / "visit.bpmn"
    path.write_bytes(drawing("visit", nodes, flows))
    with office.sessions.begin() as session:
        whole = read_source(settings.processes, settings.forms, "serve")
        publish_process(session, office.runtime, whole)
    case_id = start(office, "serve")
    press(office, case_id, "work")
    assert sorted(waits_for(office, case_id)) == ["ask", "wait"]
    with office.sessions() as session:
        query = select(Task).where(Task.case_id == case_id, Task.element == "ask")
        reading = partial(read_json, answers={"satisfied": True})
        task, person = session.scalars(query).one(), office.person("jiahl")
        transact(session, complete_task, office.runtime, person, task.id, reading)
        assert waits_for(office, case_id) == ["thank"]
        assert session.scalars(select(Message)).all() == []


def household_survey(deadline: str = "") -> bytes:
    inner = (
        '<startEvent id="h_begin"/><manualTask id="answer" name="答"/>'
        '<scriptTask id="note"><script>result = {"house": house_no}</script></scriptTask>'
        '<endEvent id="h_done"/>'
    )
    loop = (
        "<multiInstanceLoopCharacteristics{how}><loopDataInputRef>houses</loopDataInputRef>"
        "<loopDataOutputRef>results</loopDataOutputRef>"
        '<inputDataItem id="house_no"/><outputDataItem id="result"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    own = loop.format(how="")
    nodes = (
        '<startEvent id="begin"/><scriptTask id="list_houses"><script>houses = [1, 2, 3]'
        f'</script></scriptTask><subProcess id="each">{own}{inner}'
        f'{arrows("h_begin > answer" + chr(10) + "answer > note" + chr(10) + "note > h_done")}'
        f'</subProcess>{deadline}<manualTask id="count" name="数"/><endEvent id="done"/>'
    )
    flows = "begin > list_houses\n list_houses > each\n each > count\n count > done"
    if deadline:
        flows += "\n over > count"
    return drawing("households", nodes, flows)


def test_parallel_turns_collect_their_results(office: Office) -> None:
    publish(office, "households", household_survey())
    case_id = start(office, "households")
    assert waits_for(office, case_id) == ["answer"] * 3
    for _ in range(3):
        press(office, case_id, "answer")
    assert waits_for(office, case_id) == ["count"]
    found = case(office, case_id).data["results"]
    assert sorted(result["house"] for result in found) == [1, 2, 3]


def test_results_are_kept_when_a_deadline_interrupts(office: Office) -> None:
    deadline = (
        '<boundaryEvent id="over" attachedToRef="each"><timerEventDefinition>'
        '<timeDuration xsi:type="tFormalExpression">"PT1H"</timeDuration>'
        "</timerEventDefinition></boundaryEvent>"
    )
    publish(office, "households", household_survey(deadline))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(office, "households")
        press(office, case_id, "answer")
        clock.move_to(at("2026-03-02 10:01"), tick=False)
        with office.sessions() as session:
            wake_all(session, office.runtime)
    assert waits_for(office, case_id) == ["count"]
    assert len(case(office, case_id).data["results"]) == 1
