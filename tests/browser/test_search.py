"""The search box, at a desk with the keyboard and on a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.actions.handover import begin
from tests.browser.chromium import PHONE
from tests.browser.conftest import Sits
from tests.cast import Office


def test_a_slash_a_name_enter(sits: Sits, office: Office) -> None:
    clerk = sits("lusy").open("/cases")
    clerk.page.wait_for_load_state("networkidle")
    keys = clerk.page.keyboard
    keys.press("/")
    box = clerk.page.locator("header").get_by_role("searchbox")
    expect(box).to_be_focused()
    keys.type("1栋1单元102")
    expect(box).to_have_value("1栋1单元102")
    keys.press("Enter")
    clerk.headed("1-1-0102")
    clerk.fit()
    clerk.follow("冯南乔")
    clerk.headed("冯南乔")
    clerk.fit()


def test_from_a_house_on_a_phone_a_case_is_started(sits: Sits, office: Office) -> None:
    begin(office)
    clerk = sits("lusy", PHONE)
    header = clerk.page.locator("header")
    expect(header.get_by_role("searchbox")).to_be_hidden()
    clerk.tap(header.get_by_role("link", name="查找房屋、业主、车辆、案件和单据"))
    box = clerk.main.get_by_role("searchbox")
    expect(box).to_be_focused()
    box.fill("张依诺")
    clerk.press("查找")
    clerk.headed("张依诺")
    clerk.fit()
    clerk.follow("1-1-0101")
    clerk.headed("1-1-0101")
    clerk.sees("房屋交接", "办理中")
    clerk.tap(clerk.main.locator("summary", has_text="为这套房发起"))
    clerk.fit()
    clerk.follow("房屋交接")
    expect(clerk.label("房号")).to_have_value("1-1-0101")
    clerk.sees("张依诺")


def test_a_house_of_the_inbox(sits: Sits, office: Office) -> None:
    begin(office)
    clerk = sits("lusy")
    clerk.follow("1-1-0101")
    clerk.headed("1-1-0101")
