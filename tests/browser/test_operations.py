"""Incidents, versions and the calendar at both widths: they fit, axe finds no fault, and
what only a browser does works: diagrams side by side, a long move that goes on by itself.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.workflow.layout import draw
from tests.actions.deadlines import FORM, approval
from tests.actions.running import start
from tests.actions.stuck import failed_call, failed_timer, publish_billing, waiting_call
from tests.browser.chromium import DESK, PHONE
from tests.browser.conftest import Sits
from tests.cast import Office
from tests.models import publish
from tests.web.test_versions import ELSE, HERE, LONG, SHORT

SCREENS = pytest.mark.parametrize("screen", [DESK, PHONE], ids=["1280", "390"])


@SCREENS
def test_incidents_fit(sits: Sits, office: Office, screen: dict[str, Any]) -> None:
    desk = sits("suwq", screen)
    desk.open("/incidents").fit()
    publish_billing(office)
    _, number = failed_call(office)
    failed_timer(office)
    waiting_call(office)
    for path in ("/incidents", "/incidents/calls", "/incidents?state=resolved"):
        desk.open(path).fit()
    desk.open(f"/incidents/{number}")
    desk.tap(desk.main.locator("summary"))
    desk.write("答复内容", "已开票")
    desk.press("按此答复，继续办理")
    desk.sees("答复内容读不懂")
    desk.fit()
    menu = ".tab-bar summary" if screen is PHONE else "header nav summary"
    desk.tap(desk.page.locator(menu))
    desk.fit()
    desk.open(f"/incidents/{number}").press("再试一次")
    desk.sees("已重新安排")


@SCREENS
def test_versions_fit(sits: Sits, office: Office, screen: dict[str, Any]) -> None:
    publish(office, "paying", draw(SHORT))
    for _ in range(51):
        start(office, "paying")
    publish(office, "paying", draw(LONG))
    publish(office, "paying", draw(ELSE))
    desk = sits("suwq", screen)
    for path in ("/versions", HERE, f"{HERE}/3/cases", f"{HERE}/moves"):
        desk.open(path).fit()
    desk.open(f"{HERE}/compare?from=1&to=2")
    expect(desk.page.locator(".diagram-tag.is-added")).to_have_text("新增")
    desk.fit()
    desk.open(f"{HERE}/2/cases").fit()
    desk.press("全部一起换")
    desk.sees("全部处理完了", "已处理 51 / 51 件")
    desk.fit()
    desk.open(f"{HERE}/moves").fit()
    desk.main.get_by_role("checkbox").first.check()
    desk.press("撤回勾选的")
    desk.sees("1 件成功")
    desk.fit()


@SCREENS
def test_the_calendar_fits(sits: Sits, office: Office, screen: dict[str, Any]) -> None:
    publish(office, "approval", approval("workdays(60)"), {"approve": FORM})
    start(office, "approval")
    desk = sits("suwq", screen)
    for path in ("/calendar/2026", "/calendar/2027", "/calendar/2027/notice"):
        desk.open(path).fit()
    desk.open("/calendar/hours").fit()
    desk.write("办公时间", "09:00-18:00")
    desk.press("看看会移动哪些期限")
    desk.sees("还没有保存", "18:00")
    desk.fit()
    desk.press("返回修改")
    expect(desk.label("办公时间")).to_have_value("09:00-18:00")
    desk.open("/calendar/2026-03-11")
    desk.press("直接保存")
    desk.sees("请写明改这一天的原因")
    desk.fit()


def test_a_year_prints_on_one_page(sits: Sits) -> None:
    desk = sits("suwq", {"viewport": {"width": 794, "height": 900}})
    for year in (2026, 2027):
        desk.open(f"/calendar/{year}").page.emulate_media(media="print")
        paper = desk.page.pdf(format="A4")
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
