"""Chinese and English: switched anywhere, kept, and one stays where one was."""

from __future__ import annotations

from collections.abc import Callable

from tests.actions.handover import begin, open_task
from tests.cast import Office
from tests.web.browsing import Page, Visitor

Arrives = Callable[[str], Visitor]


def lang(page: Page) -> str:
    return str(page.html.xpath("//html/@lang | /*/@lang")[0])


def test_chinese_is_what_one_gets(visitor: Visitor) -> None:
    page = visitor.open("/sign-in", headers={"Accept-Language": "fr"})
    assert page.title == "登录"
    assert 'lang="zh-CN"' in page.response.text


def test_the_switch_keeps_the_place(office: Office, arrives: Arrives) -> None:
    task = open_task(office, begin(office), "check_identity")
    visitor = arrives("lusy")
    visitor.open("/inbox?box=open&q=0101")
    page = visitor.press(visitor.page.form("/language"), "English")
    assert page.response.request.full_path == "/inbox?box=open&q=0101"
    assert 'lang="en"' in page.response.text
    page = visitor.open(f"/tasks/{task.id}")
    assert "Do ID, contract and register agree?" in page.main
    assert "Customer-service assistant" in page.main
    page = visitor.press(page.form("/language"), "中文")
    assert page.path == f"/tasks/{task.id}"
    assert "证件、合同与主清册是否相符" in page.main


def test_what_was_chosen_before_signing_in_holds_after_it(visitor: Visitor) -> None:
    visitor.open("/sign-in")
    visitor.press(visitor.page.form("/language"), "English")
    visitor.sign_in("lusy")
    assert 'lang="en"' in visitor.page.response.text
    visitor.press(visitor.page.form("/sign-out"))
    assert 'lang="en"' in visitor.page.response.text


def test_after_a_refused_form_the_switch_shows_the_form(arrives: Arrives) -> None:
    visitor = arrives("lusy")
    page = visitor.press(visitor.open("/start/house_handover").form(), "submit")
    assert page.status == 422
    page = visitor.press(page.form("/language"), "English")
    assert (page.status, page.path) == (200, "/start/house_handover")
    assert "Start a handover" in page.response.text or "Unit" in page.main


def test_an_unknown_language_is_chinese(visitor: Visitor) -> None:
    form = visitor.open("/sign-in").form("/language")
    answer = visitor.post("/language", [*form.pairs, ("lang", "../../etc")])
    assert answer.status_code == 302
    assert visitor.open("/sign-in").title == "登录"
