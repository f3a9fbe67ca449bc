"""The staff roster (员工花名册): one row an account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from engine.imports.cells import (
    BadCell,
    Cell,
    Convert,
    as_code,
    as_date,
    as_name,
    as_phone,
    as_text,
    plain,
    quoted,
)
from engine.imports.columns import Column, Layout
from engine.imports.result import Finding
from engine.imports.table import Table, TableRow, read_table

USERNAME = re.compile(r"[a-z][a-z0-9_.-]{1,59}")
SEPARATORS = re.compile(r"[,，、;；/|\s]+")


@dataclass(frozen=True)
class StaffRow:
    """An account. ``roles`` are role ids; empty cells are None, and leave what is."""

    number: int
    username: str
    name: str
    badge_no: str | None
    post: str | None
    roles: tuple[str, ...] | None
    department: str | None
    phone: str | None
    joined_on: date | None
    remark: str | None


@dataclass
class Roster:
    """``table`` takes the findings that only a look at the database brings."""

    table: Table
    rows: list[StaffRow]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(sorted(self.table.findings))


def layout(roles: Mapping[str, Mapping[str, Any]]) -> Layout:
    return Layout(
        "员工花名册",
        (
            Column("serial", "序号", as_text(40)),
            Column("badge_no", "工号", as_code(40), ("员工编号",)),
            Column("username", "登录名", as_username, ("用户名", "账号"), True),
            Column("name", "姓名", as_name(60), ("员工姓名",), True),
            Column("post", "岗位", as_name(60), ("职务", "职位")),
            Column("roles", "角色", as_roles(roles), ("系统角色",), True),
            Column("department", "部门", as_name(60), ("所属部门",)),
            Column(
                "phone", "手机号", as_phone, ("手机", "手机号码", "联系电话", "电话")
            ),
            Column("joined_on", "入职日期", as_date, ("入职时间", "到岗日期")),
            Column("remark", "备注", as_text(500), ("说明",)),
        ),
    )


def as_username(cell: Cell) -> str:
    text: str = as_code(200)(cell)
    if not USERNAME.fullmatch(text):
        raise BadCell(
            "登录名须以小写字母开头，只含小写字母、数字和 _ . -，共 2 至 60 个，"
            f"现在是{quoted(text)}"
        )
    return text


def as_roles(roles: Mapping[str, Mapping[str, Any]]) -> Convert:
    """Role ids or their Chinese names, commas between them."""
    ids = {str(role["name"]): role_id for role_id, role in roles.items()}
    ids.update({role_id: role_id for role_id in roles})

    def convert(cell: Cell) -> tuple[str, ...]:
        given = [part for part in SEPARATORS.split(plain(cell)) if part]
        unknown = [part for part in given if part not in ids]
        if unknown:
            names = "、".join(quoted(part) for part in unknown)
            raise BadCell(f"没有角色{names}；角色编号和名称见 processes/roles.json")
        return tuple(dict.fromkeys(ids[part] for part in given))

    return convert


def read_staff(file: BinaryIO, roles: Mapping[str, Mapping[str, Any]]) -> Roster:
    """``roles``: id -> ``{"name": Chinese name}``. Raises a kind of ``WorkbookRefused``."""
    table = read_table(file, layout(roles))
    for key in ("username", "badge_no"):
        _find_repeats(table, key)
    rows = [_staff_row(row) for row in table.rows if _named(table, row)]
    return Roster(table, rows)


def _find_repeats(table: Table, key: str) -> None:
    first: dict[str, int] = {}
    for row in table.rows:
        value = row.values[key]
        if value is None:
            continue
        twin = first.setdefault(value, row.number)
        if twin != row.number:
            sentence = f"{table.title(key)}{quoted(value)}与第 {twin} 行重复"
            table.find(row.number, key, sentence)


def _named(table: Table, row: TableRow) -> bool:
    missing = [key for key in ("username", "name") if row.values[key] is None]
    for key in missing:
        if key not in row.bad:
            table.find(row.number, key, f"缺少{table.title(key)}")
    return not missing


def _staff_row(row: TableRow) -> StaffRow:
    values = dict(row.values)
    del values["serial"]
    return StaffRow(number=row.number, **values)
