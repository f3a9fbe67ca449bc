"""Timer texts: quoted, ISO 8601, of the kind that their element takes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from engine.workflow.check.drawing import Drawing, Node, error, tag, warning
from engine.workflow.check.findings import Finding

KINDS = ("timeDate", "timeDuration", "timeCycle")

# ISO 8601 as SpiffWorkflow reads it: whole numbers (it crashes on parts of a month),
# weeks alone.
_DURATION = (
    r"P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)"
)
_DATE = r"\d{4}-\d\d-\d\dT[0-9:.+Z-]+"
_PATTERNS = {
    "timeDuration": re.compile(_DURATION),
    "timeCycle": re.compile(
        rf"R\d*/(?:{_DURATION}|{_DATE}/{_DURATION}|{_DURATION}/{_DATE})"
    ),
}
_UNQUOTED = re.compile(rf"(?:R\d*/.*|{_DURATION}|{_DATE}|\d{{4}}-\d\d-\d\d)", re.I)
_EXAMPLES = {
    "timeDate": '"2026-03-10T09:00+08:00"',
    "timeDuration": '"PT4H"（4 小时）、"P2D"（2 天）',
    "timeCycle": '"R3/PT1H"（每小时一次，共 3 次）',
}


def timers(drawing: Drawing) -> Iterator[Finding]:
    for node in drawing.nodes.values():
        for definition in node.definitions:
            if tag(definition) == "timerEventDefinition":
                yield from _timer(drawing, node, definition)


def _timer(drawing: Drawing, node: Node, definition: Any) -> Iterator[Finding]:
    texts = [child for child in definition if tag(child) in KINDS]
    if len(texts) != 1 or not (texts[0].text or "").strip():
        yield error(node.xml, "timer.missing", "没有写什么时候到时间。")
        return
    kind, text = tag(texts[0]), texts[0].text.strip()
    if _starts_process(node):
        yield from _start(node, kind, text)
        return
    if kind == "timeCycle" and not _may_repeat(node):
        sentence = "重复的定时只能用在不中断的边界事件上。"
        yield error(node.xml, "timer.cycle", sentence)
    if is_unquoted(text):
        sentence = f'时间“{text}”要加英文双引号，写成 "{text}"。'
        yield error(node.xml, "timer.unquoted", sentence)
    else:
        yield from _constant(node, kind, text)


def _starts_process(node: Node) -> bool:
    return node.kind == "startEvent" and tag(node.xml.getparent()) == "process"


def _start(node: Node, kind: str, text: str) -> Iterator[Finding]:
    """Our clock asks the rule for each ``day``; whether it can be read is in texts.py."""
    if kind != "timeCycle" or is_unquoted(text) or _is_constant(text):
        sentence = (
            "定时发起要写成循环时间（timeCycle）：对每一天 day 求出发起的时间，"
            '例如 at("08:00", day)、week_friday(start=day)。'
        )
        yield error(node.xml, "timer.start", sentence)


def _is_constant(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return False
    return True


def _may_repeat(node: Node) -> bool:
    return node.kind == "boundaryEvent" and not node.interrupts


def _constant(node: Node, kind: str, text: str) -> Iterator[Finding]:
    """A text that is no expression over data can be judged now."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return
    if not isinstance(value, str) or not _reads(kind, value):
        sentence = f"时间“{text}”写法不对，应当像 {_EXAMPLES[kind]}。"
        yield error(node.xml, "timer.wrong", sentence)
    elif kind == "timeDate" and datetime.fromisoformat(value).tzinfo is None:
        sentence = f"时间“{text}”没有写时区，请在后面加上 +08:00。"
        yield warning(node.xml, "timer.zone", sentence)


def _reads(kind: str, value: str) -> bool:
    if kind == "timeDate":
        try:
            return bool(datetime.fromisoformat(value))
        except ValueError:
            return False
    return _PATTERNS[kind].fullmatch(value) is not None


def is_unquoted(text: str) -> bool:
    return _UNQUOTED.fullmatch(text) is not None
