"""The tenant register (租户清册): one row a tenant of a house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from engine.imports.cells import as_choice, as_code, as_date, as_name, as_phone, as_text
from engine.imports.columns import Column, Layout
from engine.imports.identity import wrong_company, wrong_person
from engine.imports.kinds.owners import GENDERS, ID_NUMBERS, PHONES
from engine.imports.kinds.people import PartyEntry, identities, party_of
from engine.imports.kinds.values import (
    as_count,
    as_names,
    as_yes,
    house_code,
    house_columns,
    facts,
    needed,
)
from engine.imports.table import Table, TableRow, read_table


@dataclass(frozen=True)
class TenantRow:
    """A tenant at a house. ``owner``: the owners' names as the row states them; ``members``
    live there too; None is unknown."""

    number: int
    code: str
    owner: str | None
    name: str
    gender: str | None
    phone: str | None
    id_no: str | None
    members: str | None
    member_count: int | None
    since: date | None
    ends_on: date | None
    has_agreement: bool | None
    owner_consents: bool | None
    purpose: str | None
    emergency_contact: str | None
    remark: str | None
    party_kind: str | None = None
    other_phone: str | None = None


def layout() -> Layout:
    return Layout(
        "租户清册",
        (
            Column("serial", "序号", as_text(40), ("编号",)),
            *house_columns(),
            Column("owner", "业主名称", as_names(200), ("业主", "业主姓名", "出租人")),
            *_tenant_columns(),
            *_lease_columns(),
            Column("remark", "备注", as_text(500), ("说明",)),
        ),
    )


def _tenant_columns() -> tuple[Column, ...]:
    names = ("租户名称", "承租人", "承租人姓名", "租客", "租户")
    together = ("同住人员", "同住人姓名", "家庭成员")
    return (
        Column("name", "租户姓名", as_name(100), names, True),
        Column("gender", "性别", as_choice("性别", GENDERS)),
        Column("phone", "手机号", as_phone, ("租户电话", *PHONES)),
        Column("id_no", "身份证号", as_code(40), ID_NUMBERS),
        Column("members", "同住人", as_names(200), together),
        Column("member_count", "同住人数", as_count("同住人数"), ("同住人员数",)),
        Column("emergency_contact", "紧急联系人", as_name(100), ("应急联系人",)),
    )


def _lease_columns() -> tuple[Column, ...]:
    begins = ("起租日期", "租赁起始", "租期开始", "租赁开始日期", "入住日期")
    ends = ("到期日期", "租赁截止", "租期结束", "租赁到期日期", "租期至")
    consents = ("承诺书", "业主同意", "业主同意书")
    return (
        Column("since", "租期起", as_date, begins),
        Column("ends_on", "租期止", as_date, ends),
        Column("has_agreement", "租赁协议", as_yes, ("租赁合同",), answers=True),
        Column("owner_consents", "业主承诺书", as_yes, consents, answers=True),
        Column("purpose", "用途", as_name(20), ("租赁用途", "使用用途")),
    )


def read_tenants(
    file: BinaryIO,
) -> tuple[Table, list[tuple[TenantRow, PartyEntry]]]:
    """The rows that name house and tenant; one person in two rows is one entry. What is
    wrong is in the table's findings. Raises a kind of ``WorkbookRefused``."""
    table = read_table(file, layout())
    rows = [row for row in map(lambda each: _tenant(table, each), table.rows) if row]
    whose = identities(rows)
    _find_repeats(table, rows, whose)
    groups: dict[tuple[str, str], list[TenantRow]] = {}
    for row in rows:
        groups.setdefault(whose[row.number], []).append(row)
    entries = {key: party_of(table, same) for key, same in groups.items()}
    return table, [(row, entries[whose[row.number]]) for row in rows]


def _tenant(table: Table, row: TableRow) -> TenantRow | None:
    code = house_code(table, row)
    if not needed(table, row, "name") or code is None:
        return None
    _check_number(table, row)
    values = facts(row)
    begins, ends = values["since"], values["ends_on"]
    if begins and ends and ends < begins:
        table.find(row.number, "ends_on", "租期止早于租期起")
    return TenantRow(number=row.number, code=code, **values)


def _check_number(table: Table, row: TableRow) -> None:
    """A tenant is a person or a company: the number must be one or the other."""
    number = row.values["id_no"]
    if number is None:
        return
    number = row.values["id_no"] = number.upper()
    wrong = wrong_person(number)
    if wrong is not None and wrong_company(number) is not None:
        row.values["id_no"] = None
        table.find(row.number, "id_no", wrong)


def _find_repeats(
    table: Table, rows: list[TenantRow], whose: dict[int, tuple[str, str]]
) -> None:
    first: dict[tuple[str, tuple[str, str]], int] = {}
    for row in rows:
        twin = first.setdefault((row.code, whose[row.number]), row.number)
        if twin != row.number:
            sentence = f"与第 {twin} 行是同一房屋同一租户，重复了一行"
            table.find(row.number, "name", sentence)
