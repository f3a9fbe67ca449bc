from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.actions.load_demo import STAFF as DEMO
from engine.imports.kinds.staff import Roster, read_staff
from tests.imports.workbooks import workbook

ROLES = {
    "cashier": {"name": "收银员"},
    "key_keeper": {"name": "钥匙管理员"},
}
TITLES = ("工号", "登录名", "姓名", "角色", "手机号", "入职日期")


def read(*rows: tuple[Any, ...]) -> Roster:
    return read_staff(workbook([TITLES, *rows]), ROLES)


def test_a_row() -> None:
    roster = read(
        ("T01", "jiahl", "贾惠玲", "收银员，key_keeper", 15400000907, "2023/3/6")
    )
    assert roster.findings == ()
    (row,) = roster.rows
    assert (row.badge_no, row.username, row.name) == ("T01", "jiahl", "贾惠玲")
    assert row.roles == ("cashier", "key_keeper")
    assert (row.phone, row.joined_on) == ("15400000907", date(2023, 3, 6))
    assert row.post is None


@pytest.mark.parametrize(
    ("row", "where", "part"),
    [
        (("T1", None, "甲", None), (2, "B"), "缺少登录名"),
        (("T1", "jia", None, None), (2, "C"), "缺少姓名"),
        (("T1", "Jia", "甲", None), (2, "B"), "小写字母开头"),
        (("T1", "j", "甲", None), (2, "B"), "共 2 至 60 个"),
        (("T1", "jia@x", "甲", None), (2, "B"), "小写字母、数字"),
        (("T1", "jia", "甲", "cashier,boss、king"), (2, "D"), "没有角色“boss”、“king”"),
        (("T1", "jia", "甲", None, "123"), (2, "E"), "不是电话号码"),
        (("T1", "jia", "甲", None, None, "2025-13-01"), (2, "F"), "没有这一天"),
    ],
)
def test_one_wrong_cell(row: tuple[Any, ...], where: Any, part: str) -> None:
    (finding,) = read(row).findings
    assert (finding.row, finding.column) == where
    assert part in finding.sentence


def test_repeats_are_named() -> None:
    findings = read(
        ("T1", "jia", "甲", None), ("T2", "jia", "乙", None), ("T1", "yi", "丙", None)
    ).findings
    assert [(f.row, f.column) for f in findings] == [(3, "B"), (4, "A")]
    assert findings[0].sentence == "登录名“jia”与第 2 行重复"


def test_the_demo_roster() -> None:
    known = """project_manager customer_manager customer_assistant front_desk cashier
        archivist key_keeper project_supervisor company_mgmt_dept company_leader
        engineering repair_worker security_head gate_guard deputy_manager dept_head
        security_dept""".split()
    with DEMO.open("rb") as file:
        roster = read_staff(file, {role: {"name": role} for role in known})
    assert roster.findings == ()
    assert len(roster.rows) == 16
    assert roster.rows[1].roles == ("customer_manager", "customer_assistant")
