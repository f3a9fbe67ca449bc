"""Every text in a diagram goes through engine.expressions, none to eval or exec."""

from __future__ import annotations

import builtins
import json
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest
import SpiffWorkflow
import time_machine
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.process import VALIDATOR
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.errors import Refused
from engine.expressions import ExpressionFailed, ExpressionRefused
from engine.workflow.script_engine import (
    Environment,
    NoServiceCalls,
    script_engine,
)
from engine.workflow.xml import parse

DEFINITIONS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="steward">"""


def line(*elements: tuple[str, str], around: str = "", flows: str = "") -> bytes:
    """A process of (id, XML) elements one after another, start and end included."""
    ids = ["start", *(name for name, _ in elements), "end"]
    between = "".join(
        f'<sequenceFlow id="to_{b}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in zip(ids, ids[1:])
    )
    inner = "".join(xml for _, xml in elements)
    return (
        f'{DEFINITIONS}{around}<process id="p" isExecutable="true">'
        f'<startEvent id="start"/>{inner}<endEvent id="end"/>{between}{flows}'
        "</process></definitions>"
    ).encode()


def run(bpmn: bytes, data=None, *, engine=None, dmn: bytes | None = None):
    parser = SpiffBpmnParser(validator=VALIDATOR)
    if dmn is not None:
        parser.add_dmn_xml(parse(dmn))
    parser.add_bpmn_xml(parse(bpmn))
    spec, inner = parser.get_spec("p"), parser.get_subprocess_specs("p")
    workflow = BpmnWorkflow(spec, inner, script_engine=engine or script_engine())
    workflow.get_next_task(spec_name="Start").set_data(**(data or {}))
    workflow.do_engine_steps()
    for task in workflow.get_tasks(state=TaskState.READY, manual=True):
        task.run()
        workflow.do_engine_steps()
    return workflow


def script(name: str, text: str) -> tuple[str, str]:
    return name, (
        f'<scriptTask id="{name}" name="记账"><script>{text}</script></scriptTask>'
    )


def extended(content: str) -> str:
    return f"<extensionElements>{content}</extensionElements>"


def plain(name: str, *, before: str = "", after: str = "") -> tuple[str, str]:
    """A plain task, which waits for a person, with a script before and after it."""
    scripts = "".join(
        f"<s:{tag}>{text}</s:{tag}>"
        for tag, text in (("preScript", before), ("postScript", after))
        if text
    )
    return name, f'<task id="{name}" name="备注">{extended(scripts)}</task>'


SERVICE = (
    "call",
    '<serviceTask id="call" name="登记">'
    + extended(
        '<s:serviceTaskOperator id="register.add" resultVariable="answer"><s:parameters>'
        '<s:parameter id="amount" type="int" value="fen(金额)"/>'
        "</s:parameters></s:serviceTaskOperator>"
    )
    + "</serviceTask>",
)
DECISION_TASK = (
    "classify",
    '<businessRuleTask id="classify" name="分类">'
    + extended("<s:calledDecisionId>repair_class</s:calledDecisionId>")
    + "</businessRuleTask>",
)


def decision(rules: str, hit: str = "UNIQUE") -> bytes:
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"'
        ' name="维修分类" namespace="steward"><!-- 第一版 -->'
        '<decision id="repair_class" name="维修分类">'
        f'<decisionTable id="t" hitPolicy="{hit}"><!-- 两列条件 -->'
        '<input id="i1" label="类别"><inputExpression id="e1" typeRef="string">'
        "<text>类别</text></inputExpression></input>"
        '<input id="i2" label="金额"><inputExpression id="e2" typeRef="number">'
        "<text>金额 * 1</text></inputExpression></input>"
        '<output id="o1" label="等级" name="等级" typeRef="string"/>'
        '<output id="o2" label="期限" name="期限" typeRef="number"/>'
        f"{rules}</decisionTable></decision></definitions>"
    ).encode()


def rule(number: int, *cells: str) -> str:
    first, second, *outputs = (
        f"<text>{cell.replace('<', '&lt;')}</text>" for cell in cells
    )
    return (
        f'<rule id="r{number}"><description>维修分类 第 {number} 条</description>'
        f'<inputEntry id="r{number}a">{first}</inputEntry>'
        f'<inputEntry id="r{number}b">{second}</inputEntry>'
        + "".join(
            f'<outputEntry id="r{number}o{n}">{output}</outputEntry>'
            for n, output in enumerate(outputs)
        )
        + "</rule>"
    )


TABLE = decision(
    rule(1, '"水电"', "< 1000", '"小修"', "1")
    + rule(2, '? in ["水电", "电梯"]', "1000 <= ? < 50000", '"中修"', "days * 3")
    + rule(3, '"电梯"', ">= 0.1 + 49999.9", '"大修"', "30")
    + rule(4, "类别.startswith('门')", "-", '"门禁"', "")
    + rule(5, "-", "", "'其他，' + 类别", "default(None, 7)")
)


@pytest.mark.parametrize(
    ("category", "amount", "grade", "days"),
    [
        ("水电", 999.99, "小修", 1),
        ("水电", 1000, "中修", 6),
        ("电梯", 49999.5, "中修", 6),
        ("电梯", 50000, "大修", 30),
        ("门禁", 10, "其他，门禁", 7),
        ("水电", 50000, "其他，水电", 7),
    ],
)
def test_a_decision_table_in_chinese(category, amount, grade, days):
    table = TABLE.replace(
        rule(4, "类别.startswith('门')", "-", '"门禁"', "").encode(), b""
    )
    data = {"类别": category, "金额": amount, "days": 2}
    workflow = run(line(DECISION_TASK), data, dmn=table)
    assert workflow.is_completed()
    assert (workflow.data["等级"], workflow.data["期限"]) == (grade, days)


def test_a_cell_with_a_question_mark_compares_what_it_likes():
    table = decision(
        rule(1, "? == '门' or ?.startswith('门')", "? > 5 or ? == 0", '"门"', "''")
    )
    workflow = run(line(DECISION_TASK), {"类别": "门禁", "金额": 0}, dmn=table)
    assert workflow.data["等级"] == "门" and workflow.data["期限"] == ""


def test_a_collecting_table_collects():
    table = decision(
        rule(1, "-", "> 1", "'甲'", "1") + rule(2, '"水电"', "-", "'乙'", "2"),
        "COLLECT",
    )
    workflow = run(line(DECISION_TASK), {"类别": "水电", "金额": 2}, dmn=table)
    assert workflow.data["等级"] == ["甲", "乙"] and workflow.data["期限"] == [1, 2]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("< 未填", "流程数据里没有“未填”"),
        ("? < '甲'", "数字和文字不能用“<”"),
        ("[0..1000]", "写法不对"),
        ("(lambda: 1)()", "只能按名称调用函数"),
    ],
)
def test_a_failing_cell_names_the_task_and_the_row(cell, reason):
    table = decision(rule(1, "-", cell, '"甲"', "1"))
    with pytest.raises(WorkflowTaskException) as failed:
        run(line(DECISION_TASK), {"类别": "水电", "金额": 2}, dmn=table)
    assert failed.value.task.task_spec.bpmn_id == "classify"
    assert reason in str(failed.value) and "row 1" in str(failed.value)


@pytest.mark.parametrize(
    ("bpmn", "element", "reason"),
    [
        (line(script("book", "x = 未填 + 1")), "book", "流程数据里没有“未填”"),
        (line(script("book", "import os")), "book", "不能引入其他模块"),
        (line(plain("note", before="y = z")), "note", "流程数据里没有“z”"),
        (line(plain("note", after="y = 1 / 0")), "note", "除数是 0"),
        (line(SERVICE), "call", "流程数据里没有“金额”"),
    ],
)
def test_a_failure_knows_its_element_and_keeps_its_sentence(bpmn, element, reason):
    with pytest.raises(WorkflowTaskException) as failed:
        run(bpmn)
    assert failed.value.task.task_spec.bpmn_id == element
    cause = failed.value.__cause__
    assert isinstance(cause, (ExpressionFailed, ExpressionRefused))
    assert reason in str(cause) and reason in str(failed.value)


def test_what_a_function_of_ours_refuses_keeps_its_element_too():
    class NoParameter(Refused):
        """没有参数“{name}”。"""

    def param(name):
        raise NoParameter(name=name)

    with pytest.raises(WorkflowTaskException, match="没有参数“days”") as failed:
        run(
            line(script("book", "x = param('days')")),
            engine=script_engine({"param": param}),
        )
    assert failed.value.task.task_spec.bpmn_id == "book"
    assert isinstance(failed.value.__cause__, NoParameter)


def test_a_script_changes_only_what_it_assigns():
    data = {"户": {"室": 1}, "列": [1]}
    workflow = run(line(script("book", "新 = {**户, '楼': 3}\n列 = 列 + [2]")), data)
    assert workflow.data["新"] == {"室": 1, "楼": 3}
    assert workflow.data["列"] == [1, 2]
    assert data == {"户": {"室": 1}, "列": [1]}
    assert "__builtins__" not in workflow.data and "len" not in workflow.data


def test_a_service_call_gets_the_task_and_its_answer_is_stored():
    seen = []

    def call(task, operation_name, operation_params):
        seen.append((task.task_spec.bpmn_id, operation_name, operation_params))
        return json.dumps({"number": "收-001"})

    workflow = run(line(SERVICE), {"金额": 98.5}, engine=script_engine(None, call))
    amount = {"value": 9850, "type": "int"}
    assert seen == [("call", "register.add", {"amount": amount})]
    assert workflow.data["answer"] == {"number": "收-001"}


@pytest.mark.parametrize(
    "error", [Refused(), KeyError("x"), SpiffWorkflowException("x")]
)
def test_an_error_inside_a_service_call_comes_through_intact(error):
    def call(task, **operation):
        raise error

    with pytest.raises(type(error)) as raised:
        run(line(SERVICE), {"金额": 1}, engine=script_engine(None, call))
    assert raised.value is error


def test_without_service_calls_a_service_task_is_refused():
    with pytest.raises(NoServiceCalls, match="register.add") as refused:
        run(line(SERVICE), {"金额": 1})
    assert refused.value.status == 422


# --- no way to eval or exec -----------------------------------------------------------

PAYLOAD = extended("<s:messagePayload>{'金额': 金额 + 1}</s:messagePayload>")
EVERY_SINK = line(
    script("book", "次数 = 2\n时长 = 'PT' + str(param('hours')) + 'H'"),
    plain("note", before="前 = 1", after="后 = 前 + 1"),
    SERVICE,
    DECISION_TASK,
    (
        "many",
        '<scriptTask id="many">'
        "<multiInstanceLoopCharacteristics>"
        "<loopCardinality>次数 + 1</loopCardinality>"
        "<outputDataItem id='一个' /><completionCondition>一个 == 2</completionCondition>"
        "</multiInstanceLoopCharacteristics><script>一个 = 次数</script></scriptTask>",
    ),
    (
        "again",
        '<scriptTask id="again"><standardLoopCharacteristics testBefore="true">'
        "<loopCondition>次数 &lt; 5</loopCondition></standardLoopCharacteristics>"
        "<script>次数 += 1</script></scriptTask>",
    ),
    (
        "tell",
        '<intermediateThrowEvent id="tell"><messageEventDefinition id="m1"'
        f' messageRef="asked">{PAYLOAD}</messageEventDefinition></intermediateThrowEvent>',
    ),
    (
        "hear",
        '<intermediateCatchEvent id="hear"><messageEventDefinition id="m2"'
        ' messageRef="answered">'
        + extended("<s:messageVariable>回复</s:messageVariable>")
        + "</messageEventDefinition></intermediateCatchEvent>",
    ),
    (
        "sleep",
        '<intermediateCatchEvent id="sleep"><timerEventDefinition>'
        '<timeDuration xsi:type="tFormalExpression">时长</timeDuration>'
        "</timerEventDefinition></intermediateCatchEvent>",
    ),
    (
        "until",
        '<intermediateCatchEvent id="until"><timerEventDefinition>'
        '<timeDate xsi:type="tFormalExpression">add_days("2026-03-10", 1) +'
        ' "T09:00:00+08:00"</timeDate></timerEventDefinition></intermediateCatchEvent>',
    ),
    (
        "when",
        '<intermediateCatchEvent id="when"><conditionalEventDefinition>'
        "<condition>次数 == 5</condition></conditionalEventDefinition>"
        "</intermediateCatchEvent>",
    ),
    ("large", '<exclusiveGateway id="large" default="to_end"/>'),
    flows='<scriptTask id="extra"><script>大 = True</script></scriptTask>'
    '<endEvent id="end_2"/><sequenceFlow id="f2" sourceRef="extra" targetRef="end_2"/>'
    '<sequenceFlow id="f1" sourceRef="large" targetRef="extra">'
    "<conditionExpression>金额 &gt; 3 / 5 and len(类别) == 2</conditionExpression>"
    "</sequenceFlow>",
    around='<collaboration id="c"><participant id="pa" name="p" processRef="p"/>'
    '<correlationKey name="case"><correlationPropertyRef>number</correlationPropertyRef>'
    '</correlationKey></collaboration><message id="asked" name="已询问"/>'
    '<message id="answered" name="已回复"/>'
    '<correlationProperty id="number" name="number">'
    '<correlationPropertyRetrievalExpression messageRef="asked">'
    "<messagePath>str(金额)</messagePath></correlationPropertyRetrievalExpression>"
    '<correlationPropertyRetrievalExpression messageRef="answered">'
    "<messagePath>str(金额)</messagePath></correlationPropertyRetrievalExpression>"
    "</correlationProperty>",
)


class Recorded(Environment):
    """Our environment, noting each text it is given."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.texts = set()

    def evaluate(self, expression, context, external_context=None):
        self.texts.add(expression)
        return super().evaluate(expression, context, external_context)

    def execute(self, script, context, external_context=None):
        self.texts.add(script)
        return super().execute(script, context, external_context)


