"""What changed between two drawings: nothing missed, nothing of the picture."""

from __future__ import annotations

import random
import re

import pytest

from engine.settings import ROOT
from engine.workflow import xml
from engine.workflow.differences import Change, Difference, differences
from tests.models import arrows, drawing, operator, properties
from tests.proofs.random_cases import model
from tests.workflow.walking import with_a_task

HANDOVER = ROOT / "processes" / "house_handover" / "house_handover.bpmn"
EXTRA = '<message id="m_paid" name="payment"/><message id="m_came" name="came"/>'


def timed(text: str, kind: str = "timeDuration") -> str:
    return (
        f'<timerEventDefinition id="t_{len(text)}"><{kind} id="e_{len(text)}" '
        f'xsi:type="tFormalExpression">{text}</{kind}></timerEventDefinition>'
    )


NODES = (
    '<startEvent id="begin" name="开始"/><userTask id="pay" name="交费">'
    f'{properties(due="days(3)", form="pay")}</userTask>'
    '<boundaryEvent id="late" name="逾期" attachedToRef="pay" cancelActivity="false">'
    f"{timed('&quot;P3D&quot;')}</boundaryEvent>"
    '<manualTask id="remind" name="催办"/><endEvent id="reminded"/>'
    '<scriptTask id="count" name="计数"><script>x = 1\ny = 2</script></scriptTask>'
    f'<serviceTask id="ask" name="询价">{operator("ask", "price", kind="x")}</serviceTask>'
    '<subProcess id="each" name="走访"><multiInstanceLoopCharacteristics '
    'isSequential="false"><loopDataInputRef>things</loopDataInputRef><inputDataItem '
    'id="thing" name="thing"/></multiInstanceLoopCharacteristics><startEvent id="in"/>'
    f'<manualTask id="visit" name="上门"/>{arrows("in > visit")}</subProcess>'
    '<receiveTask id="wait" name="等款" messageRef="m_paid"/>'
    '<exclusiveGateway id="enough" name="够了吗" default="enough__end"/>'
    '<endEvent id="end" name="结束"/>'
)
FLOWS = (
    "begin > pay\n pay > count\n late > remind\n remind > reminded\n count > ask\n"
    "ask > each\n each > wait\n wait > enough\n enough > pay : x < 3\n enough > end"
)
OLD = drawing("p", NODES, FLOWS, EXTRA)


def changed(*swaps: tuple[str, str]) -> tuple[Difference, ...]:
    text = OLD.decode()
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    return differences(OLD, text.encode())


def sentences(*swaps: tuple[str, str]) -> list[str]:
    return [line for one in changed(*swaps) for line in one.sentences]


def test_the_same_has_no_differences() -> None:
    assert differences(OLD, OLD) == ()
    handover = HANDOVER.read_bytes()
    assert differences(handover, handover) == ()


@pytest.mark.parametrize(
    ("old", "new", "element", "sentence"),
    [
        (
            '"P3D&quot;</time'.replace('"P3D', "&quot;P3D"),
            "&quot;P9D&quot;</time",
            "late",
            '附着事件“逾期”的时限由“"P3D"”改为“"P9D"”。',
        ),
        (
            'cancelActivity="false"',
            'cancelActivity="true"',
            "late",
            "附着事件“逾期”的是否中断所附步骤由“否”改为“是”。",
        ),
        (
            'attachedToRef="pay"',
            'attachedToRef="each"',
            "late",
            "附着事件“逾期”的所附步骤由“交费”改为“走访”。",
        ),
        (
            "x &lt; 3",
            "x &lt; 4",
            "enough__pay",
            "从“够了吗”到“交费”的连线的条件由“x < 3”改为“x < 4”。",
        ),
        ("y = 2", "y = 3", "count", "计算步骤“计数”的脚本改了。"),
        (
            "value='days(3)'",
            "value='days(5)'",
            "pay",
            "任务“交费”的办理期限由“days(3)”改为“days(5)”。",
        ),
        (
            "name='form' value='pay'",
            "name='form' value='fee'",
            "pay",
            "任务“交费”的表单由“pay”改为“fee”。",
        ),
        (
            "<spiffworkflow:property name='due' value='days(3)'/>",
            "",
            "pay",
            "任务“交费”的办理期限“days(3)”删去了。",
        ),
        (
            'serviceTaskOperator id="ask"',
            'serviceTaskOperator id="tell"',
            "ask",
            "系统步骤“询价”的操作由“ask”改为“tell”。",
        ),
        (
            "id='kind' type='any' value='x'",
            "id='kind' type='any' value='z'",
            "ask",
            "系统步骤“询价”的参数“kind”由“x”改为“z”。",
        ),
        (
            'resultVariable="price"',
            'resultVariable="cost"',
            "ask",
            "系统步骤“询价”的结果变量由“price”改为“cost”。",
        ),
        (
            "<loopDataInputRef>things",
            "<loopDataInputRef>houses",
            "each",
            "子流程“走访”的清单由“things”改为“houses”。",
        ),
        (
            'inputDataItem id="thing"',
            'inputDataItem id="house"',
            "each",
            "子流程“走访”的清单中的一项由“thing”改为“house”。",
        ),
        (
            'isSequential="false"',
            'isSequential="true"',
            "each",
            "子流程“走访”的是否逐个办理由“否”改为“是”。",
        ),
        (
            'id="visit" name="上门"',
            'id="visit" name="家访"',
            "visit",
            "任务“上门”的名称由“上门”改为“家访”。",
        ),
        (
            'messageRef="m_paid"',
            'messageRef="m_came"',
            "wait",
            "接收步骤“等款”的消息由“payment”改为“came”。",
        ),
        (
            'name="payment"',
            'name="paid"',
            "m_paid",
            "消息“payment”的名称由“payment”改为“paid”。",
        ),
        (
            '<manualTask id="remind" name="催办"/>',
            '<userTask id="remind" name="催办"/>',
            "remind",
            "任务“催办”的类型由“manualTask”改为“userTask”。",
        ),
        (
            "<flowNodeRef>pay</flowNodeRef>",
            "",
            "pay",
            "任务“交费”的岗位“收银员”删去了。",
        ),
        (
            'id="cashier" name="收银员"',
            'id="cashier" name="出纳"',
            "cashier",
            "岗位“收银员”的名称由“收银员”改为“出纳”。",
        ),
        (
            'isExecutable="true"',
            'isExecutable="false"',
            "p",
            "流程“p”的是否可执行由“是”改为“否”。",
        ),
        (
            'default="enough__end"',
            'default="enough__pay"',
            "enough",
            "判断“够了吗”的默认连线由“从“够了吗”到“结束”的连线”改为“从“够了吗”到“交费”的连线”。",
        ),
    ],
)
def test_each_property_is_compared(
    old: str, new: str, element: str, sentence: str
) -> None:
    found = changed((old, new))
    by_element = {one.element: one for one in found}
    assert sentence in by_element[element].sentences
    assert by_element[element].how == "changed"


