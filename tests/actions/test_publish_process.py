"""Publishing: what is refused, with which sentence, and that nothing is stored then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import Refused, transact
from engine.actions.publish_process import (
    VersionNoteTooLong,
    CheckFailed,
    FormFileRefused,
    findings_of,
    publish_process,
    read_source,
)
from engine.settings import ROOT
from engine.store.tables import Process, ProcessVersion
from engine.workflow.library import Source
from tests.cast import Office

BPMN = (ROOT / "processes/house_handover/house_handover.bpmn").read_bytes()


def source(bpmn: bytes, process_id: str = "house_handover") -> Source:
    whole = read_source(ROOT / "processes", ROOT / "forms", "house_handover")
    return Source(process_id, bpmn, {}, whole.forms)


NOT_A_MODEL = {
    "no XML": (b"this is not XML at all", "XML"),
    "empty": (b"", "空"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0", "UTF-8"),
    "a DOCTYPE": (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        "DOCTYPE",
    ),
    "20 MB": (BPMN.replace(b"</bpmn:definitions>", b" " * 20_000_000), "上限"),
    "10,000 deep": (b"<a>" * 10_000 + b"</a>" * 10_000, "嵌套"),
    "another root": (b"<html><body/></html>", "根元素"),
    "cut off": (BPMN[: len(BPMN) // 2], "XML"),
}


@pytest.mark.parametrize("kind", NOT_A_MODEL)
def test_a_file_that_is_no_model_is_refused_with_a_sentence(
    kind: str, desk: Office
) -> None:
    content, word = NOT_A_MODEL[kind]
    with desk.sessions() as session:
        before = session.scalar(select(func.count()).select_from(ProcessVersion))
        with pytest.raises(Refused, match=word) as refused:
            transact(session, publish_process, desk.runtime, source(content))
        assert 400 <= refused.value.status < 500
        after = session.scalar(select(func.count()).select_from(ProcessVersion))
        assert after == before


WRONG = {
    "an unknown role": (b'lane id="cashier"', b'lane id="treasurer"', "角色"),
    "an unknown operation": (
        b'serviceTaskOperator id="write_record"',
        b'serviceTaskOperator id="rm_rf"',
        "操作",
    ),
    "a flow to nowhere": (
        b'targetRef="collect_fee"',
        b'targetRef="nowhere"',
        "终点“nowhere”",
    ),
    "a step without a lane": (
        b"<bpmn:flowNodeRef>collect_fee</bpmn:flowNodeRef>",
        b"",
        "不在任何泳道里",
    ),
    "a hostile condition": (b">identity_ok<", b">().__class__<", "不能|不允许|身份"),
    "a broken condition": (b">identity_ok<", b">identity_ok ==<", "身份|属实"),
    "an inclusive gateway": (b"exclusiveGateway", b"inclusiveGateway", "包容网关"),
    "a hostile script": (
        b"prepay_months = param(",
        b"import os\nx = param(",
        "计算预收物业费",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_model_is_refused_and_its_element_named(
    kind: str, desk: Office
) -> None:
    before, after, word = WRONG[kind]
    assert before in BPMN
    wrong = source(BPMN.replace(before, after))
    try:
        said = "".join(f.sentence for f in findings_of(desk.runtime, wrong))
    except Refused as refused:
        said = str(refused)
    assert any(part in said for part in word.split("|")), said
    with desk.sessions() as session, pytest.raises(Refused):
        transact(session, publish_process, desk.runtime, wrong)


def test_a_missing_form_is_named(desk: Office) -> None:
    whole = source(BPMN)
    forms = {name: form for name, form in whole.forms.items() if name != "collect_fee"}
    found = findings_of(desk.runtime, Source("house_handover", BPMN, {}, forms))
    errors = [f for f in found if f.severity == "error"]
    assert [f.sentence for f in errors] == [
        "“收取物业费”：没有名为“collect_fee”的表单。"
    ]


def test_all_shipped_processes_are_without_errors(desk: Office) -> None:
    for path in (ROOT / "processes").glob("*/*.bpmn"):
        whole = read_source(ROOT / "processes", ROOT / "forms", path.parent.name)
        found = findings_of(desk.runtime, whole)
        assert [f for f in found if f.severity == "error"] == []


def test_the_same_content_twice_is_one_version(office: Office) -> None:
    with office.sessions() as session:
        first = transact(session, publish_process, office.runtime, source(BPMN))
        again = transact(session, publish_process, office.runtime, source(BPMN))
        assert first.id == again.id
        same = select(func.count()).where(ProcessVersion.process_id == first.process_id)
        assert session.scalar(same) == 1


def test_new_content_is_the_next_version_and_the_old_one_stays(office: Office) -> None:
    changed = BPMN.replace("业主前来收房".encode(), "业主来收房".encode())
    with office.sessions() as session:
        first = transact(session, publish_process, office.runtime, source(BPMN))
        second = transact(session, publish_process, office.runtime, source(changed))
        assert (first.number, second.number) == (1, 2)
        current = session.get_one(Process, "house_handover")
        assert current.current_id == second.id
        back = transact(session, publish_process, office.runtime, source(BPMN))
        assert back.id == first.id


def test_a_broken_form_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "house_handover").mkdir()
    (tmp_path / "house_handover/start.json").write_text("{", encoding="utf-8")
    with pytest.raises(FormFileRefused, match=r"start\.json"):
        read_source(ROOT / "processes", tmp_path, "house_handover")


def test_a_refusal_holds_every_finding(desk: Office) -> None:
    wrong = source(
        BPMN.replace(
            b'serviceTaskOperator id="write_record"',
            b'serviceTaskOperator id="nothing"',
        )
    )
    with desk.sessions() as session, pytest.raises(CheckFailed) as refused:
        publish_process(session, desk.runtime, wrong)
    assert len(refused.value.findings) == 2


def test_what_cannot_be_read_is_one_finding(desk: Office) -> None:
    (finding,) = [f for f in findings_of(desk.runtime, source(b"")) if f.code == "file"]
    assert (finding.severity, finding.element) == ("error", "house_handover")
    assert "空" in finding.sentence


def test_a_step_that_would_be_done_twice_is_told_with_the_run(
    desk: Office,
) -> None:
    """The question whether there are defects becomes a join: only one way leads there."""
    wrong = BPMN.replace(
        b'exclusiveGateway id="are_there_defects"',
        b'parallelGateway id="are_there_defects"',
    )
    first, last = wrong.split(b'<bpmn:parallelGateway id="are_there_defects"')
    head, rest = last.split(b"</bpmn:exclusiveGateway>", 1)
    wrong = first + b'<bpmn:parallelGateway id="are_there_defects"' + head
    wrong += b"</bpmn:parallelGateway>" + rest
    for flow in (b">not has_defects<", b">has_defects<"):
        at = wrong.index(flow)
        start = wrong.rindex(b"<bpmn:conditionExpression", 0, at)
        end = wrong.index(b"</bpmn:conditionExpression>", at)
        wrong = wrong[:start] + wrong[end + len(b"</bpmn:conditionExpression>") :]
    found = findings_of(desk.runtime, source(wrong))
    unsound = [f for f in found if f.code.startswith("unsound")]
    assert [(f.severity, f.element, f.code) for f in unsound] == [
        ("warning", "explain_keys", "unsound.twice")
    ]
    assert unsound[0].path[0] == "owner_came"
    assert unsound[0].path[-1] == "explain_keys"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (b'<spiffworkflow:parameter id="unit_no" type', b'<x id="y" type', "缺少参数"),
        (b'id="handed_over_on" type', b'id="handed_over" type', "没有参数"),
    ],
)
def test_an_operation_gets_the_arguments_it_takes(
    before: bytes, after: bytes, words: str, desk: Office
) -> None:
    assert before in BPMN
    wrong = source(BPMN.replace(before, after))
    said = "".join(f.sentence for f in findings_of(desk.runtime, wrong))
    assert words in said


def test_findings_of_all_checks_are_in_the_order_of_the_drawing(desk: Office) -> None:
    whole = source(BPMN)
    found = [f.element for f in findings_of(desk.runtime, whole)]
    assert found == sorted(
        found, key=lambda element: BPMN.find(f'id="{element}"'.encode())
    )


def test_a_version_keeps_why_it_was_published(office: Office) -> None:
    folders = (office.runtime.settings.processes, office.runtime.settings.forms)
    handover = read_source(*folders, "house_handover")
    changed = replace(
        handover, bpmn=handover.bpmn.replace(b"</bpmn:process>", b"</bpmn:process> ")
    )
    by = office.person("hanwc").id
    with office.sessions.begin() as session:
        long = "长" * 500
        version = publish_process(session, office.runtime, changed, by, f" {long}\n")
        assert (version.note, version.published_by) == (long, by)
    with office.sessions() as session, pytest.raises(VersionNoteTooLong):
        publish_process(session, office.runtime, changed, by, "长" * 501)
