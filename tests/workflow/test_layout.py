"""The drawing of a process: what must hold for every model, and a few shapes of models."""

from __future__ import annotations

import pytest
from lxml import etree
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from engine.workflow.layout import NothingToDraw, draw
from engine.workflow.layout import text
from engine.workflow.xml import DoctypeRefused, WrongRoot
from tests.workflow.drawing import Drawing, inside
from tests.workflow.random_models import BPMN, model

MODELS, PORTION = 320, 20


@pytest.mark.parametrize("first", range(0, MODELS, PORTION))
def test_every_random_model_is_drawn_without_a_fault(first: int):
    for seed in range(first, first + PORTION):
        once = draw(model(seed, most=6))
        assert Drawing(once).faults() == [], f"seed {seed}"
        assert draw(once) == once, f"seed {seed} is drawn differently the second time"


@pytest.mark.parametrize("seed", [1, 37, 240, 853, 1145, 1210])
def test_a_large_random_model_is_drawn_without_a_fault(seed: int):
    assert Drawing(draw(model(seed, most=14))).faults() == []


def definitions(process: str, head: str = "") -> bytes:
    return (
        f'<definitions xmlns="{BPMN}" id="defs" targetNamespace="t">{head}'
        f'<process id="p" isExecutable="true">{process}</process></definitions>'
    ).encode()


def flow(source: str, target: str, name: str = "") -> str:
    return (
        f'<sequenceFlow id="{source}_{target}" sourceRef="{source}"'
        f' targetRef="{target}" name="{name}"/>'
    )


def chain(*nodes: str) -> str:
    return "".join(flow(one, other) for one, other in zip(nodes, nodes[1:]))


START, END = (
    '<startEvent id="begun" name="已开始"/>',
    '<endEvent id="done" name="已办结"/>',
)
TASK = '<userTask id="{0}" name="办理{0}"/>'
SINGLE = START + TASK.format("a") + END + chain("begun", "a", "done")


def drawn(process: str, head: str = "") -> Drawing:
    drawing = Drawing(draw(definitions(process, head)))
    assert drawing.faults() == []
    return drawing


def test_a_single_task_is_one_straight_line():
    drawing = drawn(SINGLE)
    assert drawing.bends() == 0
    assert [round(b[2] - b[0]) for b in drawing.shapes.values()] == [36, 100, 36]
    lefts = [drawing.shapes[n][0] for n in ("begun", "a", "done")]
    assert lefts == sorted(lefts)


def test_lanes_keep_the_order_of_the_file_and_their_least_height():
    names = [f"step{n}" for n in range(5)]
    lanes = "".join(
        f'<lane id="role{n}" name="岗位{n}"><flowNodeRef>{name}</flowNodeRef></lane>'
        for n, name in enumerate(names)
    )
    tasks = "".join(TASK.format(name) for name in names)
    drawing = drawn(f'<laneSet id="l">{lanes}</laneSet>{tasks}' + chain(*names))
    boxes = [drawing.shapes[f"role{n}"] for n in range(5)]
    assert all(low[1] == high[3] for high, low in zip(boxes, boxes[1:]))
    assert {box[3] - box[1] for box in boxes} == {120}
    assert drawing.crossings() == 0