def refuse(*_, **__):
    raise AssertionError("eval or exec was reached")


def test_no_text_of_a_model_reaches_eval_or_exec(monkeypatch):
    functions = {"param": {"hours": 4}.__getitem__}
    engine = script_engine()
    engine.environment = Recorded(functions, lambda task, **_: "null")
    data = {"金额": 98.5, "类别": "水电", "days": 2}
    with time_machine.travel(datetime(2026, 3, 10, tzinfo=timezone.utc)) as clock:
        monkeypatch.setattr(builtins, "eval", refuse)
        monkeypatch.setattr(builtins, "exec", refuse)
        workflow = run(EVERY_SINK, data, engine=engine, dmn=TABLE)
        assert [
            t.task_spec.name for t in workflow.get_tasks(state=TaskState.WAITING)
        ] == ["hear"]
        answer = {"金额": 99.5, "意见": "同意"}
        definition = workflow.spec.task_specs["hear"].event_definition
        correlations = {"case": {"number": "99.5"}}
        workflow.send_event(
            BpmnEvent(MessageEventDefinition(definition.name), answer, correlations)
        )
        for _ in range(3):
            workflow.do_engine_steps()
            clock.shift(86_400)
            workflow.refresh_timers()
        workflow.do_engine_steps()
        monkeypatch.undo()
    assert workflow.is_completed()
    expected = {"大": True, "后": 2, "次数": 5, "等级": "小修", "回复": answer}
    assert {name: workflow.data.get(name) for name in expected} == expected
    # Each kind of text was really met on the way.
    assert {
        "前 = 1",
        "后 = 前 + 1",
        "fen(金额)",
        "次数 + 1",
        "一个 == 2",
        "一个 = 次数",
        "次数 < 5",
        "{'金额': 金额 + 1}",
        "str(金额)",
        "时长",
        "次数 == 5",
        "金额 > 3 / 5 and len(类别) == 2",
        '(类别) == ("水电")',
        "金额 * 1< 1000",
        '"小修"',
    } <= engine.environment.texts
    assert any("add_days" in text for text in engine.environment.texts)


