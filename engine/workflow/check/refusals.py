"""The library's own objections, in sentences an office understands."""

from __future__ import annotations

import re

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.errors import Refused
from engine.workflow.check.findings import Finding

# SpiffWorkflow 3.2.0's and its schema's texts; what they quote goes into the sentence.
_SENTENCES = (
    (r"There is no support implemented", "引擎不支持这种元素。"),
    (r"Multiple outgoing flows", "流出的连线不止一条，请在后面加一个网关。"),
    (r"Non-default exclusive", "排他网关流出的连线没有条件，也不是默认连线。"),
    (r"found two items", "连线的终点不存在，或有两个元素用了同一个编号。"),
    (r"Exactly one start event", "子流程里要有且只有一个开始事件。"),
    (r"Must contain an End event", "子流程里没有结束事件。"),
    (r"No start event found", "里面没有开始事件。"),
    (r"is not executable", "流程没有标为“可执行”。"),
    (r"Duplicate process ID: (\S+)", "编号“{0}”已经是一个流程或子流程。"),
    (r"The process '([^']*)' was not found", "找不到要调用的流程“{0}”。"),
    (r"No DMN Diagram available with id \"([^\"]*)\"", "没有编号为“{0}”的决策表。"),
    (r"A Service Task must have an operator", "没有选择要做的操作。"),
    (r"A loopMaximum or loopCondition", "循环步骤要写条件或最多次数。"),
    (r"Cannot resolve data(?:In|Out)putAssociation", "关联的数据没有定义。"),
    (r"Data Store .*", "数据存储不能使用。"),
    (r"RecursionError", "图太长，引擎读不下，请拆成几个流程。"),
    (
        r"Element '\{[^}]*\}([^']*)'.*This element is not expected",
        "第 {line} 行的“{0}”不该出现在这里。",
    ),
    (
        r"Element '\{[^}]*\}([^']*)': (?:Element|Character) content",
        "第 {line} 行的“{0}”里写了不该有的内容。",
    ),
    (
        r"Element '\{[^}]*\}([^']*)'.*Missing child element",
        "第 {line} 行的“{0}”里缺少内容。",
    ),
    (
        r"Element '\{[^}]*\}([^']*)', attribute '([^']*)'",
        "第 {line} 行的“{0}”，属性“{1}”的写法不对。",
    ),
    (
        r"Element '\{[^}]*\}([^']*)'.*attribute '([^']*)' is required",
        "第 {line} 行的“{0}”缺少属性“{1}”。",
    ),
)


def refusal_of(refused: Refused, process_id: str) -> Finding:
    """A finding of what ``library.parse`` refused with, at its element if it is known."""
    cause = refused.__cause__
    if not isinstance(cause, ValidationException):
        return Finding("error", process_id, str(refused), "parse")
    sentence = _translated(str(cause), str(getattr(cause, "line_number", "") or "?"))
    where = cause.name or cause.id
    return Finding(
        "error",
        cause.id or process_id,
        f"“{where}”：{sentence}" if where else sentence,
        "parse",
    )


def _translated(text: str, line: str) -> str:
    for pattern, sentence in _SENTENCES:
        found = re.search(pattern, text, re.DOTALL)
        if found:
            return sentence.format(*found.groups(), line=line)
    return f"引擎不能读：{text[:200]}"
