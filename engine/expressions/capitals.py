"""An amount of money in Chinese capitals, as receipts and vouchers demand it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from engine.expressions.numbers import exact, is_number
from engine.expressions.refusals import Unfit

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")
WAN, YI = 10**4, 10**8
MOST = 10**16  # yuan; nobody reads more in capitals


def capitals(amount: Any) -> str:
    """Whole fen in capitals: 140950 -> 壹仟肆佰零玖元伍角. Without the prefix 人民币.

    整 stands after 元 only; zeros inside are one 零, also between 元 and 分.
    """
    fens = exact(amount) if is_number(amount) else None
    if fens is None or isinstance(fens, Fraction) or isinstance(amount, bool):
        raise Unfit("分必须是整数")
    yuan, part = divmod(abs(fens), 100)
    if yuan >= MOST:
        raise Unfit("金额太大，无法大写")
    sign = "负" if fens < 0 else ""
    return sign + _whole(yuan, bool(part)) + _part(part, bool(yuan))


def _whole(yuan: int, more: bool) -> str:
    if yuan == 0:
        return "" if more else "零元整"
    return _read(yuan) + ("元" if more else "元整")


def _part(part: int, after_yuan: bool) -> str:
    jiao, fen = divmod(part, 10)
    text = f"{DIGITS[jiao]}角" if jiao else "零" if after_yuan and fen else ""
    return text + (f"{DIGITS[fen]}分" if fen else "")


def _read(number: int) -> str:
    """A number above zero: what stands before 亿 or 万 is read like any other."""
    for unit, name in ((YI, "亿"), (WAN, "万")):
        high, low = divmod(number, unit)
        if high:
            gap = "零" if 0 < low < unit // 10 else ""
            return f"{_read(high)}{name}{gap}{_read(low) if low else ''}"
    text, owed = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if owed else "") + DIGITS[digit] + UNITS[place]
        owed = digit == 0 and text != ""
    return text
