"""What is wrong with a decision table: cells, gaps, overlaps.

Gaps, overlaps and shadowed rules are found exactly (cells.py) where every cell is made
of literals, ranges and lists; what cannot be judged beforehand is said.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from engine.errors import Refused
from engine.expressions import FUNCTIONS, check_expression, evaluate
from engine.workflow.check.findings import Catalogue, Finding
from engine.workflow.check.tables.cells import Table, Undecided, grid
from engine.workflow.check.tables.read import Decision
from engine.workflow.decisions import HIT_POLICIES, condition_of

MOST_TOLD = 3


def check_decision(
    decision: Decision, catalogue: Catalogue, may_match_nothing: bool
) -> list[Finding]:
    """Everything wrong with one table. ``may_match_nothing``: gaps are meant."""
    found = [*_shape(decision, catalogue), *_cells(decision, catalogue)]
    if not found and decision.rules:
        found += _rules(decision, catalogue, may_match_nothing)
    return found


def _error(decision: Decision, code: str, sentence: str) -> Finding:
    told = f"决策表“{decision.label}”：{sentence}"
    return Finding("error", decision.id, told, f"decision.{code}")


def _warning(decision: Decision, code: str, sentence: str) -> Finding:
    told = f"决策表“{decision.label}”：{sentence}"
    return Finding("warning", decision.id, told, f"decision.{code}")


def _shape(decision: Decision, catalogue: Catalogue) -> Iterator[Finding]:
    if decision.policy not in HIT_POLICIES:
        sentence = (
            f"命中策略不能用 {decision.policy}，可以用 {'、'.join(HIT_POLICIES)}。"
        )
        yield _error(decision, "policy", sentence)
    if decision.aggregation:
        yield _error(decision, "policy", "不能在表里汇总，请收集后再用表达式计算。")
    if not decision.rules:
        yield _error(decision, "empty", "还没有规则。")
    if not decision.outputs:
        yield _error(decision, "empty", "还没有结果列。")
    for column in decision.inputs:
        yield from _checked(decision, column.text, f"输入“{column.label}”", catalogue)
    yield from _outputs(decision, catalogue)
    width = len(decision.inputs) + len(decision.outputs)
    for number, cells in enumerate(decision.rules, 1):
        if len(cells) != width:
            sentence = f"第 {number} 条规则有 {len(cells)} 格，应当有 {width} 格。"
            yield _error(decision, "shape", sentence)


def _outputs(decision: Decision, catalogue: Catalogue) -> Iterator[Finding]:
    names = [column.text for column in decision.outputs]
    for name in dict.fromkeys(names):
        if not name.isidentifier() or name.startswith("_") or name == "typename":
            yield _error(decision, "output", f"结果列“{name}”的名称不能作变量名。")
        elif name in FUNCTIONS or name in catalogue.functions:
            yield _error(decision, "output", f"结果列“{name}”和函数同名，请换一个。")
        elif names.count(name) > 1:
            yield _error(decision, "output", f"有两个结果列都叫“{name}”。")


def _cells(decision: Decision, catalogue: Catalogue) -> Iterator[Finding]:
    columns = (*decision.inputs, *decision.outputs)
    for number, cells in enumerate(decision.rules, 1):
        for at, (column, cell) in enumerate(zip(columns, cells, strict=False)):
            where = f"第 {number} 条规则的“{column.label}”"
            if at >= len(decision.inputs):
                yield from _checked(decision, cell, where, catalogue)
                continue
            condition = condition_of(cell)
            if condition is None:
                continue
            hint = _misleading(cell)
            if hint:
                yield _error(decision, "cell", f"{where}写的是 {cell[:40]}，{hint}")
            else:
                yield from _checked(decision, condition, where, catalogue)


def _checked(
    decision: Decision, text: str, where: str, catalogue: Catalogue
) -> Iterator[Finding]:
    try:
        check_expression(text, catalogue.functions)
    except Refused as refused:
        yield _error(decision, "cell", f"{where}：{refused}")


_WORDS = {"true": "True", "false": "False", "null": "None"}


def _misleading(cell: str) -> str:
    """What FEEL (the language of other tools' tables) writes in another way than we."""
    if cell in _WORDS:
        return f"请写成 {_WORDS[cell]}。"
    if ".." in cell and cell[:1] in "[(]" and cell[-1:] in "])[":
        return "请写成 0 <= ? < 1000 这样。"
    try:
        tree = ast.parse(cell, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    if isinstance(tree, ast.Tuple):
        return '几个值请写成 ? in ["甲", "乙"] 这样。'
    if isinstance(tree, ast.BoolOp) or (
        isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)
    ):
        return "条件里要用 ? 代表输入值。"
    return ""


def _rules(
    decision: Decision, catalogue: Catalogue, may_match_nothing: bool
) -> Iterator[Finding]:
    try:
        table = grid(
            [(c.text, c.type, c.allowed) for c in decision.inputs],
            [cells[: len(decision.inputs)] for cells in decision.rules],
            catalogue.parameters or {},
        )
    except Undecided as undecided:
        yield _warning(decision, "undecided", f"{undecided}，空缺和重叠没有检查。")
        return
    for number in table.never():
        sentence = f"第 {number} 条规则自相矛盾，永远不会符合。"
        yield _error(decision, "never", sentence)
    yield from _gaps(decision, table, may_match_nothing)
    if decision.policy in ("UNIQUE", "ANY"):
        yield from _overlaps(decision, table, catalogue)
    elif decision.policy == "FIRST":
        yield from _shadowed(decision, table)


def _gaps(decision: Decision, table: Table, meant: bool) -> Iterator[Finding]:
    if meant or decision.policy == "COLLECT":
        return
    try:
        for example in table.gaps(MOST_TOLD):
            told = _told(decision, example)
            yield _error(decision, "gap", f"{told} 时没有一条规则符合。")
        for example in table.doubtful_gaps():
            told = _told(decision, example)
            sentence = f"{told} 时没有一条规则符合，请确认不会有这样的输入。"
            yield _warning(decision, "gap", sentence)
    except Undecided as undecided:
        yield _warning(decision, "undecided", f"{undecided}，空缺没有查完。")


def _overlaps(
    decision: Decision, table: Table, catalogue: Catalogue
) -> Iterator[Finding]:
    told = 0
    for first, second in combinations(range(len(decision.rules)), 2):
        example = table.overlap(first, second)
        if example is None or told == MOST_TOLD:
            continue
        if decision.policy == "ANY" and _same_answers(decision, first, second):
            continue
        told += 1
        sentence = (
            f"第 {first + 1}、{second + 1} 条规则重叠，"
            f"例如{_told(decision, example)} 时都符合。"
        )
        yield _error(decision, "overlap", sentence)


def _same_answers(decision: Decision, first: int, second: int) -> bool:
    """Whether two rules answer alike; expressions over data count by their text."""
    width = len(decision.inputs)
    return all(
        one == other or _value(one) == _value(other)
        for one, other in zip(
            decision.rules[first][width:], decision.rules[second][width:], strict=True
        )
    )


def _value(text: str) -> Any:
    try:
        return evaluate(text, {})
    except Refused:
        return object()


def _shadowed(decision: Decision, table: Table) -> Iterator[Finding]:
    try:
        for number in table.shadowed():
            sentence = f"第 {number} 条规则永远轮不到，前面的规则已经包括了它。"
            yield _warning(decision, "shadowed", sentence)
    except Undecided as undecided:
        yield _warning(decision, "undecided", f"{undecided}，规则的先后没有查完。")


def _told(decision: Decision, example: Mapping[str, Any]) -> str:
    labels = {column.text: column.label for column in reversed(decision.inputs)}
    return "、".join(f"“{labels[text]}”是 {value}" for text, value in example.items())
