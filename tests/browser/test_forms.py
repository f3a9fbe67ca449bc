"""Filling in a form: fields that answer, rows, drafts, one press, nothing lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Route, expect

from engine.store.tables import Event, Task
from tests.actions.handover import begin, open_task, upto
from tests.browser.chromium import PHONE
from tests.browser.conftest import Sits
from tests.browser.desk import Desk
from tests.cast import PASSWORD, Office
from tests.pictures import png
from tests.web.patrol import CLERK, open_patrol

ID_NO = "990101199606188725"


def before(sits: Sits, office: Office, element: str, who: str = "lusy") -> Desk:
    """Somebody before the form of a handover that waits there."""
    case_id = begin(office) if element == "check_identity" else upto(office, element)
    return sits(who).open(f"/tasks/{open_task(office, case_id, element).id}")


def note(desk: Desk) -> object:
    return expect(desk.page.locator("[data-draft-state]"))


# -- live fields and rows ----------------------------------------------------------------


def test_fields_come_and_go_and_nothing_typed_is_touched(
    sits: Sits, office: Office
) -> None:
    clerk = before(sits, office, "check_identity")
    clerk.write("联系电话", "15400009999")
    clerk.write("身份证号", ID_NO)
    clerk.choose("证件种类", "统一社会信用代码（单位）")
    expect(clerk.label("身份证号")).to_have_count(0)
    expect(clerk.label("联系电话")).to_have_value("15400009999")
    clerk.write("统一社会信用代码", "91310000MA1FL0")
    clerk.choose("证件种类", "居民身份证")
    expect(clerk.label("身份证号")).to_be_visible()
    expect(clerk.label("统一社会信用代码")).to_have_count(0)


def test_a_slow_answer_leaves_alone_what_was_typed_meanwhile(
    sits: Sits, office: Office
) -> None:
    """The form answers a choice only after the next fields were filled in and left."""
    clerk = sits(CLERK).open(open_patrol(office))
    held: list[Route] = []
    clerk.page.route("**/tasks/*", lambda route: held.append(route))
    clerk.choose("到场人", "受托人")
    expect(clerk.label("备注")).to_be_visible()
    clerk.page.wait_for_function("() => document.querySelector('.htmx-request')")
    clerk.write("备注", "等待时写的")
    clerk.write("电子邮箱", "a@example.com")
    clerk.label("巡查类别").select_option("防水")
    clerk.label("巡查日期").focus()
    (slow,) = held
    slow.continue_()
    expect(clerk.label("受托人姓名")).to_be_visible()  # the answer is there
    expect(clerk.label("备注")).to_have_value("等待时写的")
    expect(clerk.label("电子邮箱")).to_have_value("a@example.com")
    expect(clerk.label("巡查类别")).to_have_value("防水")


def test_a_signature_survives_the_answers_of_other_fields(
    sits: Sits, office: Office
) -> None:
    clerk = before(sits, office, "inspect_house")
    clerk.sign("业主签字", "张依诺")
    drawn = clerk.group("业主签字").locator("input[type=hidden]").first
    image = drawn.input_value()
    clerk.tap(clerk.main.get_by_text("不合格", exact=True).first)
    expect(clerk.group("有需整改的问题").get_by_label("有", exact=True)).to_be_checked()
    expect(drawn).to_have_value(image)
    ink = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data"
    canvas = clerk.group("业主签字").locator("canvas")
    assert canvas.evaluate(f"canvas => ({ink})(canvas).some(Boolean)")
    clerk.tap(clerk.group("业主签字").get_by_role("button", name="重新签名"))
    expect(drawn).to_have_value("")


def test_rows_are_added_and_removed_where_one_is(sits: Sits, office: Office) -> None:
    clerk = before(sits, office, "inspect_house")
    rows = clerk.main.locator("tbody tr")
    clerk.write("水表底数", "12")
    clerk.press("增加项目")
    expect(rows).to_have_count(11)
    added = rows.last.get_by_label("项目")
    expect(added).to_be_focused()
    added.fill("阳台")
    clerk.tap(clerk.main.get_by_role("button", name="删除第 1 行"))
    expect(rows).to_have_count(10)
    expect(rows.last.get_by_label("项目")).to_have_value("阳台")
    expect(rows.first.get_by_label("项目")).to_have_value("窗、玻璃")
    expect(clerk.label("水表底数")).to_have_value("12")


def test_enter_neither_submits_nor_removes_a_row(sits: Sits, office: Office) -> None:
    clerk = before(sits, office, "inspect_house")
    meter = clerk.label("水表底数")
    meter.fill("12")
    with clerk.page.expect_response(re.compile("/tasks/")) as answer:
        meter.press("Enter")
    assert answer.value.status == 200
    expect(clerk.main.locator("tbody tr")).to_have_count(10)
    expect(meter).to_be_focused()
    clerk.headed("共同验房")


def test_what_is_wrong_is_told_at_the_top_and_leads_to_the_field(
    sits: Sits, office: Office
) -> None:
    clerk = before(sits, office, "check_identity")
    clerk.write("建筑面积", "九十八")
    clerk.press("办结")
    summary = clerk.main.get_by_role("alert")
    expect(summary).to_be_focused()
    clerk.tap(summary.get_by_role("link", name="建筑面积"))
    expect(clerk.label("建筑面积")).to_be_focused()
    expect(clerk.label("建筑面积")).to_have_value("九十八")
    clerk.fit()


# -- drafts ------------------------------------------------------------------------------


def test_a_draft_is_saved_quietly_and_is_there_again(
    sits: Sits, office: Office
) -> None:
    clerk = before(sits, office, "check_identity")
    clerk.write("联系电话", "15400009999")
    note(clerk).to_contain_text("已暂存")  # type: ignore[attr-defined]
    clerk.page.reload()
    expect(clerk.label("联系电话")).to_have_value("15400009999")
    clerk.sees("已由 陆思远 签收")


def test_without_network_the_draft_waits_and_is_saved_later(
    sits: Sits, office: Office
) -> None:
    clerk = before(sits, office, "check_identity")
    clerk.faults.clear()
    clerk.context.set_offline(True)
    clerk.write("联系电话", "15400009999")
    note(clerk).to_contain_text("网络已断开")  # type: ignore[attr-defined]
    clerk.choose("证件种类", "统一社会信用代码（单位）")
    expect(clerk.page.locator("[data-notices]")).to_contain_text("网络不通")
    clerk.context.set_offline(False)
    note(clerk).to_contain_text("已暂存")  # type: ignore[attr-defined]
    clerk.faults[:] = [one for one in clerk.faults if "ERR_INTERNET" not in one]
    clerk.faults[:] = [one for one in clerk.faults if "htmx:sendError" not in one]
    clerk.page.reload()
    expect(clerk.label("联系电话")).to_have_value("15400009999")


def test_leaving_a_start_form_half_filled_asks_first(sits: Sits) -> None:
    clerk = sits("lusy").open("/start/house_handover")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    clerk.page.on("dialog", stay)
    clerk.label("房号").press_sequentially("1-1")
    clerk.tap(clerk.page.locator("header nav").get_by_role("link", name="案件"))
    assert asked == ["beforeunload"]
    expect(clerk.label("房号")).to_have_value("1-1")
    clerk.write("房号", "1-1-0101")
    clerk.press("发起")
    clerk.headed("查主清册、核验身份")
    assert asked == ["beforeunload"]


def test_pressed_twice_it_is_sent_once(sits: Sits, office: Office) -> None:
    clerk = before(sits, office, "check_identity")
    clerk.write("身份证号", ID_NO)
    clerk.choose("证件、合同与主清册是否相符", "相符，身份属实")
    sent: list[str] = []
    clerk.page.on(
        "request",
        lambda r: sent.append(r.method) if r.is_navigation_request() else None,
    )
    button = clerk.main.get_by_role("button", name="办结", exact=True)
    button.dblclick()
    clerk.headed("复印证件、收取资料")
    assert sent.count("POST") == 1
    with office.sessions() as session:
        done = session.query(Event).filter_by(kind="completed").count()
    assert done == 1


# -- a sign-in that ran out ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["draft", "live", "submit"])
def test_signed_out_while_typing_loses_nothing(
    sits: Sits, office: Office, how: str
) -> None:
    clerk = before(sits, office, "check_identity")
    clerk.context.clear_cookies()
    clerk.write("联系电话", "15400009999")  # alone it is saved as a draft, 1.5 s later
    if how == "live":
        clerk.choose("证件种类", "统一社会信用代码（单位）")
    if how == "submit":
        clerk.press("办结")
    clerk.headed("登录")
    clerk.sees("刚才填写的内容会原样带回")
    clerk.write("用户名", "lusy")
    clerk.write("密码", PASSWORD)
    clerk.press("登录")
    clerk.headed("查主清册、核验身份")
    expect(clerk.label("联系电话")).to_have_value("15400009999")
    with office.sessions() as session:
        assert session.query(Task).filter_by(state="done").count() == 0


def test_the_browsers_own_sentences_follow_the_language(
    sits: Sits, office: Office
) -> None:
    clerk = before(sits, office, "sign_safety_letter")
    clerk.tap(clerk.page.get_by_role("button", name="English"))
    clerk.sees("Please sign here")
    clerk.main.locator("input[type=text]").last.fill("Zhang")
    note(clerk).to_contain_text("Draft saved")  # type: ignore[attr-defined]
    clerk.fit()


# -- a long form on a phone ------------------------------------------------------------------

TARGETS = """() => [...document.querySelectorAll(
  'main form :is(button, input, select, textarea):not([type=hidden], [hidden], .visually-hidden)')]
  .map((each) => (each.closest('label') ?? each))
  .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect().height])"""
COVERED = """() => document.activeElement.getBoundingClientRect().bottom
  - document.querySelector('.action-bar').getBoundingClientRect().top"""


def test_a_long_form_on_a_phone(sits: Sits, office: Office) -> None:
    clerk = sits(CLERK, PHONE).open(open_patrol(office))
    clerk.label("现场照片").set_input_files(
        [{"name": "厨房.png", "mimeType": "image/png", "buffer": png(300, 200)}]
    )
    expect(clerk.main.locator(".chip img.thumb")).to_be_visible()
    clerk.press("增加一种材料")
    expect(clerk.main.locator("tbody tr")).to_have_count(2)
    clerk.write("装修押金", "2500")
    clerk.press("办结")
    expect(clerk.main.get_by_role("alert")).to_be_focused()
    clerk.fit()
    small = [each for each in clerk.page.evaluate(TARGETS) if each[1] < 44]
    assert small == []
    summary = clerk.main.get_by_role("alert")
    for field, place in {
        "业主手机": "#f-owner_phone",
        "装修押金": "#f-deposit",
    }.items():
        clerk.tap(summary.get_by_role("link", name=field, exact=True))
        expect(clerk.page.locator(place)).to_be_focused()
        expect(clerk.page.locator(place)).to_be_in_viewport(ratio=1)
        # the browser scrolls in its own time
        clerk.page.wait_for_function(f"() => ({COVERED})() <= 0", timeout=5000)
    typed = {"业主手机": "tel", "工期": "numeric", "装修押金": "decimal"}
    typed |= {"退款银行账号": "numeric", "电子邮箱": "email"}
    for field, keyboard in typed.items():
        expect(clerk.label(field)).to_have_attribute("inputmode", keyboard)


def test_people_of_the_house_can_be_chosen_once_it_is_typed(
    sits: Sits, office: Office
) -> None:
    clerk = sits(CLERK).open(open_patrol(office))
    options = clerk.label("到场业主").locator("option")
    expect(options).to_have_text(["请选择"])
    clerk.write("房号", "1-1-0101")
    clerk.label("房号").press("Tab")
    expect(options).to_have_text(["请选择", "张依诺"])
    expect(clerk.label("业主姓名")).to_have_value("张依诺")
