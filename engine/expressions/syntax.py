"""What may be written: source text -> a checked, cached tree.

The tree is Python's own (``ast``); only the constructs listed here pass. Nothing is
compiled: engine.expressions.walker walks the tree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from engine.expressions.numbers import MAX_BITS
from engine.expressions.refusals import (
    ConstructRefused,
    ExpressionRefused,
    NotReadable,
    SourceTooLong,
)

MAX_SOURCE = 4000
MAX_NODES = 1000
MAX_DEPTH = 60
_CACHED = 2048
_SURROGATE = re.compile("[\ud800-\udfff]")

METHODS = frozenset(
    "lower upper strip split startswith endswith replace join"
    " get keys values items count index".split()
)

_EXPRESSION = (
    *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store, ast.keyword),
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
    *(ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.IfExp, ast.Call, ast.Attribute),
    *(ast.List, ast.Tuple, ast.Dict, ast.Subscript, ast.Slice),
    *(ast.ListComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
    *(ast.JoinedStr, ast.FormattedValue),
)
_SCRIPT = (*_EXPRESSION, ast.Module, ast.Assign, ast.AugAssign, ast.If, ast.Pass)

_REASONS: Mapping[type[ast.AST], str] = {
    ast.Set: "请改用方括号 [ ]",
    ast.SetComp: "请改用方括号 [ ]",
    ast.Lambda: "不能自己定义函数",
    ast.FunctionDef: "不能自己定义函数",
    ast.Import: "不能引入其他模块",
    ast.ImportFrom: "不能引入其他模块",
    ast.For: "脚本里只能写赋值和 if",
    ast.While: "脚本里只能写赋值和 if",
    ast.Expr: "脚本里只能写赋值和 if",
    ast.NamedExpr: "请把赋值单独写在脚本里",
    ast.Starred: "不能用 * 展开",
}


@dataclass(frozen=True)
class Place:
    """A word of the source and where it stands, both counted from 1."""

    word: str
    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """A checked text: its tree (Expression or Module) and the functions it calls."""

    text: str
    tree: ast.Expression | ast.Module
    calls: tuple[tuple[Place, ast.Call], ...]


@lru_cache(maxsize=_CACHED)
def expression(text: str) -> Source:
    """Raises ExpressionRefused."""
    tree = _parse(text, text.strip() if isinstance(text, str) else "", "eval")
    return _checked(text.strip(), tree, _EXPRESSION)


@lru_cache(maxsize=_CACHED)
def script(text: str) -> Source:
    """Raises ExpressionRefused."""
    tree = _parse(text, text.strip("\r\n") if isinstance(text, str) else "", "exec")
    return _checked(text.strip("\r\n"), tree, _SCRIPT)


def _parse(text: str, trimmed: str, mode: str) -> ast.Expression | ast.Module:
    if len(trimmed) > MAX_SOURCE:
        raise SourceTooLong(limit=MAX_SOURCE)
    if not trimmed.strip():
        raise NotReadable(line=1, column=1, reason="这里是空的")
    try:
        tree = ast.parse(trimmed, mode=mode)
    except SyntaxError as error:
        raise NotReadable(
            line=error.lineno or 1, column=error.offset or 1, reason=_misread(error)
        ) from None
    except (ValueError, RecursionError, MemoryError):
        # A lone surrogate, or nesting beyond what Python's own parser stands.
        raise NotReadable(line=1, column=1, reason="括号或层次太多，或有乱码") from None
    assert isinstance(tree, (ast.Expression, ast.Module))
    return tree


def _misread(error: SyntaxError) -> str:
    text = (error.text or "").splitlines()
    at = (error.offset or 1) - 1
    near = text[0][max(at, 0) : at + 12] if text else ""
    if near[:1] and not near[0].isascii() and not near[0].isalnum():
        return f"“{near[0]}”这个符号要用半角（英文）的"
    return f"看不懂“{near}”" if near.strip() else "没有写完"


def _checked(
    text: str, tree: ast.Expression | ast.Module, allowed: tuple[type[ast.AST], ...]
) -> Source:
    calls = []
    for node in _nodes(tree):
        if not isinstance(node, allowed):
            raise refused(text, node, _REASONS.get(type(node), "表达式里不允许"))
        check = _CHECKS.get(type(node))
        reason = check(node) if check else None
        if reason:
            raise refused(text, node, reason)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            calls.append((place(text, node.func), node))
    return Source(text, tree, tuple(calls))


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node, without recursion, so that depth is a number and not a crash."""
    stack = [(tree, 0)]
    seen = 0
    while stack:
        node, depth = stack.pop()
        seen += 1
        if depth > MAX_DEPTH or seen > MAX_NODES:
            raise SourceTooLong(limit=MAX_SOURCE)
        yield node
        children = list(ast.iter_child_nodes(node))
        stack.extend((child, depth + 1) for child in reversed(children))


