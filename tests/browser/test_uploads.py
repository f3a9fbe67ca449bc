"""Files go up when they are chosen: scaled down, refused with a sentence, waited for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.actions.handover import open_task, upto
from tests.browser.conftest import Sits
from tests.browser.desk import Desk
from tests.cast import Office
from tests.pictures import PDF, png
from tests.web.patrol import CLERK, open_patrol

FIELD = "身份证复印件"


@pytest.fixture
def clerk(sits: Sits, office: Office) -> Desk:
    case_id = upto(office, "collect_papers")
    return sits("lusy").open(
        f"/tasks/{open_task(office, case_id, 'collect_papers').id}"
    )


def choose(clerk: Desk, name: str, kind: str, content: bytes) -> None:
    file: Any = {"name": name, "mimeType": kind, "buffer": content}
    clerk.label(FIELD).set_input_files([file])


def test_a_large_photo_is_made_smaller_first(clerk: Desk) -> None:
    with clerk.page.expect_response("**/files") as answer:
        choose(clerk, "大图.png", "image/png", png(3000, 2400))
    assert answer.value.json()["name"] == "大图.jpg"
    expect(clerk.main.locator(".chip a")).to_have_text("大图.jpg")
    with clerk.context.expect_page() as opened:
        clerk.follow("大图.jpg")
    picture = opened.value.locator("img")
    assert picture.evaluate("image => image.naturalWidth") == 2000


@pytest.mark.parametrize(
    "name, kind, content, sentence",
    [
        ("假.png", "image/png", PDF, "内容与扩展名不符"),
        ("程序.exe", "application/x-msdownload", b"MZ" * 200, "不是允许的文件类型"),
        ("空.png", "image/png", b"", "是空的"),
    ],
)
def test_what_will_not_do_is_told_beside_the_field(
    clerk: Desk, name: str, kind: str, content: bytes, sentence: str
) -> None:
    choose(clerk, name, kind, content)
    said = clerk.main.locator("[data-upload-error]")
    expect(said).to_contain_text(sentence)
    expect(clerk.main.locator(".chip")).to_have_count(0)
    choose(clerk, "真.png", "image/png", png())
    expect(clerk.main.locator(".chip")).to_have_count(1)
    expect(said).to_be_empty()


def test_what_is_too_large_is_not_even_sent(clerk: Desk, tmp_path: Path) -> None:
    large = tmp_path / "大.png"
    with large.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    clerk.label(FIELD).set_input_files(large)
    said = clerk.main.locator("[data-upload-error]")
    expect(said).to_have_text("“大.png”有 50.0 MB，最大允许 20 MB。")


def test_a_file_can_be_taken_away_again(clerk: Desk) -> None:
    choose(clerk, "一.png", "image/png", png())
    choose(clerk, "二.png", "image/png", png(3, 3))
    expect(clerk.main.locator(".chip")).to_have_count(2)
    clerk.tap(clerk.main.get_by_role("button", name="移除 一.png"))
    expect(clerk.main.locator(".chip a")).to_have_text("二.png")
    clerk.press("办结")
    clerk.headed("填写业主档案")


def test_nothing_is_sent_before_every_file_is_up(clerk: Desk) -> None:
    waiting: list[Route] = []
    clerk.page.route("**/files", lambda route: waiting.append(route))
    choose(clerk, "慢.png", "image/png", png())
    expect(clerk.main.locator(".chip progress")).to_be_visible()
    clerk.press("办结")
    expect(clerk.main.locator("[data-upload-error]")).to_contain_text("文件还在上传")
    clerk.headed("复印证件、收取资料")
    for route in waiting:
        route.continue_()
    expect(clerk.main.locator(".chip a")).to_have_text("慢.png")
    clerk.press("办结")
    clerk.headed("填写业主档案")


def test_a_photo_is_shown_small_as_soon_as_it_is_up(sits: Sits, office: Office) -> None:
    clerk = sits(CLERK).open(open_patrol(office))
    photos: Any = [
        {"name": f"{n}.png", "mimeType": "image/png", "buffer": png(300, 200)}
        for n in (1, 2)
    ]
    clerk.label("现场照片").set_input_files(photos)
    small = clerk.main.locator(".chip img.thumb")
    expect(small).to_have_count(2)
    for one in (small.first, small.last):
        box = one.bounding_box()
        assert box is not None and (box["width"], box["height"]) == (56, 56)
        expect(one).to_have_js_property("naturalWidth", 192)
    expect(clerk.main.locator(".chip small").first).to_have_text(re.compile("B$"))
    clerk.fit()
