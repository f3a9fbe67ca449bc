"""The diagram of a case: where it stands, by mouse, keys and fingers."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.actions.handover import upto
from tests.browser.chromium import PHONE
from tests.browser.conftest import Sits
from tests.browser.desk import Desk
from tests.cast import Office


def view(desk: Desk) -> str:
    viewport = desk.page.locator(".diagram .viewport")
    return str(viewport.get_attribute("transform"))


def button(desk: Desk, name: str) -> None:
    desk.tap(desk.page.locator(".diagram-bar").get_by_role("button", name=name))


def test_it_opens_where_the_case_stands_and_can_be_moved(
    sits: Sits, office: Office
) -> None:
    clerk = sits("lusy").open(f"/cases/{upto(office, 'collect_fee')}")
    diagram = clerk.page.locator(".diagram")
    clerk.follow("流程图")
    expect(diagram.locator(".diagram-tag")).to_have_text("办理中")
    expect(diagram.locator(".diagram-tag")).to_be_in_viewport()
    expect(
        diagram.locator('[data-element-id="collect_fee"].state-open')
    ).to_be_visible()
    expect(diagram.locator(".bjs-powered-by")).to_be_visible()
    expect(clerk.page.locator(".diagram-legend")).to_contain_text("已完成")
    opened = view(clerk)
    button(clerk, "显示全图")
    whole = view(clerk)
    assert whole != opened
    button(clerk, "放大")
    assert view(clerk) != whole
    button(clerk, "定位到当前步骤")
    assert view(clerk) == opened
    canvas = clerk.page.locator(".diagram-canvas")
    canvas.press("ArrowLeft")
    assert view(clerk) != opened
    canvas.press("0")
    assert view(clerk) == whole


def test_fingers_move_and_zoom_it(sits: Sits, office: Office) -> None:
    clerk = sits("lusy", PHONE).open(f"/cases/{upto(office, 'collect_fee')}")
    canvas = clerk.page.locator(".diagram-canvas")
    canvas.scroll_into_view_if_needed()
    expect(clerk.page.locator(".diagram-tag")).to_be_visible()
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened = view(clerk)
    clerk.finger([[(x - 20 - n, y), (x + 20 + n, y)] for n in range(0, 100, 10)])
    zoomed = view(clerk)
    assert zoomed != opened
    clerk.finger([[(x + n, y)] for n in range(0, 90, 6)])
    assert view(clerk) != zoomed


def test_until_touched_a_swipe_over_it_scrolls_the_page(
    sits: Sits, office: Office
) -> None:
    clerk = sits("lusy", PHONE).open(f"/cases/{upto(office, 'collect_fee')}")
    expect(clerk.page.locator(".diagram-tag")).to_be_visible()
    canvas = clerk.page.locator(".diagram-canvas")
    assert canvas.evaluate("box => box.style.touchAction") == "pan-y"