def test_a_changed_boundary_timer_is_told_with_both_values() -> None:
    (late,) = changed(("&quot;P3D&quot;</time", "&quot;P9D&quot;</time"))
    assert (late.element, late.kind, late.name) == ("late", "boundaryEvent", "逾期")
    path = "timerEventDefinition/timeDuration"
    assert late.changes == (Change(path, '"P3D"', '"P9D"'),)


def test_another_kind_of_timer() -> None:
    assert sentences(
        ("timeDuration", "timeDate"), ("</timeDuration", "</timeDate")
    ) == [
        '附着事件“逾期”的时刻新设为“"P3D"”。',
        '附着事件“逾期”的时限“"P3D"”删去了。',
    ]


def test_a_terminating_end_is_told() -> None:
    swap = ('name="结束"/>', 'name="结束"><terminateEventDefinition/></endEvent>')
    assert sentences(swap) == ["结束事件“结束”的终止是新加的。"]


def test_an_added_step_comes_where_it_stands_in_the_flow() -> None:
    new = drawing(
        "p",
        NODES + '<userTask id="check" name="复核"/>',
        FLOWS.replace("pay > count", "pay > check\n check > count"),
        EXTRA,
    )
    assert [(one.element, one.how) for one in differences(OLD, new)] == [
        ("pay__count", "removed"),
        ("pay__check", "added"),
        ("check", "added"),
        ("check__count", "added"),
    ]
    removed = [(one.element, one.how) for one in differences(new, OLD)]
    assert removed[:2] == [("pay__check", "removed"), ("check", "removed")]
    (line,) = differences(OLD, new)[2].sentences
    assert line == "新增任务“复核”。"


def test_of_two_steps_of_one_name_the_right_one_is_meant() -> None:
    text = OLD.decode().replace('name="催办"', 'name="交费"')
    (late,) = differences(
        text.encode(),
        text.replace('attachedToRef="pay"', 'attachedToRef="remind"').encode(),
    )
    assert late.changes == (Change("attachedToRef", "pay", "remind"),)


def test_the_picture_is_no_difference() -> None:
    text = HANDOVER.read_text(encoding="utf-8")
    moved, count = re.subn(r'<dc:Bounds x="\d+', '<dc:Bounds x="7', text)
    assert count > 20
    assert differences(text.encode(), moved.encode()) == ()
    ids = OLD.decode().replace('id="t_15"', 'id="other"').encode()
    assert differences(OLD, ids) == ()


def test_order_in_the_file_is_no_difference() -> None:
    nodes = re.findall(r"<manualTask.*?/>|<endEvent.*?/>", NODES)[-1]
    swapped = drawing("p", nodes + NODES.replace(nodes, ""), FLOWS, EXTRA)
    assert {d.element for d in differences(OLD, swapped)} == set()


def test_what_is_no_drawing_is_refused() -> None:
    with pytest.raises(xml.DiagramRefused):
        differences(OLD, b"<a/>")


@pytest.mark.parametrize("seed", range(20))
def test_every_added_task_and_attribute_of_a_random_model_is_found(seed: int) -> None:
    rnd = random.Random(seed)
    bpmn = model(seed)
    added = [
        one for one in differences(bpmn, with_a_task(bpmn, rnd)) if one.how == "added"
    ]
    assert {one.element for one in added} == {"added", "added_on"}
    text = bpmn.decode()
    values = list(re.finditer(r'"(PT?\d+[DHM])"', text)) or list(
        re.finditer(r"n\d \+ \d", text)
    )
    if values:
        found = rnd.choice(values)
        other = text[: found.start()] + '"P99D"' + text[found.end() :]
        (one,) = differences(bpmn, other.encode())
        assert one.how == "changed" and one.changes[0].after is not None
