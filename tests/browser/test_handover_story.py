"""The first story: a clerk hands a house over, the cashier takes the fee, and the
signed receipt R09 is printed. At a counter PC, and on a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import DESK, PHONE
from tests.browser.conftest import Sits
from tests.browser.desk import Desk
from tests.cast import Office
from tests.pictures import png


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["1280", "390"])
def test_a_house_is_handed_over(
    sits: Sits, office: Office, tmp_path: Path, screen: dict[str, Any]
) -> None:
    clerk = sits(screen=screen)
    clerk.open("/")
    clerk.fit()
    clerk.sign_in("lusy", "/")
    clerk.fit()
    _start(clerk)
    _receive(clerk)
    _pay(sits("jiahl", screen))
    _hand_over(clerk)
    _print(clerk, tmp_path / "R09.pdf")


def _start(clerk: Desk) -> None:
    clerk.main.get_by_role("link", name="发起").first.click()
    clerk.headed("发起")
    clerk.fit()
    clerk.follow("房屋交接")
    clerk.headed("发起：房屋交接")
    clerk.fit()
    clerk.write("房号", "1-1-0101")
    clerk.label("房号").press("Tab")
    clerk.sees("张依诺", "8725", "98.5")  # without a reload
    clerk.fit()
    clerk.press("发起")


def _receive(clerk: Desk) -> None:
    clerk.headed("查主清册、核验身份")
    clerk.fit()
    clerk.write("身份证号", "990101199606188725")
    clerk.choose("证件、合同与主清册是否相符", "相符，身份属实")
    clerk.press("办结")

    clerk.headed("复印证件、收取资料")
    photo = {"name": "身份证.png", "mimeType": "image/png", "buffer": png(640, 400)}
    clerk.label("身份证复印件").set_input_files([photo])  # type: ignore[list-item]
    expect(clerk.main.locator(".chip")).to_contain_text("身份证.png")
    clerk.choose("收到的资料", "交房通知书")
    clerk.fit()
    clerk.press("办结")

    clerk.headed("填写业主档案")
    clerk.write("紧急联系手机", "15400000073")
    clerk.write("生日", "1996-06-18")
    clerk.fit()
    clerk.sign("业主签字", "张依诺")
    clerk.press("办结")

    clerk.headed("签署安全责任制书")
    clerk.tap(clerk.main.get_by_text("已向业主说明安全责任制书的重要性"))
    clerk.sign("业主签字", "张依诺")
    clerk.fit()
    clerk.press("办结")

    clerk.sees("正在等候", "收取物业费", "收银员")
    expect(clerk.page.locator(".diagram .djs-container svg").first).to_be_visible()
    clerk.fit()


def _pay(cashier: Desk) -> None:
    cashier.sees("收取物业费", "1-1-0101")
    cashier.fit()
    cashier.press("签收")
    cashier.headed("收取物业费")
    cashier.sees("1,418.40")
    cashier.choose("是否已收到款项", "已收到")
    expect(cashier.label("实收金额")).to_have_value("1418.40")
    cashier.choose("收款方式", "现金")
    cashier.fit()
    cashier.press("办结")
    cashier.sees("共同验房")


def _hand_over(clerk: Desk) -> None:
    clerk.open("/inbox")
    clerk.follow("共同验房")
    clerk.headed("共同验房")
    good = clerk.main.get_by_text("合格", exact=True)
    for n in range(good.count()):
        clerk.tap(good.nth(n))
    clerk.press("增加项目")
    added = clerk.main.locator("tbody tr").last
    expect(added.get_by_label("项目")).to_be_focused()
    added.get_by_label("项目").fill("阳台栏杆")
    clerk.tap(added.get_by_text("合格", exact=True))
    clerk.write("水表底数", "3")
    clerk.choose("业主是否接收房屋", "接收")
    clerk.sign("业主签字", "张依诺")
    clerk.sign("陪同人员签字", "陆思远")
    clerk.fit()
    clerk.press("办结")

    clerk.headed("说明钥匙、介绍服务")
    clerk.fit()
    clerk.press("办结")

    clerk.headed("发放钥匙和资料")
    clerk.write("钥匙总数", "5")
    clerk.tap(clerk.main.get_by_text("业主已当面清点"))
    clerk.sign("业主签字（房屋交接表）", "张依诺")
    clerk.sign("业主签收（文件签收表）", "张依诺")
    clerk.fit()
    clerk.press("办结")
    clerk.sees("已结束", "房屋已交接")
    clerk.fit()


def _print(clerk: Desk, path: Path) -> None:
    clerk.follow("文件签收表")
    clerk.headed("文件签收表")
    clerk.sees("1-1-0101", "业主手册", "R09-")
    clerk.fit()
    button = clerk.main.get_by_role("link", name="打印", exact=True)
    clerk.open(button.get_attribute("href") or "")  # in a tab of its own
    clerk.page.evaluate("window.print = () => { document.title = 'printed' }")
    clerk.tap(clerk.page.get_by_role("button", name="打印", exact=True))
    assert clerk.page.title() == "printed"
    clerk.page.emulate_media(media="print")
    sheet = clerk.page.locator(".sheet")
    signature = sheet.locator("img").last
    assert signature.evaluate("image => image.complete && image.naturalWidth > 20")
    for words in ("文件签收表", "1-1-0101", "张依诺"):
        expect(sheet).to_contain_text(words)
    expect(clerk.page.locator("nav.bar")).to_be_hidden()
    content = clerk.page.pdf(path=path, format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    assert b"/Subtype /Image" in content or b"/Subtype/Image" in content
    clerk.page.emulate_media(media="screen")
