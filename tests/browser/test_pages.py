"""Every page at both widths: nothing too wide, no serious fault for axe."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.store.tables import Record
from tests.actions.handover import begin, open_task, upto
from tests.browser.chromium import DESK, PHONE
from tests.browser.conftest import Sits
from tests.browser.shots import ROLES, side_tasks
from tests.cast import Office
from tests.imports.workbooks import PLANTED


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["1280", "390"])
def test_every_page_fits(sits: Sits, office: Office, screen: dict[str, Any]) -> None:
    ended, waiting = upto(office, "the end"), begin(office)
    task = open_task(office, waiting, "check_identity").id
    with office.sessions() as session:
        query = select(Record.id).where(Record.kind.in_(("R02", "R04", "R06")))
        papers = list(session.scalars(query))
    desk = sits("suwq", screen)
    for path in (
        "/inbox?q=nothing",
        "/inbox?box=done",
        "/cases",
        "/cases?q=nothing",
        f"/cases/{ended}",
        f"/tasks/{task}",
        "/registers",
        "/imports",
        "/registers/R04?q=nothing",
        "/registers/R04?since=x&sort=fee_total",
        "/registers/R04/print",
        "/password",
        "/nowhere",
        *(f"/records/{number}" for number in papers),
    ):
        desk.open(path).fit()
    desk.open("/imports").page.set_input_files("#f-file", PLANTED)
    desk.press("上传并检查")
    desk.sees("有 10 处需要改正")
    desk.fit()
    desk.open(f"/cases/{waiting}")
    desk.tap(desk.main.locator("summary", has_text="取消这个案件"))
    desk.fit()
    desk.open("/start/house_handover")
    desk.write("房号", "9-9-9999")
    desk.press("发起")
    desk.sees("没有房号")
    desk.fit()
    guard = sits("baiyf", screen)
    for path in ("/inbox", "/start", f"/tasks/{task}"):
        guard.open(path).fit()
    guard.open("/inbox").tap(guard.page.locator("header summary"))
    guard.fit()


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["1280", "390"])
def test_every_form_fits(sits: Sits, office: Office, screen: dict[str, Any]) -> None:
    """Those of the main path stand in the story."""
    desks = {name: sits(name, screen) for name in ("lusy", "jiahl", "shicl", "fancm")}
    for task in side_tasks(office):
        desk = desks[ROLES.get(task.element, "lusy")].open(f"/tasks/{task.id}")
        desk.press("办结")
        desk.sees("需要修改")
        desk.fit()


def test_a_wrong_password_page_fits(sits: Sits) -> None:
    desk = sits(screen=PHONE).open("/sign-in")
    desk.write("用户名", "lusy")
    desk.write("密码", "wrong")
    desk.press("登录")
    desk.sees("用户名或密码不对")
    desk.fit()
    desk.tap(desk.page.get_by_role("button", name="English"))
    desk.headed("Sign in")
    desk.fit()
