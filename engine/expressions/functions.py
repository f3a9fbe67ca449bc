"""The functions every expression may call. Each raises Unfit with a Chinese reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from engine.expressions import dates
from engine.expressions.capitals import capitals
from engine.expressions.numbers import (
    Exact,
    bounded,
    exact,
    half_up,
    is_number,
    magnitude,
)
from engine.expressions.refusals import TooBig, Unfit
from engine.expressions.values import kind, orderable, text_of

MAX_ITEMS = 10_000
_MAX_DIGITS = 80


def _items(value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple, str, Mapping)):
        raise Unfit(f"需要列表，得到的是{kind(value)}")
    if len(value) > MAX_ITEMS:
        raise TooBig(f"列表最多 {MAX_ITEMS} 项")
    return list(value)


def _length(value: Any) -> int:
    if not isinstance(value, (list, tuple, str, Mapping)):
        raise Unfit(f"{kind(value)}没有长度")
    return len(value)


def _sum(items: Any, start: Any = 0) -> Exact:
    total = _number(start)
    for item in _items(items):
        total = bounded(total + _number(item))
    return total


def _number(value: Any) -> Exact:
    if not is_number(value):
        raise Unfit(f"需要数字，得到的是{kind(value)}")
    return exact(value)


def _extreme(choose: Callable[..., int], values: tuple[Any, ...]) -> Any:
    items = _items(values[0]) if len(values) == 1 else list(values)
    if not items:
        raise Unfit("列表是空的")
    keys = orderable(items)
    return items[choose(range(len(keys)), key=keys.__getitem__)]


def _min(*values: Any) -> Any:
    return _extreme(min, values)


def _max(*values: Any) -> Any:
    return _extreme(max, values)


def _absolute(value: Any) -> Exact:
    return bounded(magnitude(_number(value)))


def _round(value: Any, places: int = 0) -> Exact:
    if type(places) is not int or abs(places) > 20:
        raise Unfit("小数位数不对")
    return half_up(_number(value), places)


def _sorted(items: Any, reverse: bool = False) -> list[Any]:
    found = _items(items)
    keys = orderable(found)
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=bool(reverse))
    return [found[position] for position in order]


def _any(items: Any) -> bool:
    return any(_items(items))


def _all(items: Any) -> bool:
    return all(_items(items))


def _from_text(value: Any) -> Exact:
    """A number, or the number a text shows: " 1,418.40 " -> 1418.4."""
    if not isinstance(value, str):
        return _number(value)
    digits = value.strip().replace(",", "")
    plain = digits.removeprefix("-").replace(".", "", 1)
    if len(digits) > _MAX_DIGITS or not (plain.isascii() and plain.isdigit()):
        raise Unfit("不是数字")
    return bounded(Fraction(digits))


def _int(value: Any) -> int:
    return int(_from_text(value))


def _float(value: Any) -> float:
    return float(_from_text(value))


def _str(value: Any) -> str:
    return text_of(value)


def _bool(value: Any) -> bool:
    return bool(value)


def _list(items: Any) -> list[Any]:
    return _items(items)


def _enumerate(items: Any, start: int = 0) -> list[Any]:
    return [[position, item] for position, item in enumerate(_items(items), start)]


def _range(start: int, stop: int | None = None, step: int = 1) -> list[int]:
    numbers = range(start) if stop is None else range(start, stop, step)
    # Not len(): it overflows beyond 2**63.
    if numbers[MAX_ITEMS : MAX_ITEMS + 1]:
        raise TooBig(f"range 最多 {MAX_ITEMS} 个数")
    return list(numbers)


def _zip(*lists: Any) -> list[Any]:
    return [list(row) for row in zip(*map(_items, lists))]


def fen(amount: Any) -> int:
    """Integer fen of an amount in yuan (number or text), half up: 14.185 -> 1419."""
    return int(half_up(bounded(_from_text(amount) * 100)))


def yuan(amount: Any) -> str:
    """The amount as on a receipt: 141840 -> "1,418.40". Fen are whole."""
    fens = bounded(_number(amount))
    if isinstance(fens, Fraction):
        raise Unfit("分必须是整数")
    whole, part = divmod(abs(fens), 100)
    return f"{'-' if fens < 0 else ''}{whole:,}.{part:02d}"


def default(value: Any, other: Any) -> Any:
    """The value, or the other where the value is None."""
    return other if value is None else value


def mask_tail(text: Any, n: int) -> str:
    """Hides all but the last n characters: ("6222021234", 4) -> "******1234"."""
    shown = text_of(text)
    if type(n) is not int or n < 0:
        raise Unfit("位数不对")
    hidden = max(len(shown) - n, 0)
    return "*" * hidden + shown[hidden:]


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "len": _length,
        "sum": _sum,
        "min": _min,
        "max": _max,
        "abs": _absolute,
        "round": _round,
        "sorted": _sorted,
        "any": _any,
        "all": _all,
        "int": _int,
        "float": _float,
        "str": _str,
        "bool": _bool,
        "list": _list,
        "enumerate": _enumerate,
        "range": _range,
        "zip": _zip,
        "fen": fen,
        "yuan": yuan,
        "capitals": capitals,
        "now": dates.now,
        "today": dates.today,
        "date": dates.date,
        "add_days": dates.add_days,
        "add_months": dates.add_months,
        "period_end": dates.period_end,
        "days_between": dates.days_between,
        "default": default,
        "mask_tail": mask_tail,
    }
)
