"""Finding a key in an object or an element in a list, and saying what was wrong."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from engine.expressions.refusals import (
    ExpressionFailed,
    KeyMissing,
    LimitPassed,
    TooBig,
    Unfit,
    WrongType,
)
from engine.expressions.values import kind


def words(node: ast.AST) -> str:
    """The source of a node, for a sentence."""
    try:
        return ast.unparse(node)[:80]
    except (ValueError, RecursionError):
        # Python 3.11 cannot unparse every f-string (one with a backslash inside).
        return "这一段"


def mismatch(node: ast.AST, operator: str, left: str, right: str) -> WrongType:
    return WrongType(text=words(node), operator=operator, left=left, right=right)


def unfit(
    node: ast.AST, operator: str, left: Any, right: Any, error: Unfit
) -> ExpressionFailed:
    """The sentence for an operator that could not take these two values."""
    if isinstance(error, TooBig):
        return LimitPassed(text=words(node), reason=error.args[0])
    return mismatch(node, operator, kind(left), kind(right))


def member(node: ast.Attribute | ast.Subscript, owner: Any, key: Any) -> Any:
    """``owner.key`` and ``owner["key"]``: both mean the key of an object."""
    if not isinstance(owner, Mapping) or not isinstance(key, (str, int)):
        raise mismatch(node, ".", kind(owner), kind(key))
    try:
        return owner[key]
    except KeyError:
        raise KeyMissing(text=words(node.value), key=key) from None


def element(node: ast.Subscript, container: Any, key: Any) -> Any:
    """``container[key]``: a key of an object, a position or slice of a list or text."""
    if isinstance(container, Mapping):
        return member(node, container, key)
    if not isinstance(container, (list, tuple, str)):
        raise mismatch(node, "[ ]", kind(container), kind(key))
    try:
        return container[key]
    except IndexError:
        raise KeyMissing(text=words(node.value), key=key) from None
    except (TypeError, ValueError):
        raise mismatch(node, "[ ]", kind(container), kind(key)) from None
