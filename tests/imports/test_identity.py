from __future__ import annotations

import pytest

from engine.imports.identity import kind_of, wrong_company, wrong_person
from tests.imports.workbooks import id_number


@pytest.mark.parametrize("number", ["990101199606188725", "99010119730627055X"])
def test_a_person(number: str) -> None:
    assert wrong_person(number) is None
    assert kind_of(number) == "person"


def test_every_other_check_character_is_wrong() -> None:
    right = id_number(1)
    for character in set("0123456789X") - {right[-1]}:
        assert "校验码" in str(wrong_person(right[:-1] + character))


@pytest.mark.parametrize(
    ("number", "part"),
    [
        ("99010119960618872", "现在 17 位"),
        ("99010119960618872A", "须为 18 位"),
        ("E12345678", "记在备注"),
        ("990101199613408725", "出生日期"),
    ],
)
def test_no_person(number: str, part: str) -> None:
    assert part in str(wrong_person(number))


def test_a_company() -> None:
    assert wrong_company("91990101MA0DEM013U") is None
    assert kind_of("91990101MA0DEM013U") == "company"


@pytest.mark.parametrize(
    ("number", "part"),
    [
        ("91990101MA0DEM013T", "校验码"),
        ("91990101MA0DEM01", "现在 16 位"),
        ("91990101MAODEM013U", "不含 I、O"),
    ],
)
def test_no_company(number: str, part: str) -> None:
    assert part in str(wrong_company(number))
    assert kind_of(number) is None
