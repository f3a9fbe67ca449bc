"""A case's page: timeline, forms read-only, papers, diagram; the list; cancelling."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from tests.actions.handover import begin, case_of, finish, open_task, upto
from tests.cast import Office
from tests.web.browsing import Visitor

Arrives = Callable[[str], Visitor]


def test_a_running_case_tells_where_it_stands(office: Office, arrives: Arrives) -> None:
    case_id = upto(office, "collect_fee")
    page = arrives("lusy").open(f"/cases/{case_id}")
    assert page.status == 200
    assert "办理中" in page.main and "1-1-0101" in page.main
    waiting = page.said("//section[@aria-labelledby='h-tasks']")
    assert "收取物业费" in waiting and "收银员" in waiting
    timeline = page.said("//section[@aria-labelledby='h-history']")
    for name in ("发起", "查主清册、核验身份", "复印证件、收取资料", "陆思远"):
        assert name in timeline
    assert timeline.index("发起") < timeline.index("复印证件")


def test_what_was_filled_in_is_shown_masked(office: Office, arrives: Arrives) -> None:
    case_id = upto(office, "collect_fee")
    page = arrives("suwq").open(f"/cases/{case_id}")
    answers = page.said("//section[@aria-labelledby='h-history']//details")
    assert "张依诺" in answers and "居民身份证" in answers
    assert "990101199606188725" not in page.response.text


def test_papers_are_listed_with_their_numbers(office: Office, arrives: Arrives) -> None:
    case_id = upto(office, "the end")
    page = arrives("lusy").open(f"/cases/{case_id}")
    papers = page.said("//section[@aria-labelledby='h-papers']")
    assert "文件签收表" in papers and "R09-" in papers
    assert "已结束" in page.main
    assert "没有在等候的任务" in page.main


def test_the_diagram_carries_its_state(office: Office, arrives: Arrives) -> None:
    case_id = upto(office, "collect_fee")
    visitor = arrives("lusy")
    page = visitor.open(f"/cases/{case_id}")
    [source] = page.html.xpath("//*[@data-diagram]/@data-src")
    drawn = visitor.client.get(source).json
    assert drawn["xml"].startswith("<?xml")
    assert drawn["state"]["collect_fee"] == "open"
    assert drawn["state"]["check_identity"] == "done"
    assert "inspect_house" not in drawn["state"]


@pytest.mark.parametrize("address", ["/cases/{}", "/cases/{}/diagram.json"])
def test_who_has_no_part_in_a_case_does_not_see_it(
    office: Office, arrives: Arrives, address: str
) -> None:
    case_id = begin(office)
    page = arrives("baiyf").open(address.format(case_id))
    assert (page.status, page.sentence) == (403, "您没有权限做这件事。")
    assert arrives("hanwc").open(address.format(case_id)).status == 200


def test_no_number_breaks_a_page(arrives: Arrives) -> None:
    visitor = arrives("suwq")
    numbers = ("0", "99", "2147483648", "9" * 40, "-1", "1.5", "abc", "1%00")
    addresses = ("/cases/{}", "/cases/{}/diagram.json", "/records/{}")
    for address, number in product(addresses, numbers):
        page = visitor.open(address.format(number))
        assert page.status in (400, 404), (address, number)
        assert page.sentence


# -- the list -------------------------------------------------------------------------


def test_the_list_holds_what_one_takes_part_in(
    office: Office, arrives: Arrives
) -> None:
    begin(office)
    begin(office, office.person("yaojn"), unit_no="1-1-0102")
    assert "1-1-0102" in arrives("hanwc").open("/cases").main
    assert "这里还没有案件" in arrives("baiyf").open("/cases").main


def test_cases_are_found_by_state_and_words(office: Office, arrives: Arrives) -> None:
    upto(office, "the end")
    begin(office, unit_no="1-1-0102")
    visitor = arrives("lusy")
    ended = visitor.open("/cases?status=ended")
    assert "1-1-0101" in ended.main and "1-1-0102" not in ended.main
    running = visitor.open("/cases?status=running")
    assert "1-1-0102" in running.main and "1-1-0101" not in running.main
    found = visitor.press(visitor.open("/cases").form("/cases").fill(q="0102"))
    assert "1-1-0102" in found.main and "1-1-0101" not in found.main
    assert visitor.open("/cases?status=nonsense").status == 200


# -- cancelling -----------------------------------------------------------------------


def test_a_manager_cancels_with_a_reason(office: Office, arrives: Arrives) -> None:
    case_id = begin(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/cases/{case_id}").form("/cancel")
    page = visitor.press(form.fill(reason="业主改期"))
    assert page.status == 200
    assert "已取消" in page.main and "业主改期" in page.main
    assert case_of(office, case_id).status == "cancelled"
    again = visitor.press(form.fill(reason="业主改期"))
    assert again.status == 409
    assert "不能取消" in again.sentence


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_without_a_reason_nothing_is_cancelled(
    office: Office, arrives: Arrives, reason: str
) -> None:
    case_id = begin(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/cases/{case_id}").form("/cancel").fill(reason=reason)
    page = visitor.press(form)
    assert page.status == 422
    assert page.said("//*[@id='reason-err']") == "请写明取消的原因。"
    assert case_of(office, case_id).status == "running"


def test_a_clerk_is_not_offered_it_and_may_not(
    office: Office, arrives: Arrives
) -> None:
    case_id = begin(office)
    visitor = arrives("lusy")
    assert "取消这个案件" not in visitor.open(f"/cases/{case_id}").main
    answer = visitor.send(f"/cases/{case_id}/cancel", reason="不想办了")
    assert answer.status_code == 403
    assert case_of(office, case_id).status == "running"


def test_the_reason_survives_a_sign_in_that_ran_out(
    office: Office, arrives: Arrives
) -> None:
    case_id = begin(office)
    visitor = arrives("suwq")
    form = visitor.open(f"/cases/{case_id}").form("/cancel").fill(reason="业主改期")
    visitor.expire()
    assert visitor.press(form).status == 401
    page = visitor.sign_in("suwq")
    assert page.status == 200
    assert page.form("/cancel")["reason"] == "业主改期"
    assert case_of(office, case_id).status == "running"


def test_a_task_of_a_cancelled_case_cannot_be_done(
    office: Office, arrives: Arrives
) -> None:
    case_id = begin(office)
    task = open_task(office, case_id, "check_identity")
    clerk, manager = arrives("lusy"), arrives("suwq")
    form = clerk.open(f"/tasks/{task.id}").form()
    page = manager.open(f"/cases/{case_id}")
    manager.press(page.form("/cancel").fill(reason="业主改期"))
    page = clerk.press(form, "submit")
    assert page.status == 409
    assert clerk.open(f"/tasks/{task.id}").status == 200
    assert "已取消" in clerk.page.main


def test_hostile_text_is_only_text(office: Office, arrives: Arrives) -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    case_id = begin(office)
    finish(office, case_id, "check_identity", contract_no=hostile[:60])
    visitor = arrives("lusy")
    page = visitor.open(f"/cases/{case_id}")
    assert hostile[:60] in page.main
    visitor.open("/inbox?q=" + "%3Cscript%3Ealert(1)%3C/script%3E")
    assert visitor.page.form("/inbox")["q"] == "<script>alert(1)</script>"
    for shown in (page, visitor.page, visitor.open("/sign-in?next=" + hostile)):
        assert not shown.html.xpath("//script[contains(., 'alert')]|//img[@onerror]")
