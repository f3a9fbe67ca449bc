"""The values of one input, cut where the constants of its column cut them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

_OTHER_TEXT = "（其他）"


@dataclass(frozen=True)
class Region:
    """An example value, the text that tells it, and whether it may ever come."""

    value: Any
    told: str
    doubtful: bool = False


def regions_of(
    constants: Sequence[Any], kind: str, listed: list[Any] | None
) -> Iterator[Region]:
    if listed is not None:
        for value in dict.fromkeys([*listed]):
            yield Region(value, _told(value))
        return
    texts = dict.fromkeys(value for value in constants if isinstance(value, str))
    numbers = sorted({_exact(value) for value in constants if is_number(value)})
    truths = any(isinstance(value, bool) for value in constants)
    yield from (Region(value, _told(value)) for value in texts)
    if texts or kind == "string":
        yield Region(_OTHER_TEXT, "别的文字", doubtful=True)
    if numbers:
        yield from _ranges(numbers, kind in ("integer", "long"))
    if truths or kind == "boolean":
        yield from (Region(value, _told(value)) for value in (True, False))
    if any(value is None for value in constants):
        yield Region(None, "空")
    if not (texts or numbers or truths or kind in ("string", "boolean")):
        yield Region(0, "有值" if constants else "任何值")


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _exact(value: float) -> Fraction:
    return Fraction(str(value))


def _ranges(points: list[Fraction], whole: bool) -> Iterator[Region]:
    """Below, at and between the points, and above; negative ones only where meant."""
    low, high = points[0], points[-1]
    below = Fraction(ceil(low)) - 1 if whole or low >= 1 else low - 1
    if 0 < low < 1 and not whole:
        below = low / 2
    yield _number(below, doubtful=low >= 0)
    for point, following in zip(points, points[1:] + [high + 2]):
        if not whole or point.denominator == 1:
            yield _number(point)
        if not whole:
            yield _number((point + following) / 2)
        elif (between := point // 1 + 1) < following:
            yield _number(Fraction(between))


def _number(value: Fraction, doubtful: bool = False) -> Region:
    plain = int(value) if value.denominator == 1 else float(value)
    return Region(plain, _told(plain), doubtful and value < 0)


def _told(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