def test_a_pool_and_its_lanes_have_headers_of_30_px():
    head = '<collaboration id="c"><participant id="pool" name="流程" processRef="p"/></collaboration>'
    lanes = (
        '<laneSet id="l"><lane id="role"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    )
    drawing = drawn(lanes + SINGLE, head)
    pool, lane = drawing.shapes["pool"], drawing.shapes["role"]
    assert lane[0] - pool[0] == 30
    assert drawing.shapes["begun"][0] >= lane[0] + 30
    assert pool[2:] == lane[2:]


def test_nested_lanes_lie_inside_the_outer_one():
    lanes = (
        '<laneSet id="l"><lane id="outer"><childLaneSet id="cl">'
        '<lane id="one"><flowNodeRef>a</flowNodeRef></lane><lane id="two"/></childLaneSet></lane>'
        '<lane id="plain"><flowNodeRef>done</flowNodeRef></lane></laneSet>'
    )
    drawing = drawn(lanes + SINGLE)
    shapes = drawing.shapes
    assert inside(shapes["one"], shapes["outer"]) and inside(
        shapes["two"], shapes["outer"]
    )
    assert shapes["plain"][0] == shapes["outer"][0] < shapes["one"][0]


def test_a_deadline_sits_on_the_lower_border_and_leaves_downwards():
    late = (
        '<boundaryEvent id="late" attachedToRef="a" name="超过10分钟"/>'
        '<userTask id="urge" name="督办"/><endEvent id="urged"/>'
    )
    drawing = drawn(SINGLE + late + chain("late", "urge", "urged"))
    host, event = drawing.shapes["a"], drawing.shapes["late"]
    assert (event[1] + event[3]) / 2 == host[3]
    line = drawing.lines["late_urge"]
    assert line[0] == ((event[0] + event[2]) / 2, event[3]) and line[1][1] > line[0][1]
    assert len(line) == 3  # down, then right: one bend


def test_three_deadlines_of_one_task_hang_side_by_side():
    late = "".join(
        f'<boundaryEvent id="late{n}" attachedToRef="a" name="超过{n}小时"/>'
        f'<endEvent id="end{n}"/>' + flow(f"late{n}", f"end{n}")
        for n in range(3)
    )
    drawn(SINGLE + late)


def test_rework_runs_back_around_the_main_path():
    gateway = '<exclusiveGateway id="ok" name="是否合格?"/>'
    process = START + TASK.format("a") + gateway + END + chain("begun", "a", "ok")
    drawing = drawn(process + flow("ok", "a", "否") + flow("ok", "done", "是"))
    row = {
        drawing.shapes[n][1] + drawing.shapes[n][3]
        for n in ("begun", "a", "ok", "done")
    }
    assert len(row) == 1
    back = drawing.lines["ok_a"]
    assert len(back) == 4 and back[-1][0] < back[0][0]
    assert drawing.crossings() == 0


def test_the_answer_of_a_gateway_closes_a_loop_rather_than_a_step():
    nodes = START + "".join(TASK.format(n) for n in "abcd") + END
    gateways = '<exclusiveGateway id="urgent"/><exclusiveGateway id="fixed"/>'
    flows = chain("begun", "urgent", "a", "fixed", "d", "fixed") + flow("urgent", "b")
    flows += chain("b", "d") + chain("fixed", "done") + chain("c", "done")
    drawing = drawn(nodes + gateways + flows)
    left = {name: box[0] for name, box in drawing.shapes.items()}
    assert left["b"] < left["d"] < left["fixed"] < left["done"]


def test_a_task_may_follow_itself():
    line = drawn(SINGLE + flow("a", "a")).lines["a_a"]
    assert len(line) >= 4


def test_subprocesses_hold_what_is_inside_them():
    inner = (
        '<startEvent id="{0}s"/><userTask id="{0}t" name="收取押金"/><endEvent id="{0}e"/>'
        '<sequenceFlow id="{0}1" sourceRef="{0}s" targetRef="{0}t"/>'
        '<sequenceFlow id="{0}2" sourceRef="{0}t" targetRef="{0}e"/>'
    )
    subs = "".join(
        f'<subProcess id="{n}" name="子流程">{inner.format(n)}</subProcess>'
        for n in "xy"
    )
    drawing = drawn(START + subs + END + chain("begun", "x", "y", "done"))
    for sub in "xy":
        assert all(
            inside(drawing.shapes[sub + part], drawing.shapes[sub]) for part in "ste"
        )
    assert drawing.bends() == 0, "the main path runs straight through both"


def test_a_parallel_split_over_three_lanes_crosses_nothing():
    lanes = "".join(
        f'<lane id="r{n}"><flowNodeRef>t{n}</flowNodeRef></lane>' for n in range(3)
    )
    tasks = "".join(TASK.format(f"t{n}") for n in range(3))
    nodes = START + '<parallelGateway id="fork"/><parallelGateway id="join"/>' + END
    flows = flow("begun", "fork") + flow("join", "done")
    flows += "".join(flow("fork", f"t{n}") + flow(f"t{n}", "join") for n in range(3))
    drawing = drawn(f'<laneSet id="l">{lanes}</laneSet>' + nodes + tasks + flows)
    assert drawing.crossings() == 0


def test_six_answers_leave_a_gateway_apart():
    nodes = START + '<exclusiveGateway id="kind" name="属于哪一类?"/>' + END
    kinds = "".join(TASK.format(f"k{n}") for n in range(6))
    flows = flow("begun", "kind")
    for n in range(6):
        flows += flow("kind", f"k{n}", f"第{n}类投诉") + flow(f"k{n}", "done")
    drawing = drawn(nodes + kinds + flows)
    docks = {drawing.lines[f"kind_k{n}"][0] for n in range(6)}
    assert len(docks) == 6


def test_a_note_stands_near_what_it_explains_and_data_too():
    extra = (
        '<textAnnotation id="note"><text>按验房表逐项检查,拍照留存</text></textAnnotation>'
        '<association id="link" sourceRef="a" targetRef="note"/>'
        '<dataObject id="obj"/><dataObjectReference id="list" name="验房表" dataObjectRef="obj"/>'
    )
    task = (
        '<userTask id="b" name="填表"><dataOutputAssociation id="out">'
        "<sourceRef>b</sourceRef><targetRef>list</targetRef></dataOutputAssociation></userTask>"
    )
    drawing = drawn(SINGLE + task + flow("a", "b") + extra)
    note, a = drawing.shapes["note"], drawing.shapes["a"]
    assert note[0] < a[2] and a[0] < note[2], "in the same column"
    assert len(drawing.lines["link"]) == 2 and len(drawing.lines["out"]) == 2
    assert "list" in drawing.shapes and "list" in drawing.labels


def test_messages_run_between_the_pools():
    head = (
        '<collaboration id="c"><participant id="pool" name="物业" processRef="p"/>'
        '<participant id="owner" name="业主"/>'
        '<messageFlow id="m" name="来电" sourceRef="owner" targetRef="begun"/></collaboration>'
    )
    drawing = drawn(SINGLE, head)
    assert drawing.shapes["pool"][3] < drawing.shapes["owner"][1]
    line = drawing.lines["m"]
    assert line[0][1] == drawing.shapes["owner"][1] and len(line) == 2


def test_an_event_subprocess_stands_below_the_flow():
    inner = '<startEvent id="s"/><endEvent id="e"/>' + flow("s", "e")
    sub = f'<subProcess id="stop" name="中途撤销" triggeredByEvent="true">{inner}</subProcess>'
    drawing = drawn(sub + SINGLE)
    assert drawing.shapes["stop"][1] > drawing.shapes["a"][3]


def test_a_dangling_reference_is_left_out_and_does_no_harm():
    odd = flow("a", "nowhere") + '<boundaryEvent id="lost" attachedToRef="nobody"/>'
    drawing = Drawing(draw(definitions(SINGLE + odd)))
    assert "a_nowhere" not in drawing.lines and "lost" in drawing.shapes


@pytest.mark.parametrize("process", ["", '<laneSet id="l"><lane id="role"/></laneSet>'])
def test_a_process_without_steps_is_drawn(process: str):
    assert Drawing(draw(definitions(process))).faults() == []


def test_a_file_without_a_process_is_refused():
    with pytest.raises(NothingToDraw) as refusal:
        draw(f'<definitions xmlns="{BPMN}" id="d"/>'.encode())
    assert str(refusal.value) == "这个图文件里没有流程，无法绘制。"


@pytest.mark.parametrize(
    "xml, error",
    [(b"<!DOCTYPE a><a/>", DoctypeRefused), (b"<html/>", WrongRoot)],
)
def test_what_is_no_bpmn_is_refused(xml: bytes, error: type[Exception]):
    with pytest.raises(error):
        draw(xml)


AUTHORED = """<?xml version="1.0" encoding="UTF-8"?>
<!-- 作者:客服部 -->
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:omgdi="http://www.omg.org/spec/DD/20100524/DI"
    xmlns:ns3="http://www.omg.org/spec/BPMN/20100524/DI"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
    id="defs" targetNamespace="t"><bpmn:process id="p" isExecutable="true">
<bpmn:documentation>一 <b xmlns="">粗</b> 二</bpmn:documentation>
      <bpmn:startEvent name="已开始" id="begun" /><!-- 注释 -->
<bpmn:scriptTask id="count" name="计数"><bpmn:extensionElements>
<spiffworkflow:properties>
<spiffworkflow:property value="P07.05" name="clause"/></spiffworkflow:properties>
<spiffworkflow:preScript>a = 1
  b = "  "</spiffworkflow:preScript>
</bpmn:extensionElements><bpmn:script><![CDATA[if a < b:
    c = 1
]]></bpmn:script></bpmn:scriptTask>
<bpmn:exclusiveGateway id="many" name="多吗?" default="many_done"/>
<bpmn:endEvent id="done"/><bpmn:endEvent id="other"/>
<bpmn:sequenceFlow id="begun_count" sourceRef="begun" targetRef="count"/>
<bpmn:sequenceFlow id="count_many" sourceRef="count" targetRef="many"/>
<bpmn:sequenceFlow id="many_done" sourceRef="many" targetRef="done"/>
<bpmn:sequenceFlow id="many_other" sourceRef="many" targetRef="other" name="是">
<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression"> a &gt; 1
 </bpmn:conditionExpression></bpmn:sequenceFlow>
</bpmn:process><ns3:BPMNDiagram id="old"><ns3:BPMNPlane id="plane" bpmnElement="p"/>
</ns3:BPMNDiagram>
</bpmn:definitions>
<!-- Ende -->
<!-- zwei -->""".encode()


def semantic(xml: bytes) -> list[tuple[str, list[tuple[str, str]], list[str]]]:
    """Every element, comment and text outside the diagram, indentation aside."""
    found = []
    tree = etree.ElementTree(etree.fromstring(xml))
    for node in tree.getroot().getroottree().iter():
        if any("BPMNDiagram" in str(up.tag) for up in (node, *node.iterancestors())):
            continue
        texts = [node.text or ""] + [child.tail or "" for child in node]
        kept = texts if len(texts) == 1 else [t for t in texts if t.strip()]
        found.append((str(node.tag), list(node.attrib.items()), kept))
    return found


def test_the_semantic_part_is_kept_to_the_letter():
    result = draw(AUTHORED)
    assert semantic(result) == semantic(AUTHORED)
    assert b"<![CDATA[if a < b:\n    c = 1\n]]>" in result
    assert b'name="\xe5\xb7\xb2' in result
    assert "<!-- 作者:客服部 -->".encode() in result.split(b"<bpmn:definitions")[0]
    assert result.endswith(b"<!-- Ende -->\n<!-- zwei -->\n")


def test_the_picture_has_the_usual_prefixes_and_replaces_the_old_one():
    result = draw(AUTHORED).decode()
    assert result.count("BPMNDiagram ") == 1
    assert result.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    for piece in ("<bpmndi:BPMNShape ", "<dc:Bounds ", "<di:waypoint ", "xmlns:di="):
        assert piece in result
    assert "ns3" not in result and "omgdi" not in result
    assert draw(result.encode()).decode() == result


def test_spiffworkflow_accepts_what_is_drawn():
    parser = SpiffBpmnParser(validator=VALIDATOR)
    parser.add_bpmn_str(draw(AUTHORED))
    assert "count" in parser.get_spec("p").task_specs


@pytest.mark.parametrize(
    "name, cap, lines",
    [("是", 90, 1), ("超过十分钟仍未转派", 66, 2), ("overdue since two days", 90, 2)],
)
def test_labels_are_as_wide_as_their_longest_line(name: str, cap: int, lines: int):
    width, height = text.label(name, cap)
    assert width <= cap
    assert height == text.height(lines)
    assert len(text.wrap(name, width)) == lines


def test_a_line_does_not_begin_with_a_comma():
    width, _ = text.label("身份不符，不予办理", 90)
    assert text.wrap("身份不符，不予办理", width) == ["身份不符，", "不予办理"]


def test_long_names_wrap_as_bpmn_js_wraps_them():
    # diagram-js cuts a word one character earlier than it would fit (util/Text.js).
    assert text.wrap("甲" * 9, 90) == ["甲" * 7, "甲" * 2]
    assert text.wrap("one two-three four", 60) == ["one two-", "three four"]
