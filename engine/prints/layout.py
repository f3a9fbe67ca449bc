"""A layout as its file declares it, checked before anything is printed by it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from engine.errors import Refused
from engine.expressions import ExpressionRefused, check_expression
from engine.prints.schema import LAYOUT

Findings = list[tuple[str, str]]  # JSON pointer, sentence
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_VALIDATOR = Draft202012Validator(LAYOUT)
_EXPRESSIONS = ("value", "rows", "photo")


class LayoutRefused(Refused):
    """打印模板“{kind}”有 {count} 处不对：{first}"""

    status = 422

    def __init__(self, kind: str, findings: Findings) -> None:
        place, sentence = findings[0]
        first = f"{place} {sentence}".strip()
        super().__init__(kind=kind, count=len(findings), first=first)
        self.findings = findings


@dataclass(frozen=True)
class Layout:
    """``page`` is a paper size, ``copies`` the name of each copy, ``arrange`` whether
    each has its own page or is a part of one; ``carbon``: may be one print through all
    plies; ``money``: every print is counted and marked; ``qr``: case or gate."""

    title: str
    page: str
    copies: tuple[str, ...]
    arrange: str
    carbon: bool
    money: bool
    qr: str
    blocks: tuple[Mapping[str, Any], ...]


def layout_of(folder: Path, kind: str) -> Layout | None:
    """The layout of a kind, None where it has none. Raises ``LayoutRefused``."""
    path = folder / f"{kind}.json"
    if not _KIND.fullmatch(kind) or not path.is_file():
        return None
    return _layout(kind, path.read_bytes())


def layout_findings(folder: Path) -> Iterator[tuple[str, str, str]]:
    """All that is wrong with the layouts of a folder: (kind, JSON pointer, sentence)."""
    for path in sorted(folder.glob("*.json")):
        try:
            _layout(path.stem, path.read_bytes())
        except LayoutRefused as refused:
            yield from ((path.stem, *found) for found in refused.findings)


def _layout(kind: str, content: bytes) -> Layout:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise LayoutRefused(kind, [("", "不是有效的 JSON。")]) from None
    found = list(_wrong(data))
    if found:
        raise LayoutRefused(kind, found)
    return Layout(
        title=data["title"],
        page=data["page"],
        copies=tuple(data.get("copies", ())),
        arrange=data.get("arrange", "pages"),
        carbon=data.get("carbon", False),
        money=data.get("money", False),
        qr=data.get("qr", "case"),
        blocks=tuple(data["blocks"]),
    )


def _wrong(data: Any) -> Iterator[tuple[str, str]]:
    for error in _VALIDATOR.iter_errors(data):
        place = "".join(f"/{part}" for part in error.absolute_path)
        yield place, _sentence(str(error.validator), error)
    yield from _expressions(data, "")


def _sentence(rule: str, error: Any) -> str:
    if rule == "required":
        name = error.message.split("'")[1]  # one error for each name
        return f"缺少“{name}”。"
    if rule == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = [name for name in error.instance if name not in known]
        return f"没有名为“{extra[0]}”的设置。"
    if rule == "enum":
        return f"只能是：{'、'.join(map(str, error.validator_value))}。"
    if rule == "oneOf":
        return "应是一种内容块：fields、rows、amount、text、heading、big、photo 或 signatures。"
    return "内容的类型或长短不对。"


def _expressions(part: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, list):
        for number, one in enumerate(part):
            yield from _expressions(one, f"{place}/{number}")
    if isinstance(part, dict):
        for name, one in part.items():
            if name in _EXPRESSIONS and isinstance(one, str):
                yield from _expression(one, f"{place}/{name}")
            elif name != "words":
                yield from _expressions(one, f"{place}/{name}")


def _expression(source: str, place: str) -> Iterator[tuple[str, str]]:
    try:
        check_expression(source)
    except ExpressionRefused as refused:
        yield place, str(refused)
