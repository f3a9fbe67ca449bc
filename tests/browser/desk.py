"""Somebody at a browser: finds things by their words, as a person does."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.browser.chromium import AXE
from tests.cast import PASSWORD

RUN_AXE = "axe.run({exclude: [['.djs-container']]}, {resultTypes: ['violations']})"
SERIOUS = ("serious", "critical")
# a refusal has its own test, and a submit may overtake a refresh: that the browser and
# htmx note it is no fault
EXPECTED = re.compile(
    r"Failed to load resource: .* status of 4\d\d|Response Status Error Code 4\d\d"
    r"|htmx:sendAbort|htmx:afterRequest"
)


class Desk:
    """One context with one page. ``faults`` collects what a page must not do."""

    def __init__(self, browser: Browser, address: str, screen: dict[str, Any]) -> None:
        self.context = browser.new_context(locale="zh-CN", **screen)
        self.address = address
        self.touch = bool(screen.get("has_touch"))
        self.faults: list[str] = []
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.faults.append(message.text)

    def open(self, path: str) -> Desk:
        self.page.goto(self.address + path)
        return self

    def sign_in(self, username: str, at: str = "/inbox") -> Desk:
        self.open(at)
        self.write("用户名", username)
        self.write("密码", PASSWORD)
        self.press("登录")
        expect(self.page.locator("header.navbar")).to_contain_text("退出登录")
        return self

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def label(self, label: str) -> Locator:
        return self.main.get_by_label(label, exact=True)

    def group(self, legend: str) -> Locator:
        heading = self.page.locator("legend").get_by_text(legend, exact=True)
        return self.main.locator("fieldset", has=heading).last

    def write(self, label: str, text: str) -> None:
        self.label(label).fill(text)

    def choose(self, group: str, option: str) -> None:
        self.tap(self.group(group).get_by_text(option, exact=True))

    def press(self, name: str) -> None:
        self.tap(self.main.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        self.tap(self.main.get_by_role("link", name=name, exact=True))

    def tap(self, what: Locator) -> None:
        if self.touch:
            what.tap()
        else:
            what.click()

    def sees(self, *words: str) -> None:
        for each in words:
            expect(self.main).to_contain_text(each)

    def headed(self, title: str) -> None:
        expect(self.page.locator("h1")).to_have_text(title)

    def sign(self, group: str, name: str) -> None:
        """Draws a signature with the mouse or a finger and types the name below."""
        block = self.group(group)
        canvas = block.locator("canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5
        points = [(x + 9 * n, y + 24 * ((n % 4) - 1.5)) for n in range(14)]
        self._stroke(points)
        expect(block.locator("input[type=hidden]").first).to_have_value(
            re.compile("^data:image/png")
        )
        block.get_by_label("签名人姓名").fill(name)

    def _stroke(self, points: list[tuple[float, float]]) -> None:
        if not self.touch:
            self.page.mouse.move(*points[0])
            self.page.mouse.down()
            for point in points[1:]:
                self.page.mouse.move(*point)
            self.page.mouse.up()
            return
        self.finger([[point] for point in points])

    def finger(self, moves: list[list[tuple[float, float]]]) -> None:
        """One or more fingers put down, moved and lifted, 16 ms a move. They rest at the
        end: a fling would swallow the next tap."""
        session = self.context.new_cdp_session(self.page)
        at = time.time()
        for n, fingers in enumerate([*moves, *moves[-1:] * 12, []]):
            kind = "touchMove" if n and fingers else "touchEnd" if n else "touchStart"
            points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(fingers)]
            event = {"type": kind, "touchPoints": points, "timestamp": at + n * 0.016}
            session.send("Input.dispatchTouchEvent", event)
        session.detach()

    # -- what must hold on every page ---------------------------------------------

    def fit(self) -> None:
        """Nothing is wider than the screen, and axe finds no serious fault."""
        too_wide = self.page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )
        assert too_wide <= 0, f"{self.page.url} is {too_wide} px too wide"
        self.page.evaluate(AXE.read_text() + ";0")
        found = self.page.evaluate(RUN_AXE)
        assert len(found["passes"]) > 10, self.page.url
        faults = [
            (each["id"], [node["target"] for node in each["nodes"]][:4])
            for each in found["violations"]
            if each["impact"] in SERIOUS
        ]
        assert not faults, f"{self.page.url}: {json.dumps(faults)}"
