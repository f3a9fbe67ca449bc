"""Amounts in capitals, as the bank's rules write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import ExpressionFailed, evaluate
from engine.expressions.capitals import DIGITS, MOST, capitals

WRITTEN = {
    0: "零元整",
    1: "壹分",
    5: "伍分",
    10: "壹角",
    15: "壹角伍分",
    99: "玖角玖分",
    100: "壹元整",
    101: "壹元零壹分",
    110: "壹元壹角",
    1000: "壹拾元整",
    1005: "壹拾元零伍分",
    1050: "壹拾元伍角",
    10_000: "壹佰元整",
    100_500: "壹仟零伍元整",
    140_950: "壹仟肆佰零玖元伍角",
    600_714: "陆仟零柒元壹角肆分",
    1_640_902: "壹万陆仟肆佰零玖元零贰分",
    10_000_000: "壹拾万元整",
    1_000_000: "壹万元整",
    1_000_100: "壹万零壹元整",
    1_001_000: "壹万零壹拾元整",
    1_010_000: "壹万零壹佰元整",
    1_100_000: "壹万壹仟元整",
    10_700_053: "壹拾万柒仟元伍角叁分",
    1_000_000_000_000: "壹佰亿元整",
    10_000_000_000: "壹亿元整",
    10_000_000_100: "壹亿零壹元整",
    10_001_000_000: "壹亿零壹万元整",
    10_001_000_100: "壹亿零壹万零壹元整",
    12_345_678_912: "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分",
    100_000_000_000_000: "壹万亿元整",
    100_010_000_000_000: "壹万零壹亿元整",
    MOST * 100
    - 1: "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    -5: "负伍分",
    -100_500: "负壹仟零伍元整",
}


@pytest.mark.parametrize("fen, written", WRITTEN.items())
def test_an_amount_as_it_is_written(fen: int, written: str) -> None:
    assert capitals(fen) == written


def read_back(text: str) -> int:
    """The amount a person reads out of capitals, in fen; written without looking."""
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负").removesuffix("整")
    yuan, found, rest = text.partition("元")
    if not found:
        yuan, rest = "", text
    total = section = digit = 0
    for letter in yuan:
        if letter in DIGITS:
            digit = DIGITS.index(letter)
        elif letter == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif letter == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        else:
            section += digit * 10 ** (1 + "拾佰仟".index(letter))
            digit = 0
    fen = (total + section + digit) * 100
    for unit, worth in (("角", 10), ("分", 1)):
        place = rest.find(unit)
        fen += DIGITS.index(rest[place - 1]) * worth if place > 0 else 0
    return sign * fen


@given(st.integers(-MOST * 100 + 1, MOST * 100 - 1))
def test_capitals_say_the_same_amount(fen: int) -> None:
    written = capitals(fen)
    assert read_back(written) == fen
    assert "零零" not in written and "零元" not in written.replace("零元整", "")
    assert not written.endswith("零") and not written.endswith("分整")


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_two_amounts_are_never_written_alike(one: int, other: int) -> None:
    assert (capitals(one) == capitals(other)) == (one == other)


def test_expressions_know_it() -> None:
    assert evaluate("capitals(fee)", {"fee": 141840}) == "壹仟肆佰壹拾捌元肆角"
    for wrong in (1.5, "100", None, True, MOST * 100, -MOST * 100):
        with pytest.raises(ExpressionFailed):
            evaluate("capitals(fee)", {"fee": wrong})
