"""Whatever a modeler exports is answered with findings, soon, and never with a crash."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings as hypothesis_settings
from hypothesis import strategies as st

from engine.actions.publish_process import findings_of, read_source
from engine.runtime import Runtime
from engine.settings import ROOT
from engine.workflow.check import Finding
from engine.workflow.library import Source
from tests.cast import settings
from tests.workflow.build import Model
from tests.workflow.faulty_models import FAULTY, UNSOUND
from tests.workflow.mutations import mutated
from tests.workflow.random_models import model as random_model
from tests.workflow.test_decisions import LEVELS, model as deciding

SECONDS = 5
HANDOVER = read_source(ROOT / "processes", ROOT / "forms", "house_handover")
SMALL = [faulty.model for faulty in (*FAULTY.values(), *UNSOUND.values())]


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    return Runtime(settings(Path(tmp_path_factory.mktemp("any")), "sqlite://"))


def ours(bpmn: bytes) -> bytes:
    """With a role that the installation knows, so that more is looked at."""
    return bpmn.replace(b'"clerk"', b'"customer_assistant"')


def checked(runtime: Runtime, source: Source) -> list[Finding]:
    began = time.process_time()
    found = findings_of(runtime, source)
    assert time.process_time() - began < SECONDS
    for finding in found:
        assert finding.severity in ("error", "warning")
        assert finding.sentence
    return found


@pytest.mark.parametrize("seed", range(100))
def test_a_damaged_procedure_is_checked(seed: int, runtime: Runtime) -> None:
    bpmn = mutated(HANDOVER.bpmn, seed, 1 + seed % 5)
    checked(runtime, Source("house_handover", bpmn, {}, HANDOVER.forms))


@pytest.mark.parametrize("seed", range(250))
def test_a_damaged_small_drawing_is_checked(seed: int, runtime: Runtime) -> None:
    bpmn = mutated(ours(SMALL[seed % len(SMALL)].bpmn()), seed, 1 + seed % 2)
    checked(runtime, Source("p", bpmn, {}, {"a": {}, "b": {}}))


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_decision_is_checked(seed: int, runtime: Runtime) -> None:
    bpmn = ours(deciding(LEVELS).bpmn())
    decisions = {"kind.dmn": mutated(LEVELS, seed, 1 + seed % 3)}
    checked(runtime, Source("p", bpmn, decisions, {"a": {}}))


@pytest.mark.parametrize("seed", range(60))
def test_a_random_drawing_is_checked(seed: int, runtime: Runtime) -> None:
    checked(runtime, Source("p", random_model(seed, most=40), {}, {}))


@hypothesis_settings(max_examples=60, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_bytes_are_checked(content: bytes) -> None:
    runtime = Runtime(settings(ROOT, "sqlite://"))
    assert checked(runtime, Source("p", content, {}, {}))[0].code == "file"


@pytest.mark.parametrize("seed", range(40))
def test_random_xml_is_checked(seed: int, runtime: Runtime) -> None:
    rnd = random.Random(seed)
    names = ("process", "userTask", "sequenceFlow", "lane", "x:y", "startEvent")

    def grow(depth: int) -> str:
        name = rnd.choice(names)
        count = rnd.randint(0, 3) if depth else 0
        inside = "".join(grow(depth - 1) for _ in range(count))
        return f'<{name} id="{rnd.choice("abp")}" targetRef="{rnd.choice("ab")}">{inside}</{name}>'

    body = "".join(grow(4) for _ in range(4))
    bpmn = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:x="urn:x"'
        f' targetNamespace="t">{body}</definitions>'
    )
    assert checked(runtime, Source("p", bpmn.encode(), {}, {}))


def test_2000_elements_are_answered(runtime: Runtime) -> None:
    steps = " -> ".join(["start.s", *(f"user.u{n}" for n in range(2000)), "end.e"])
    found = checked(runtime, Source("p", ours(Model(steps).bpmn()), {}, {}))
    assert [f.code for f in found] == ["drawing.too_large"]


def test_280_gateways_in_a_tangle_are_answered(runtime: Runtime) -> None:
    rnd = random.Random(1)
    kinds = ("xor", "and", "xor", "user")
    chains = [" -> ".join(f"{rnd.choice(kinds)}.n{n}" for n in range(280))]
    chains += [f"n{rnd.randrange(280)} -> n{rnd.randrange(280)}" for _ in range(200)]
    model = Model("start.s -> task.t -> end.e\n" + "\n".join(chains))
    checked(runtime, Source("p", ours(model.bpmn()), {}, {}))


@pytest.mark.parametrize("levels", [10, 60, 150])
def test_subprocesses_in_subprocesses_are_answered(
    levels: int, runtime: Runtime
) -> None:
    inside = {f"x{n}": f"start.s{n} -> sub.x{n + 1} -> end.e{n}" for n in range(levels)}
    inside[f"x{levels}"] = f"start.s{levels} -> task.t -> end.e{levels}"
    model = Model("start.s -> sub.x0 -> end.e", inside=inside)
    checked(runtime, Source("p", ours(model.bpmn()), {}, {}))


CAMUNDA = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="Definitions_1"
  targetNamespace="http://bpmn.io/schema/bpmn" exporter="Camunda Modeler" exporterVersion="5.0">
  <bpmn:process id="p" isExecutable="true" camunda:historyTimeToLive="30">
    <bpmn:startEvent id="StartEvent_1"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="Activity_1" name="Approve" camunda:formKey="embedded:a.html"
      camunda:assignee="${starter}"><bpmn:extensionElements><camunda:taskListener
      class="org.x.Y" event="create"/></bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing></bpmn:userTask>
    <bpmn:exclusiveGateway id="Gateway_1"><bpmn:incoming>Flow_2</bpmn:incoming>
      <bpmn:outgoing>Flow_3</bpmn:outgoing><bpmn:outgoing>Flow_4</bpmn:outgoing>
      </bpmn:exclusiveGateway>
    <bpmn:serviceTask id="Activity_2" name="Pay" camunda:delegateExpression="${pay}">
      <bpmn:incoming>Flow_3</bpmn:incoming><bpmn:outgoing>Flow_5</bpmn:outgoing>
      </bpmn:serviceTask>
    <bpmn:businessRuleTask id="Activity_3" camunda:decisionRef="d" camunda:resultVariable="r">
      <bpmn:incoming>Flow_4</bpmn:incoming><bpmn:outgoing>Flow_6</bpmn:outgoing>
      </bpmn:businessRuleTask>
    <bpmn:endEvent id="Event_1"><bpmn:incoming>Flow_5</bpmn:incoming>
      <bpmn:incoming>Flow_6</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="StartEvent_1" targetRef="Activity_1"/>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Activity_1" targetRef="Gateway_1"/>
    <bpmn:sequenceFlow id="Flow_3" sourceRef="Gateway_1" targetRef="Activity_2">
      <bpmn:conditionExpression>${approved}</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="Flow_4" sourceRef="Gateway_1" targetRef="Activity_3"/>
    <bpmn:sequenceFlow id="Flow_5" sourceRef="Activity_2" targetRef="Event_1"/>
    <bpmn:sequenceFlow id="Flow_6" sourceRef="Activity_3" targetRef="Event_1"/>
  </bpmn:process>
</bpmn:definitions>"""
ZEEBE = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:modeler="http://camunda.org/schema/modeler/1.0"
  id="Definitions_2" targetNamespace="t" modeler:executionPlatform="Camunda Cloud">
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="s"/>
    <bpmn:serviceTask id="a" name="Charge"><bpmn:extensionElements>
      <zeebe:taskDefinition type="charge" retries="3"/><zeebe:ioMapping>
      <zeebe:input source="= amount" target="sum"/></zeebe:ioMapping></bpmn:extensionElements>
      </bpmn:serviceTask>
    <bpmn:intermediateCatchEvent id="c"><bpmn:timerEventDefinition id="t">
      <bpmn:timeDuration>=duration("PT1H")</bpmn:timeDuration></bpmn:timerEventDefinition>
      </bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="e"/>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
    <bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="c"/>
    <bpmn:sequenceFlow id="f3" sourceRef="c" targetRef="e"/>
  </bpmn:process>
</bpmn:definitions>"""


def test_what_camunda_exports_is_answered(runtime: Runtime) -> None:
    found = checked(runtime, Source("p", CAMUNDA.encode(), {}, {}))
    assert {(f.element, f.code) for f in found if f.severity == "error"} == {
        ("Activity_1", "lane.missing"),
        ("Activity_1", "form.unknown"),
        ("Activity_2", "service.missing"),
        ("Activity_3", "decision.missing"),
        ("Flow_3", "expression"),
        ("Flow_4", "gateway.no_condition"),
    }


def test_what_zeebe_exports_is_answered(runtime: Runtime) -> None:
    found = checked(runtime, Source("p", ZEEBE.encode(), {}, {}))
    assert {(f.element, f.code) for f in found if f.severity == "error"} == {
        ("a", "service.missing"),
        ("c", "expression"),
    }
