"""Exact decimal arithmetic: 0.1 + 0.2 == 0.3, and 3 / 5 >= 0.6.

Inside an expression a number is an int or a Fraction. A float enters as the decimal a
person wrote (its shortest text), and leaves as the nearest float.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor, isfinite
from typing import Any

from engine.expressions.refusals import TooBig, Unfit

MAX_BITS = 256
# Beyond MAX_BITS a fraction is rounded to this many places, so that adding up hundreds
# of unlike shares neither fails nor grows without end.
_PLACES = 10**60
_NUMBERS = (int, float, Fraction, Decimal)

Exact = int | Fraction


def is_number(value: Any) -> bool:
    return isinstance(value, _NUMBERS)


def exact(value: Any) -> Exact:
    """The number without binary rounding. Raises Unfit for what is no finite number."""
    if isinstance(value, (int, Fraction)):
        return value
    if not isinstance(value, _NUMBERS) or not isfinite(value):
        raise Unfit("不是数字")
    number = Fraction(Decimal(repr(value)) if type(value) is float else value)
    return number.numerator if number.denominator == 1 else number


def is_finite(value: Any) -> bool:
    # math.isfinite turns its argument into a float: OverflowError for a large int.
    return isinstance(value, (int, Fraction)) or isfinite(value)


def bounded(value: Exact) -> Exact:
    """An integral value as int; raises TooBig past MAX_BITS."""
    if type(value) is Fraction:
        if value.denominator.bit_length() > MAX_BITS:
            value = Fraction(round(value * _PLACES), _PLACES)
        if value.denominator == 1:
            value = value.numerator
    if abs(floor(value)).bit_length() > MAX_BITS:
        raise TooBig("数字太大")
    return value


def magnitude(value: Exact) -> Exact:
    return value if value >= 0 else -value


def half_up(value: Exact, places: int = 0) -> Exact:
    """Commercial rounding, away from zero at the half: 2.5 -> 3, -2.5 -> -3."""
    scale = Fraction(10) ** places
    size = floor(magnitude(value) * scale + Fraction(1, 2))
    return bounded((size if value >= 0 else -size) / scale)
