"""The operators, guarded: exact, bounded, and never a Python TypeError."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from engine.expressions.numbers import MAX_BITS, bounded, exact, is_number
from engine.expressions.refusals import TooBig, Unfit
from engine.expressions.values import MAX_SEQUENCE, Spend, equal, orderable

Binary = Callable[[Any, Any], Any]
Comparison = Callable[[Any, Any, Spend], bool]


def _numeric(function: Binary) -> Binary:
    def apply(left: Any, right: Any) -> Any:
        if type(left) is int and type(right) is int:
            return bounded(function(left, right))
        if not (is_number(left) and is_number(right)):
            raise Unfit
        return bounded(function(exact(left), exact(right)))

    return apply


def _add(left: Any, right: Any) -> Any:
    if not _joinable(left, right):
        return _sum(left, right)
    if len(left) + len(right) > MAX_SEQUENCE:
        raise TooBig("内容太长")
    return left + right


def _joinable(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return isinstance(right, str)
    return isinstance(left, list) and isinstance(right, list)


def _multiply(left: Any, right: Any) -> Any:
    if isinstance(right, (str, list)):
        left, right = right, left
    if isinstance(left, (str, list)) and isinstance(right, int):
        if len(left) * max(right, 0) > MAX_SEQUENCE:
            raise TooBig("内容太长")
        return left * right
    return _product(left, right)


def _power(left: Any, right: Any) -> Any:
    if type(left) is not int or type(right) is not int or right < 0:
        raise Unfit
    if left.bit_length() * right > MAX_BITS:
        raise TooBig("数字太大")
    return left**right


_sum = _numeric(operator.add)
_product = _numeric(operator.mul)

BINARY: Mapping[type[ast.operator], tuple[str, Binary]] = {
    ast.Add: ("+", _add),
    ast.Sub: ("-", _numeric(operator.sub)),
    ast.Mult: ("*", _multiply),
    # Fraction(a) / b is exact where a / b of two ints would already be a float.
    ast.Div: ("/", _numeric(lambda left, right: Fraction(left) / right)),
    ast.FloorDiv: ("//", _numeric(operator.floordiv)),
    ast.Mod: ("%", _numeric(operator.mod)),
    ast.Pow: ("**", _power),
}


def _ordered(function: Binary) -> Comparison:
    def apply(left: Any, right: Any, spend: Spend) -> bool:
        if type(left) is type(right) and type(left) in (int, str):
            return bool(function(left, right))
        return bool(function(*orderable((left, right))))

    return apply


def contains(item: Any, container: Any, spend: Spend) -> bool:
    """``item in container``; a text is searched for in a text, a key in an object."""
    if isinstance(container, str) and isinstance(item, str):
        spend(1 + len(container) // 100)
        return item in container
    if isinstance(container, (list, tuple)):
        return any(equal(item, each, spend) for each in container)
    if isinstance(container, Mapping):
        return isinstance(item, (str, int)) and item in container
    raise Unfit


COMPARE: Mapping[type[ast.cmpop], tuple[str, Comparison]] = {
    ast.Eq: ("==", equal),
    ast.NotEq: ("!=", lambda a, b, spend: not equal(a, b, spend)),
    ast.Lt: ("<", _ordered(operator.lt)),
    ast.LtE: ("<=", _ordered(operator.le)),
    ast.Gt: (">", _ordered(operator.gt)),
    ast.GtE: (">=", _ordered(operator.ge)),
    ast.In: ("in", contains),
    ast.NotIn: ("not in", lambda a, b, spend: not contains(a, b, spend)),
    ast.Is: ("is", lambda a, b, spend: a is b),
    ast.IsNot: ("is not", lambda a, b, spend: a is not b),
}

UNARY: Mapping[type[ast.unaryop], tuple[str, Callable[[Any], Any]]] = {
    ast.Not: ("not", operator.not_),
    ast.USub: ("-", lambda value: -exact(value)),
    ast.UAdd: ("+", lambda value: +exact(value)),
}
