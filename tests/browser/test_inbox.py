"""The inbox: without a mouse, and kept fresh by itself."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.actions.handover import begin
from tests.browser.conftest import Sits
from tests.cast import Office


def test_the_keys_of_the_inbox(sits: Sits, office: Office) -> None:
    for _ in range(3):
        begin(office)
    clerk = sits("lusy")
    titles = clerk.main.locator(".item-title")
    keys = clerk.page.keyboard
    clerk.page.wait_for_load_state(
        "networkidle"
    )  # the keys come in a script of their own
    keys.press("j")
    expect(titles.nth(0)).to_be_focused()
    keys.press("j")
    expect(titles.nth(1)).to_be_focused()
    keys.press("k")
    expect(titles.nth(0)).to_be_focused()
    keys.press("/")
    search = clerk.main.get_by_role("searchbox")
    expect(search).to_be_focused()
    keys.type("j?c")
    expect(search).to_have_value("j?c")
    expect(clerk.page.locator("dialog")).to_have_count(0)
    titles.nth(0).focus()
    keys.press("?")
    expect(clerk.page.get_by_role("dialog")).to_contain_text("键盘操作")
    keys.press("Escape")
    expect(clerk.page.locator("dialog")).to_have_count(0)
    clerk.press("键盘操作")
    expect(clerk.page.get_by_role("dialog")).to_be_visible()
    clerk.tap(clerk.page.get_by_role("dialog").get_by_role("button"))
    titles.nth(2).focus()
    keys.press("c")
    clerk.sees("已由 陆思远 签收")
    clerk.page.go_back()
    clerk.page.wait_for_load_state("networkidle")
    keys.press("j")
    keys.press("Enter")
    clerk.headed("查主清册、核验身份")


def test_a_new_task_appears_by_itself(sits: Sits, office: Office) -> None:
    begin(office)
    clerk = sits("lusy")
    rows = clerk.main.locator("[data-row]")
    expect(rows).to_have_count(1)
    look = "document.dispatchEvent(new Event('visibilitychange'))"
    with clerk.page.expect_response("**/inbox*") as first:
        clerk.page.evaluate(look)
    assert first.value.status == 200
    with clerk.page.expect_response("**/inbox*") as second:
        clerk.page.evaluate(look)
    assert second.value.status == 304
    rows.first.locator("a.item-title").focus()
    begin(office)
    clerk.page.evaluate(look)
    expect(rows).to_have_count(2)
    expect(rows.last.locator("a.item-title")).to_be_focused()  # the list grew above it


def test_of_two_at_their_desks_one_gets_the_task(sits: Sits, office: Office) -> None:
    begin(office)
    first, second = sits("lusy"), sits("yaojn")
    first.press("签收")
    first.sees("已由 陆思远 签收")
    second.press("签收")
    second.headed("已经有变化")
    second.sees("已由陆思远签收")
    second.fit()
    second.follow("返回")
    second.sees("没有待办，都办完了")