def refused(text: str, node: ast.AST, reason: str) -> ExpressionRefused:
    at = place(text, node)
    return ConstructRefused(line=at.line, column=at.column, word=at.word, reason=reason)


def place(text: str, node: ast.AST) -> Place:
    line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    lines = text.splitlines() or [""]
    row = lines[min(line, len(lines)) - 1]
    # ast counts columns in UTF-8 bytes; people count characters.
    column = len(row.encode()[:offset].decode(errors="ignore")) + 1
    word = (ast.get_source_segment(text, node) or "").split("\n")[0]
    return Place(word[:40] or row[:40], line, column)


def _name(node: ast.AST) -> str | None:
    assert isinstance(node, ast.Name)
    return "名称不能以下划线开头" if node.id.startswith("_") else None


def _attribute(node: ast.AST) -> str | None:
    assert isinstance(node, ast.Attribute)
    return "名称不能以下划线开头" if node.attr.startswith("_") else None


def _constant(node: ast.AST) -> str | None:
    assert isinstance(node, ast.Constant)
    value = node.value
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        return "数字太大"
    if isinstance(value, float) and not isfinite(value):
        return "数字太大"
    if isinstance(value, str):
        return "文字里有乱码" if _SURROGATE.search(value) else None
    plain = value is None or isinstance(value, (int, float))
    return None if plain else "只能写文字、数字、True、False、None"


def _call(node: ast.AST) -> str | None:
    assert isinstance(node, ast.Call)
    if any(keyword.arg is None for keyword in node.keywords):
        return "不能用 ** 展开参数"
    if any((keyword.arg or "").startswith("_") for keyword in node.keywords):
        return "名称不能以下划线开头"
    if isinstance(node.func, ast.Name):
        return None
    if not isinstance(node.func, ast.Attribute):
        return "只能按名称调用函数"
    if node.keywords or node.func.attr not in METHODS:
        return f"没有“.{node.func.attr}( )”这种用法"
    return None


def _formatted(node: ast.AST) -> str | None:
    assert isinstance(node, ast.FormattedValue)
    plain = node.format_spec is None and node.conversion == -1
    return None if plain else "大括号里不能带格式"


def _identity(node: ast.AST) -> str | None:
    assert isinstance(node, ast.Compare)
    for operator, right in zip(node.ops, node.comparators):
        if isinstance(operator, (ast.Is, ast.IsNot)):
            if not (_single(right)):
                return "is 只能用于 None、True、False，请改用 =="
    return None


def _single(node: ast.expr) -> bool:
    # Not `in (None, True, False)`: 1 == True.
    return isinstance(node, ast.Constant) and (
        node.value is None or isinstance(node.value, bool)
    )


def _comprehension(node: ast.AST) -> str | None:
    assert isinstance(node, ast.comprehension)
    if node.is_async:
        return "不能用 async"
    parts = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
    named = all(isinstance(part, ast.Name) for part in parts)
    return None if named else "for 后面只能写名称"


def _assignment(node: ast.AST) -> str | None:
    targets = getattr(node, "targets", None) or [getattr(node, "target")]
    named = all(isinstance(target, ast.Name) for target in targets)
    return None if named else "等号左边只能是一个名称"


_CHECKS: Mapping[type[ast.AST], Callable[[ast.AST], str | None]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.FormattedValue: _formatted,
    ast.Compare: _identity,
    ast.comprehension: _comprehension,
    ast.Assign: _assignment,
    ast.AugAssign: _assignment,
}
