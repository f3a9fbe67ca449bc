from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.imports.cells import (
    BadCell,
    Cell,
    as_area,
    as_choice,
    as_code,
    as_code_part,
    as_date,
    as_floor,
    as_name,
    as_phone,
    as_room,
    as_share,
    as_text,
)

as_building = as_code_part("号楼|[栋幢座楼号#]")


@pytest.mark.parametrize(
    ("value", "number_format", "phone"),
    [
        ("15400000073", "@", "15400000073"),
        (" 154 0000 0073 ", "@", "15400000073"),
        ("154-0000-0073", "@", "15400000073"),
        ("+86 15400000073", "@", "15400000073"),
        ("8615400000073", "@", "15400000073"),
        ("１５４００００００７３", "@", "15400000073"),
        ("\u202d15400000073\u202c", "@", "15400000073"),  # pasted from a chat
        (15400000073, "General", "15400000073"),
        (15400000073.0, "General", "15400000073"),
        (15400000073, "0.00E+00", "15400000073"),  # all digits are there
        ("010-62345678", "@", "010-62345678"),
        ("(010)62345678", "@", "010-62345678"),
        ("（010）62345678", "@", "010-62345678"),
        ("0531 2345678-801", "@", "05312345678-801"),
        ("400-800-1234", "@", "400-800-1234"),
        ("+852 23456789", "@", "+85223456789"),
    ],
)
def test_phones(value: object, number_format: str, phone: str) -> None:
    assert as_phone(Cell(value, number_format)) == phone


@pytest.mark.parametrize(
    ("value", "number_format", "part"),
    [
        (13800000000, "0.00E+00", "已丢失"),
        (13800000000, "General", "已丢失"),
        (13812300000, "0.00000E+00", "已丢失"),
        (1.38e10, "0", "已丢失"),
        ("1.38E+10", "@", "已丢失"),
        ("1.38e10", "@", "已丢失"),
        (1.5e17, "General", "已丢失"),
        ("1540000007", "@", "不是电话号码"),
        ("154000000731", "@", "不是电话号码"),
        ("22222222222", "@", "不是电话号码"),
        ("不详", "@", "不是电话号码"),
        (154.5, "General", "不是电话号码"),
        ("15400000073/15400000074", "@", "只能填一个"),
        ("15400000073 15400000074", "@", "只能填一个"),
        (datetime(2025, 1, 1), "yyyy-mm-dd", "应填文字"),
        (True, "General", "应填文字"),
        ("#N/A", "General", "公式错误"),
    ],
)
def test_phones_that_are_none(value: object, number_format: str, part: str) -> None:
    with pytest.raises(BadCell, match=part):
        as_phone(Cell(value, number_format))


@given(
    st.integers(10_000_000_000, 99_999_999_999), st.sampled_from(["General", "0", "@"])
)
def test_no_number_is_mended(number: int, number_format: str) -> None:
    """What is taken is what stands there, digit for digit."""
    try:
        assert as_code(40)(Cell(number, number_format)) == str(number)
    except BadCell:
        assert number % 1_000_000 == 0


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("99010119730627055x", "99010119730627055x"),
        (990101199606188725, "990101199606188725"),
        ("９９０１０１１９９６０６１８８７２５", "990101199606188725"),
        (7, "7"),
    ],
)
def test_codes(value: object, code: str) -> None:
    assert as_code(40)(Cell(value, "General")) == code


@pytest.mark.parametrize(
    "value", [990101199606188000, 9.90101199606189e17, "9.90101E+17"]
)
def test_codes_with_digits_lost(value: object) -> None:
    with pytest.raises(BadCell, match="已丢失"):
        as_code(40)(Cell(value, "General"))


@pytest.mark.parametrize(
    "value",
    [
        datetime(2025, 9, 8, 14, 30),
        date(2025, 9, 8),
        45908,
        45908.0,
        "45908",
        20250908,
        "2025-09-08",
        "2025-9-8",
        "2025/9/8",
        "2025.9.8",
        "2025年9月8日",
        "２０２５年９月８日",
        " 2025-09-08 00:00:00 ",
        "20250908",
    ],
)
def test_dates(value: object) -> None:
    assert as_date(Cell(value, "General")) == date(2025, 9, 8)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("2026-13-40", "没有这一天"),
        ("2025-02-29", "没有这一天"),
        ("20251340", "没有这一天"),
        ("25-9-8", "读不懂"),
        ("去年", "读不懂"),
        (12, "读不懂"),
        (time(8, 30), "应填文字"),
        (datetime(1900, 1, 1), "不合情理"),
        ("2925-09-08", "不合情理"),
    ],
)
def test_dates_that_are_none(value: object, part: str) -> None:
    with pytest.raises(BadCell, match=part):
        as_date(Cell(value, "General"))


