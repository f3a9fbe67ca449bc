"""Take the staff roster in: accounts and their roles; passwords stay as they are.

A new account has no password and cannot sign in until it is given one; a person missing
from the file is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.register_edits import Edits
from engine.actions.register_plan import Plan
from engine.actions.written_rows import Change, new_row, taken_row
from engine.imports.result import ImportResult, Ledger
from engine.imports.kinds.staff import Roster, StaffRow, read_staff
from engine.runtime import Runtime
from engine.store.staff import Staff, StaffRole

ROSTER, ACCOUNTS, ROLES = "员工花名册", "账号", "角色"


def plan_staff(
    session: Session,
    runtime: Runtime,
    site_id: int | None,
    file: BinaryIO,
    source: str = ROSTER,
) -> tuple[ImportResult, Plan | None]:
    """Roles are given on the site, with None on all sites; a role that is held on all sites
    already is not given again. Raises a kind of ``WorkbookRefused`` where the file cannot
    be read."""
    roster = read_staff(file, runtime.roles)
    stored = {
        staff.username: staff for staff in session.scalars(select(Staff)).unique()
    }
    _find_taken_badges(roster, stored)
    if roster.findings:
        return ImportResult(ROSTER, findings=roster.findings), None
    names = {role_id: str(role["name"]) for role_id, role in runtime.roles.items()}
    plan = _Plan(stored, site_id, names)
    plan.take(roster.rows)
    return plan.result(written=False), plan


def _find_taken_badges(roster: Roster, stored: dict[str, Staff]) -> None:
    holders = {staff.badge_no: name for name, staff in stored.items()}
    for row in roster.rows:
        holder = holders.get(row.badge_no) if row.badge_no else None
        if holder not in (None, row.username):
            sentence = f"工号“{row.badge_no}”已是登录名“{holder}”的工号"
            roster.table.find(row.number, "badge_no", sentence)


class _Plan:
    def __init__(
        self, stored: dict[str, Staff], site_id: int | None, names: dict[str, str]
    ) -> None:
        self._stored, self._site_id, self._names = stored, site_id, names
        self._ledger = Ledger(ROSTER, ACCOUNTS, ROLES)
        self._edits = Edits(self._ledger)
        self._added: list[Staff] = []
        self._given: list[tuple[Staff, str]] = []
        self._taken: list[tuple[Staff, StaffRole]] = []
        self._notices: list[str] = []

    def result(self, written: bool) -> ImportResult:
        return self._ledger.result(self._notices, written)

    def take(self, rows: Sequence[StaffRow]) -> None:
        for row in rows:
            self._take_roles(self._take_account(row), row)
        absent = self._stored.keys() - {row.username for row in rows}
        if absent:
            listed = "、".join(sorted(absent)[:20]) + ("等" if len(absent) > 20 else "")
            self._notices.append(
                f"系统里另有 {len(absent)} 个账号不在花名册中，未作改动：{listed}"
            )
        if self._added:
            self._notices.append("新账号还没有密码，设置密码之后才能登录")

    def write(self, session: Session) -> list[Change]:
        changes = self._edits.write(session)
        for staff, role in self._taken:
            changes.append(taken_row(role))
            staff.roles.remove(role)
        given = [StaffRole(role=name, site_id=self._site_id) for _, name in self._given]
        for (staff, _), role in zip(self._given, given, strict=True):
            staff.roles.append(role)
        session.add_all(self._added)
        session.flush()
        changes += [new_row(row) for row in (*self._added, *given)]
        session.expire_all()
        return changes

    def _take_account(self, row: StaffRow) -> Staff:
        facts: dict[str, Any] = {
            "name": row.name,
            "badge_no": row.badge_no,
            "department": row.department,
            "post": row.post,
            "phone": row.phone,
            "joined_on": None if row.joined_on is None else row.joined_on.isoformat(),
            "remark": row.remark,
        }
        staff = self._stored.get(row.username)
        if staff is not None:
            self._edits.compare(ACCOUNTS, staff, facts, f"{row.username} {staff.name}")
            return staff
        staff = Staff(username=row.username, **facts)
        self._added.append(staff)
        self._ledger.new(ACCOUNTS, f"新增账号 {row.username} {row.name}")
        return staff

    def _take_roles(self, staff: Staff, row: StaffRow) -> None:
        if row.roles is None:
            return
        who = f"{row.username} {row.name}"
        here = {
            role.role: role for role in staff.roles if role.site_id == self._site_id
        }
        everywhere = {role.role for role in staff.roles if role.site_id is None}
        for role_id in row.roles:
            if role_id in here or role_id in everywhere:
                self._ledger.same(ROLES)
                continue
            self._given.append((staff, role_id))
            self._ledger.new(ROLES, f"{who} 增加角色 {self._names[role_id]}")
        for role_id in sorted(here.keys() - set(row.roles)):
            self._taken.append((staff, here[role_id]))
            name = self._names.get(role_id, role_id)
            self._ledger.ended(ROLES, f"{who} 取消角色 {name}")
