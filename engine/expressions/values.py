"""Values inside an expression: their kinds, equality, order, text, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any

from engine.expressions.numbers import MAX_BITS, exact, is_finite, is_number
from engine.expressions.refusals import TooBig, Unfit

MAX_SEQUENCE = 100_000  # elements of a list, characters of a text
MAX_RESULT = 200_000  # characters of JSON, roughly
MAX_NESTING = 30

Spend = Callable[[int], None]
_PLAIN = frozenset({int, str, bool, type(None)})


def kind(value: Any) -> str:
    """What an office person calls the value's type."""
    if value is None:
        return "空值"
    if isinstance(value, bool):
        return "是否值"
    if is_number(value):
        return "数字"
    if isinstance(value, str):
        return "文字"
    if isinstance(value, (list, tuple)):
        return "列表"
    return "对象" if isinstance(value, Mapping) else "其他类型的值"


def equal(left: Any, right: Any, spend: Spend, depth: int = 0) -> bool:
    """Like ==, but exact between decimals, inside lists and objects too."""
    spend(1)
    if type(left) in _PLAIN and type(right) in _PLAIN:
        return bool(left == right)
    if depth > MAX_NESTING:
        raise TooBig("层次太深")
    if is_number(left) and is_number(right):
        return _same_number(left, right)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(
            equal(a, b, spend, depth + 1) for a, b in zip(left, right)
        )
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(
            equal(value, right[key], spend, depth + 1) for key, value in left.items()
        )
    return isinstance(left, str) and isinstance(right, str) and left == right


def _same_number(left: Any, right: Any) -> bool:
    if type(left) is type(right):
        return bool(left == right)
    if not (is_finite(left) and is_finite(right)):
        return False
    return exact(left) == exact(right)


def orderable(values: Iterable[Any]) -> list[Any]:
    """Keys by which values compare; raises Unfit unless all are numbers or all texts."""
    found = list(values)
    if all(isinstance(value, str) for value in found):
        return found
    for value in found:
        if not is_number(value):
            raise Unfit(f"{kind(value)}不能比较大小")
    return [exact(value) for value in found]


def text_of(value: Any) -> str:
    """The text of a plain value; nothing for None, no text for lists and objects."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool) or is_number(value):
        return str(_number_out(value))
    raise Unfit(f"{kind(value)}不能直接变成文字")


def _number_out(value: Any) -> int | float | bool:
    if isinstance(value, int):
        if value.bit_length() > MAX_BITS:
            # Python refuses to write out an integer of thousands of digits.
            raise Unfit("数字太大")
        return value
    number = float(value)
    if not isfinite(number):
        raise Unfit("不是有限的数字")
    return number


class Outlet:
    """Copies a value into fresh JSON types: what leaves shares nothing with what came.

    A reference used twice is copied twice, as JSON would; the budget therefore meets
    every explosion by shared references, and the nesting limit every cycle.
    """

    def __init__(self, limit: int = MAX_RESULT) -> None:
        self.left = limit

    def json(self, value: Any, depth: int = 0) -> Any:
        if isinstance(value, str):
            self._take(len(value) + 2)
            return value
        self._take(2)
        if value is None or isinstance(value, bool):
            return value
        if is_number(value):
            return _number_out(value)
        if depth > MAX_NESTING:
            raise Unfit("层次太深")
        if isinstance(value, (list, tuple)):
            return [self.json(item, depth + 1) for item in value]
        if isinstance(value, Mapping):
            return {self._key(k): self.json(v, depth + 1) for k, v in value.items()}
        raise Unfit("不是表单能存的数据")

    def _key(self, key: Any) -> str:
        if not isinstance(key, str):
            raise Unfit("对象的键必须是文字")
        self._take(len(key) + 4)
        return key

    def _take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Unfit("内容太大")