@pytest.mark.parametrize(
    ("value", "area"),
    [
        (118.52, "118.52"),
        (118, "118.00"),
        ("89.36", "89.36"),
        ("89.36㎡", "89.36"),
        ("89.36 平方米", "89.36"),
        ("1,089.5", "1089.50"),
        (0.1 + 0.2, "0.30"),
    ],
)
def test_areas(value: object, area: str) -> None:
    assert as_area(Cell(value, "0.00")) == Decimal(area)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (-89.36, "大于 0"),
        (0, "大于 0"),
        (89.365, "两位小数"),
        (2_000_000, "不合情理"),
        ("约90", "应是数字"),
        ("NaN", "应是数字"),
        (float("inf"), "已丢失"),
        (float("nan"), "已丢失"),
    ],
)
def test_areas_that_are_none(value: object, part: str) -> None:
    with pytest.raises(BadCell, match=part):
        as_area(Cell(value, "0.00"))


@pytest.mark.parametrize(
    ("value", "number_format", "share"),
    [
        ("50%", "@", Fraction(1, 2)),
        ("33.33%", "@", Fraction(3333, 10000)),
        ("５０％", "@", Fraction(1, 2)),
        ("0.5", "@", Fraction(1, 2)),
        ("1/3", "@", Fraction(1, 3)),
        ("50", "@", Fraction(1, 2)),
        ("100%", "@", Fraction(1)),
        (0.5, "0%", Fraction(1, 2)),
        (1, "0%", Fraction(1)),
        (1, "General", Fraction(1)),
        (100, "General", Fraction(1)),
    ],
)
def test_shares(value: object, number_format: str, share: Fraction) -> None:
    assert as_share(Cell(value, number_format)) == share


@pytest.mark.parametrize(
    ("value", "number_format", "part"),
    [
        ("110%", "@", "不超过"),
        ("0", "@", "大于 0"),
        ("-5%", "@", "大于 0"),
        ("3/2", "@", "不超过"),
        (50, "0%", "不超过"),  # 5000 % is what Excel shows
        ("1/0", "@", "请写成"),
        ("共同共有", "@", "请写成"),
        (datetime(2026, 1, 2), "m/d", "变成了日期"),
    ],
)
def test_shares_that_are_none(value: object, number_format: str, part: str) -> None:
    with pytest.raises(BadCell, match=part):
        as_share(Cell(value, number_format))


@pytest.mark.parametrize(
    ("convert", "value", "result"),
    [
        (as_building, "1栋", "1"),
        (as_building, "第 1 栋", "1"),
        (as_building, "１幢", "1"),
        (as_building, "12号楼", "12"),
        (as_building, "a座", "A"),
        (as_building, 3, "3"),
        (as_building, 3.0, "3"),
        (as_code_part("单元|门"), "2单元", "2"),
        (as_room, "0101", "0101"),
        (as_room, "0101室", "0101"),
        (as_room, 101, 101),
        (as_room, "s1", "S1"),
        (as_floor, "18层", 18),
        (as_floor, -1, -1),
        (as_floor, "3F", 3),
        (as_name(9), "王　明", "王明"),
        (as_name(9), " 张 三\n丰 ", "张三丰"),
        (as_name(9), "Li  Lei", "Li Lei"),
        (as_text(9), " 一\r\n二 ", "一\n二"),
        (as_text(9), "a\x07b", "ab"),
        (as_text(9), 12.5, "12.5"),
        (as_choice("房屋状态", {"自住": "own"}), " 自 住", "own"),
    ],
)
def test_texts_and_codes(convert: Any, value: object, result: object) -> None:
    assert convert(Cell(value, "General")) == result


@pytest.mark.parametrize(
    ("convert", "value", "part"),
    [
        (as_building, "1-2", "只能是"),
        (as_building, "栋", "只能是"),
        (as_room, "1-1-0101", "只能是"),
        (as_room, 101.5, "只能是"),
        (as_floor, "一层", "应是整数"),
        (as_floor, 1.5, "应是整数"),
        (as_name(3), "一二三四", "最多 3 个字"),
        (as_choice("房屋状态", {"自住": "own", "空置": "v"}), "自用中", "自住、空置"),
    ],
)
def test_texts_and_codes_that_are_none(convert: Any, value: object, part: str) -> None:
    with pytest.raises(BadCell, match=part):
        convert(Cell(value, "General"))