def test_the_library_calls_eval_and_exec_only_where_we_know():
    root = Path(SpiffWorkflow.__file__).parent
    call = re.compile(r"(?<![\w.])(eval|exec|compile|__import__)\s*\((?!\))")
    found = {
        f"{path.relative_to(root).as_posix()}: {text.strip()}"
        for path in root.rglob("*.py")
        for text in path.read_text().splitlines()
        if call.search(text.split("#")[0])
    }
    environment = "bpmn/script_engine/python_environment.py"
    migration = "bpmn/serializer/migration/version_1_2.py"
    assert found == {
        # The stock environment: ours replaces evaluate() and execute() altogether.
        f"{environment}: return eval(expression, my_globals)",
        f"{environment}: exec(script, context)",
        # The core library's Transform task, which no BPMN parser creates.
        "specs/Transform.py: exec(transform)",
        # The core library's own serializer; ours is the BPMN one.
        "serializer/dict.py: __import__(module_name)",
        # Reading states saved by SpiffWorkflow before 1.2; ours are all of 3.2.
        f"{migration}: dt = eval(expr)",
        f"{migration}: repeat, duration = eval(expr)",
    }
    ours = script_engine().environment
    stock = "SpiffWorkflow.bpmn.script_engine.python_environment"
    assert type(ours).evaluate.__module__ != stock
    assert type(ours).execute.__module__ != stock
