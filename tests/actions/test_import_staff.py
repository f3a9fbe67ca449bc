from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select

from engine.actions.import_workbook import import_workbook, preview_workbook
from engine.actions.load_demo import STAFF as DEMO
from engine.actions.sign_in import SignInRefused, sign_in
from engine.imports.result import ImportResult
from engine.store.database import transact
from engine.store.tables import Staff
from tests.cast import PASSWORD, Office
from tests.imports.workbooks import workbook

TITLES = ("工号", "登录名", "姓名", "角色", "部门")


def roster(*rows: tuple[Any, ...]) -> io.BytesIO:
    return workbook([TITLES, *rows])


def take(office: Office, file: io.BytesIO, site_id: int | None = None) -> ImportResult:
    with office.sessions() as session:
        asked = (office.runtime, "staff", site_id, file, "花名册.xlsx")
        return transact(session, import_workbook, *asked)


def tallies(result: ImportResult) -> list[tuple[int, int, int, int]]:
    return [(t.new, t.changed, t.ended, t.same) for t in result.tallies]


def roles(office: Office, username: str) -> set[tuple[str, int | None]]:
    with office.sessions() as session:
        staff = session.scalars(select(Staff).where(Staff.username == username))
        return {(role.role, role.site_id) for role in staff.unique().one().roles}


def test_the_demo_roster_twice(office: Office) -> None:
    file = io.BytesIO(DEMO.read_bytes())
    result = take(office, file)
    assert result.written
    assert tallies(result) == [(4, 12, 0, 0), (5, 0, 1, 16)]
    assert "mengqy 孟庆余 取消角色 档案员" in result.changes
    assert "新账号还没有密码，设置密码之后才能登录" in result.notices
    again = take(office, file)
    assert tallies(again) == [(0, 0, 0, 16), (0, 0, 0, 21)]
    assert again.notices == ()


def test_an_existing_account_keeps_its_password(office: Office) -> None:
    result = take(office, roster(("T001", "lusy", "陆思源", "cashier", "客服部")))
    assert result.changes == (
        "lusy 陆思远 名称：陆思远 → 陆思源",
        "lusy 陆思远 部门：空 → 客服部",
        "lusy 陆思源 取消角色 客户助理",
        "lusy 陆思源 增加角色 收银员",
    )
    assert "11 个账号不在花名册中，未作改动：baiyf、fancm" in result.notices[0]
    assert roles(office, "lusy") == {("cashier", None)}
    with office.sessions() as session:
        assert sign_in(session, "lusy", PASSWORD).name == "陆思源"
        assert len(session.scalars(select(Staff)).unique().all()) == 12


def test_a_new_account_cannot_sign_in(desk: Office) -> None:
    take(desk, roster((None, "new.one", "新人", "收银员", None)))
    assert roles(desk, "new.one") == {("cashier", None)}
    with desk.sessions() as session, pytest.raises(SignInRefused):
        sign_in(session, "new.one", "")


def test_roles_of_one_site(desk: Office) -> None:
    site = desk.site_id
    file = roster(("T003", "jiahl", "贾惠玲", "cashier,archivist", None))
    take(desk, file, site)
    # what is held everywhere is not given again, nor taken by the list of one site
    assert roles(desk, "jiahl") == {("cashier", None), ("archivist", site)}
    take(desk, roster(("T003", "jiahl", "贾惠玲", "key_keeper", None)), site)
    assert roles(desk, "jiahl") == {("cashier", None), ("key_keeper", site)}


def test_empty_roles_leave_what_is(desk: Office) -> None:
    take(desk, roster(("T003", "jiahl", "贾惠玲", None, None)))
    assert roles(desk, "jiahl") == {("cashier", None)}


def test_a_badge_of_somebody_else(desk: Office) -> None:
    result = take(desk, roster(("T003", "lusy", "陆思远", None, None)))
    (finding,) = result.findings
    assert (finding.row, finding.column) == (2, "A")
    assert finding.sentence == "工号“T003”已是登录名“jiahl”的工号"
    assert not result.written


def test_findings_write_nothing(office: Office) -> None:
    file = roster(
        ("N1", "good", "甲", "cashier", None), ("N2", "bad", "乙", "boss", None)
    )
    assert len(take(office, file).findings) == 1
    with office.sessions() as session:
        assert session.scalar(select(Staff).where(Staff.username == "good")) is None


def test_a_dry_run_writes_nothing(office: Office) -> None:
    file = io.BytesIO(DEMO.read_bytes())
    with office.sessions() as session:
        seen = preview_workbook(session, office.runtime, "staff", None, file)
        assert not session.new and not session.dirty
    done = take(office, file)
    assert (seen.tallies, seen.changes) == (done.tallies, done.changes)
    assert (seen.written, done.written) == (False, True)
