"""The owner register: from the real layouts, and what rows say against each other."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from engine.actions.load_demo import OWNERS as DEMO
from engine.imports.kinds.register import Register, read_owners
from engine.store.estate import HOUSE_STATES
from tests.imports.workbooks import PLANTED, formatted, id_number, owners, workbook


def read(file: io.BytesIO, room_width: int | None = None) -> Register:
    return read_owners(file, HOUSE_STATES, room_width)


def where(register: Register) -> list[tuple[int, str, str]]:
    return [(f.row, f.column, f.title) for f in register.findings]


def owner(name: str, **more: Any) -> dict[str, Any]:
    return {"业主名称": name, **more}


def test_the_demo_register() -> None:
    with DEMO.open("rb") as file:
        register = read_owners(file, HOUSE_STATES)
    assert register.findings == ()
    assert len(register.houses) == 180
    links = [link for house in register.houses for link in house.owners]
    assert (len(links), len({link.party for link in links})) == (186, 178)
    first = register.houses[0]
    assert (first.code, first.area, first.status) == (
        "1-1-0101",
        Decimal("118.52"),
        "let",
    )
    assert first.handed_over_on == date(2025, 9, 8)
    states = [house.status for house in register.houses]
    assert states.count("not_handed_over") == 14
    assert sum(house.loose_remark for house in register.houses) == 14
    companies = {link.party for link in links if link.party.party_kind == "company"}
    assert len(companies) == 3


def test_the_ten_planted_errors_and_no_other() -> None:
    with PLANTED.open("rb") as file:
        register = read_owners(file, HOUSE_STATES)
    assert where(register) == [
        (1, "S", "充电桩意向"),
        (17, "J", "手机号"),
        (19, "N", "交房日期"),
        (21, "C", "房间"),
        (24, "Q", "产权份额"),
        (38, "F", "建筑面积"),
        (57, "K", "身份证号"),
        (59, "H", "业主名称"),
        (61, "G", "房屋状态"),
        (62, "F", "建筑面积"),
    ]
    for finding, part in zip(
        register.findings,
        (
            "不认识的列",
            "按原件补录",
            "没有这一天：“2026-13-40”",
            "缺少房间号",
            "第 24、25 行同一房屋 1-1-1101 的产权份额合计 110%",
            "面积须大于 0",
            "第 18 位校验码与前 17 位不符",
            "房屋状态为自住的必须有业主",
            "可填：未售、未交房、空置、装修中、自住、出租、办公",
            "与第 43 行是同一房屋同一业主，重复了一行，且建筑面积不一致",
        ),
        strict=True,
    ):
        assert part in finding.sentence


@pytest.mark.parametrize(
    ("cells", "where_", "part"),
    [
        ({"楼号": None}, [(2, "A", "楼号")], "缺少楼号"),
        ({"单元": None}, [(2, "B", "单元")], "商铺请填 0"),
        ({"房间": "1-0101"}, [(2, "C", "房间")], "只能是数字"),
        (owner("甲、乙"), [(2, "D", "业主名称")], "只写一位"),
        ({"手机号": "15400000073"}, [(2, "D", "业主名称")], "却没有名称"),
        ({"房屋状态": "自住"}, [(2, "D", "业主名称")], "自住"),
        (owner("甲", 证件号="E1234567"), [(2, "E", "证件号")], "须为 18 位"),
        (
            owner("甲公司", 业主类型="单位", 身份证号=id_number(1)),
            [(2, "F", "身份证号")],
            "统一社会信用代码",
        ),
        (
            owner("甲", 业主类型="个人", 身份证号="91990101MA0DEM013U"),
            [(2, "F", "身份证号")],
            "须为 18 位",
        ),
        (owner("甲", 业主类型="其他"), [(2, "E", "业主类型")], "个人、自然人、单位"),
        (owner("甲" * 101), [(2, "D", "业主名称")], "最多 100 个字"),
    ],
)
def test_one_row(cells: dict[str, Any], where_: list[Any], part: str) -> None:
    register = read(owners(cells))
    assert where(register) == where_
    assert part in register.findings[0].sentence


def test_a_house_without_owner_is_no_error() -> None:
    register = read(owners({"房屋状态": "未交房", "备注": "开发商持有"}))
    assert register.findings == ()
    assert [(h.code, h.owners, h.loose_remark) for h in register.houses] == [
        ("1-1-0101", (), True)
    ]


def test_an_organisation_is_known_by_its_number() -> None:
    code = "91990101ma0dem013u"
    (house,) = read(owners(owner("甲公司", 统一社会信用代码=code))).houses
    assert house.owners[0].party.id_no == code.upper()


def test_shares_are_added_exactly() -> None:
    thirds = [owner(name, 产权份额="1/3") for name in "甲乙丙"]
    (house,) = read(owners(*thirds)).houses
    assert [link.share for link in house.owners] == [Fraction(1, 3)] * 3
    sevenths = [owner(name, 产权份额="1/6") for name in "甲乙丙丁戊己庚"]
    assert where(read(owners(*sevenths))) == [(2, "E", "产权份额")]


def test_a_row_twice_is_one_finding_and_counts_once() -> None:
    same = owner("甲", 手机号="15400000001", 产权份额="100%")
    register = read(owners(same, same))
    assert where(register) == [(3, "C", "房间")]
    assert "与第 2 行是同一房屋同一业主" in register.findings[0].sentence
    assert [len(house.owners) for house in register.houses] == [1]


def test_two_owners_may_not_contradict_each_other_on_the_house() -> None:
    register = read(
        owners(
            owner("甲", 建筑面积=89.36),
            owner("乙", 建筑面积=None),
            owner("丙", 建筑面积=90),
        )
    )
    assert where(register) == [(4, "E", "建筑面积")]
    assert "与第 2 行是同一房屋，建筑面积却不一致" in register.findings[0].sentence


def test_one_person_in_two_houses_is_one_party() -> None:
    number = id_number(1)
    register = read(
        owners(
            owner("甲", 手机号="15400000001", 身份证号=None),
            owner("甲", 手机号="15400000001", 身份证号=number, 房间="0102"),
            owner("甲", 手机号=None, 身份证号=number, 房间="0201"),
            owner("甲", 手机号="15400000002", 房间="0202"),
        )
    )
    assert register.findings == ()
    first, second, third, other = [house.owners[0].party for house in register.houses]
    assert first is second is third
    assert (first.phone, first.id_no) == ("15400000001", number)
    assert other is not first


def test_a_name_alone_is_no_identity() -> None:
    register = read(owners(owner("甲"), owner("甲", 房间="0102")))
    one, other = [house.owners[0].party for house in register.houses]
    assert one is not other


def test_one_certificate_under_two_names() -> None:
    number = id_number(1)
    register = read(
        owners(owner("甲", 身份证号=number), owner("乙", 身份证号=number, 房间="0102"))
    )
    assert where(register) == [(3, "D", "业主名称")]
    assert "与第 2 行是同一业主，业主名称却不一致" in register.findings[0].sentence


def test_a_house_was_handed_over_when_its_first_owner_got_it() -> None:
    (house,) = read(
        owners(owner("甲", 交房日期="2025-01-02"), owner("乙", 交房日期="2023-07-25"))
    ).houses
    assert house.handed_over_on == date(2023, 7, 25)
    assert [link.since for link in house.owners] == [
        date(2025, 1, 2),
        date(2023, 7, 25),
    ]


@pytest.mark.parametrize(
    ("rooms", "known", "codes"),
    [
        (["0101", 102, 1802], None, ["0101", "0102", "1802"]),
        (["0101", "102"], None, ["0101", "102"]),  # the text says so
        ([101, 1802], None, ["101", "1802"]),
        ([101, 1802], 4, ["0101", "1802"]),
        (["101", 5], 4, ["101", "005"]),
        (["S1", 5], None, ["S1", "5"]),
    ],
)
def test_room_numbers_get_their_zeros_back(
    rooms: list[Any], known: int | None, codes: list[str]
) -> None:
    register = read(owners(*({"房间": room} for room in rooms)), known)
    assert [house.room for house in register.houses] == codes


def test_a_layout_of_another_hand() -> None:
    file = workbook(
        [
            ("业主信息登记表",),
            ("房 号", "幢", "单元号", "姓名", "联系电话", "面积(㎡)", "状态", "序号"),
            (101, 2, "1单元", "王　明", 15400000073, "89.36㎡", "自住", 1),
        ],
        formatted("E3", "0.00E+00"),
    )
    (house,) = read(file, 4).houses
    assert (house.code, house.area) == ("2-1-0101", Decimal("89.36"))
    assert house.owners[0].party.name == "王明"
    assert house.owners[0].party.phone == "15400000073"


def test_a_bad_cell_does_not_hide_other_rows() -> None:
    register = read(
        owners(owner("甲", 建筑面积="大"), owner("乙", 房间="0102", 建筑面积=80))
    )
    assert where(register) == [(2, "E", "建筑面积")]
    assert [house.area for house in register.houses] == [None, Decimal(80)]
