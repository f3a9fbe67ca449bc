"""Decision tables as they lie in their files (DMN 1.1 to 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Refused
from engine.workflow import xml
from engine.workflow.check.findings import Finding
from engine.workflow.elements import local


@dataclass(frozen=True)
class Column:
    """An input (``text`` its expression) or an output (``text`` its variable)."""

    text: str
    label: str
    type: str
    allowed: str


@dataclass(frozen=True)
class Decision:
    """The one decision of a DMN file; ``rules`` hold the texts of a row's cells."""

    id: str
    name: str
    file: str
    policy: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rules: tuple[tuple[str, ...], ...]

    @property
    def label(self) -> str:
        return self.name or self.id


def read_decisions(
    files: Mapping[str, bytes],
) -> tuple[list[Decision], list[Finding]]:
    """The tables of DMN files, and what kept others from being read."""
    found: list[Decision] = []
    wrong: list[Finding] = []
    for file, content in files.items():
        try:
            decision = _read(file, xml.parse(content, roots=xml.DMN))
        except Refused as refused:
            wrong.append(
                Finding("error", file, f"“{file}”：{refused}", "decision.file")
            )
            continue
        if isinstance(decision, str):
            wrong.append(
                Finding("error", file, f"“{file}”：{decision}", "decision.file")
            )
        elif decision.id in [other.id for other in found]:
            told = f"决策表“{decision.label}”：编号和另一个决策表相同。"
            wrong.append(Finding("error", decision.id, told, "decision.twice"))
        else:
            found.append(decision)
    return found, wrong


def _read(file: str, root: Any) -> Decision | str:
    decisions = [node for node in root.iter() if _tag(node) == "decision"]
    if len(decisions) != 1:
        return f"一个文件里要有且只有一个决策，这里有 {len(decisions)} 个。"
    tables = _all(decisions[0], "decisionTable")
    if len(tables) != 1 or not decisions[0].get("id"):
        return "决策要有编号，里面要有一张决策表。"
    table = tables[0]
    return Decision(
        id=decisions[0].get("id"),
        name=(decisions[0].get("name") or "").strip(),
        file=file,
        policy=(table.get("hitPolicy") or "UNIQUE").upper(),
        aggregation=table.get("aggregation") or "",
        inputs=tuple(_input(node) for node in _all(table, "input")),
        outputs=tuple(_output(node) for node in _all(table, "output")),
        rules=tuple(_rule(node) for node in _all(table, "rule")),
    )


def _tag(node: Any) -> str:
    return local(node) if isinstance(node.tag, str) else ""


def _all(node: Any, name: str) -> list[Any]:
    return [child for child in node if _tag(child) == name]


def _text(node: Any) -> str:
    found = _all(node, "text")
    return (found[0].text or "").strip() if found else ""


def _input(node: Any) -> Column:
    expression = next(iter(_all(node, "inputExpression")), None)
    allowed = next(iter(_all(node, "inputValues")), None)
    text = "" if expression is None else _text(expression)
    return Column(
        text,
        node.get("label") or text,
        "" if expression is None else expression.get("typeRef") or "",
        "" if allowed is None else _text(allowed),
    )


def _output(node: Any) -> Column:
    name = node.get("name") or node.get("label") or ""
    return Column(name, node.get("label") or name, node.get("typeRef") or "", "")


def _rule(node: Any) -> tuple[str, ...]:
    return tuple(
        _text(e) for e in (*_all(node, "inputEntry"), *_all(node, "outputEntry"))
    )
