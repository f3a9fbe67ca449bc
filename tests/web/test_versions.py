"""Versions: the list, what sets two apart, carrying cases over, taking them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import web
from engine.store.tables import Case, ProcessVersion, Site, Staff
from tests.actions.running import press, start, told
from tests.cast import STAFF, Office
from tests.models import drawing, publish
from tests.statements import counted
from tests.web.browsing import Page, Visitor

Arrives = Callable[[str], Visitor]
MANAGERS = {"suwq", "hanwc", "qinmz"}
ENDS = '<startEvent id="begin"/><endEvent id="end"/>'
PAY = '<manualTask id="pay" name="交费"/>'
CHECK = '<manualTask id="check" name="复核"/>'
SHORT = drawing("paying", ENDS + PAY, "begin > pay\n pay > end")
LONG = drawing("paying", ENDS + PAY + CHECK, "begin > pay\n pay > check\n check > end")
ELSE = drawing("paying", ENDS + CHECK, "begin > check\n check > end")
HERE = "/processes/paying/versions"


@pytest.fixture
def old(office: Office) -> ProcessVersion:
    return publish(office, "paying", SHORT)


@pytest.fixture
def cases(office: Office, old: ProcessVersion) -> list[int]:
    """Three cases on version 1; version 2 is current."""
    found = [start(office, "paying") for _ in range(3)]
    publish(office, "paying", LONG)
    return found


def versions_of(office: Office, cases: list[int]) -> list[int]:
    with office.sessions() as session:
        found = (session.get_one(Case, own).version_id for own in cases)
        return [session.get_one(ProcessVersion, version).number for version in found]


def move(visitor: Visitor, *cases: int) -> Page:
    form = visitor.open(f"{HERE}/2/cases").form("/2/cases")
    return visitor.press(form.fill(case=[str(own) for own in cases]))


# -- who may --------------------------------------------------------------------------


@pytest.mark.parametrize("username", STAFF)
def test_only_managers_see_and_move(
    office: Office, arrives: Arrives, cases: list[int], username: str
) -> None:
    visitor = arrives(username)
    expected = 200 if username in MANAGERS else 403
    for address in (
        "/versions",
        HERE,
        f"{HERE}/compare",
        f"{HERE}/1/diagram.json?against=2",
        f"{HERE}/2/cases",
        f"{HERE}/moves",
    ):
        assert visitor.open(address).status == expected, address
    for address in (f"{HERE}/2/cases", f"{HERE}/2/all", f"{HERE}/undo"):
        answer = visitor.send(address, case=str(cases[0]))
        assert answer.status_code == expected, address
    moved = told(office, cases[0], "migrated")
    assert bool(moved) == (expected == 200)


def test_a_manager_of_another_site_moves_nothing(
    office: Office, arrives: Arrives, cases: list[int]
) -> None:
    with office.sessions.begin() as session:
        elsewhere = Site(code="other", name="另一个小区")
        session.add(elsewhere)
        session.flush()
        row = session.query(Staff).filter_by(username="hanwc").one()
        for role in row.roles:
            role.site_id = elsewhere.id
    visitor = arrives("hanwc")
    assert "0 件在办" in visitor.open(HERE).main
    assert "没有要换的案件" in visitor.open(f"{HERE}/2/cases").main
    page = Page(visitor.send(f"{HERE}/2/cases", case=str(cases[0])))
    assert "您没有权限做这件事。" in page.main
    visitor.send(f"{HERE}/2/all")
    assert versions_of(office, cases) == [1, 1, 1]


# -- versions -------------------------------------------------------------------------


def test_versions_with_who_when_and_how_many(
    office: Office, arrives: Arrives, cases: list[int]
) -> None:
    with office.sessions.begin() as session:
        newest = session.query(ProcessVersion).filter_by(process_id="paying", number=2)
        newest.one().published_by = office.person("hanwc").id
        newest.one().note = "财务要求交费后复核"
    visitor = arrives("suwq")
    page = visitor.open("/versions")
    assert "paying" in page.main and "3 件在旧版本上" in page.main
    page = visitor.open(HERE)
    for words in (
        "第 2 版",
        "现行",
        "由 韩文川 发布",
        "财务要求交费后复核",
        "由 系统 发布",
        "3 件在办",
    ):
        assert words in page.main
    assert f"{HERE}/2/cases" in page.links()
    assert f"{HERE}/1/cases" not in page.links()


def test_what_sets_two_apart_in_words_and_on_the_drawings(
    arrives: Arrives, cases: list[int]
) -> None:
    visitor = arrives("suwq")
    page = visitor.open(f"{HERE}/compare")
    assert "新增任务“复核”。" in page.main
    sources = page.html.xpath("//*[@data-diagram]/@data-src")
    before, after = (visitor.client.get(source).json for source in sources)
    assert after["state"]["check"] == "added"
    assert before["state"]["pay__end"] == after["state"]["pay__end"]
    assert before["xml"] != after["xml"]
    same = visitor.open(f"{HERE}/compare?from=2&to=2")
    assert "两版的流程图一样" in same.main


def test_a_single_version_is_compared_with_itself(
    old: ProcessVersion, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    assert f"{HERE}/compare" not in visitor.open(HERE).links()
    assert visitor.open(f"{HERE}/compare").status == 200


def test_nothing_odd_breaks_a_page(arrives: Arrives, cases: list[int]) -> None:
    visitor = arrives("suwq")
    for address in (
        "/processes/nothing/versions",
        "/processes/%00/versions",
        f"{HERE}/3/cases",
        f"{HERE}/0/cases",
        f"{HERE}/2147483648/cases",
        f"{HERE}/compare?from=9",
        f"{HERE}/compare?to=-1",
        f"{HERE}/1/diagram.json?against=99999999999999999999",
        "/processes/nothing/versions/moves",
    ):
        assert visitor.open(address).status in (400, 404), address
    for after in ("-5", "x", "9" * 30):
        assert visitor.open(f"{HERE}/2/cases?after={after}").status == 200
    for page in ("-5", "x", "9" * 30):
        assert visitor.open(f"{HERE}/moves?page={page}").status == 200
    odd = {"after": "9" * 30, "moved": "-1", "stayed": "x", "whole": "9" * 30}
    assert visitor.send(f"{HERE}/2/all", **odd).status_code == 200
    for values in ({}, {"case": "x"}, {"case": "9" * 30}, {"case": "0"}):
        for address in (f"{HERE}/2/cases", f"{HERE}/undo"):
            found = Page(visitor.send(address, **values))
            assert (found.status, found.sentence) == (422, "请至少选一件案件。")


# -- carrying over --------------------------------------------------------------------


def test_a_dry_run_tells_who_can_and_who_not_and_why(
    office: Office, arrives: Arrives, cases: list[int]
) -> None:
    publish(office, "paying", ELSE)
    page = arrives("suwq").open(f"{HERE}/3/cases")
    assert page.main.count("不能换") >= 3
    assert "交费" in page.main
    assert not page.html.xpath("//input[@type='checkbox']")
    page = arrives("suwq").open(f"{HERE}/2/cases")
    assert page.main.count("可以换") == 3
    assert f"/cases/{cases[0]}" in page.links()
    assert versions_of(office, cases) == [1, 1, 1]
    assert told(office, cases[0], "migrated") == []


def test_only_the_chosen_ones_move_and_the_history_tells(
    office: Office, arrives: Arrives, cases: list[int]
) -> None:
    visitor = arrives("suwq")
    page = move(visitor, cases[0], cases[2])
    assert "2 件成功，0 件没有换" in page.main
    assert versions_of(office, cases) == [2, 1, 2]
    (line,) = told(office, cases[0], "migrated")
    assert line.actor == "苏婉清"
    assert "换到新版本" in visitor.open(f"/cases/{cases[0]}").main


def test_what_happened_meanwhile_is_told_by_row(
    office: Office, arrives: Arrives, cases: list[int]
) -> None:
    visitor = arrives("suwq")
    form = visitor.open(f"{HERE}/2/cases").form("/2/cases")
    press(office, cases[0], "pay")  # ends on version 1
    move(arrives("hanwc"), cases[1])
    page = visitor.press(form)
    assert "1 件成功，2 件没有换" in page.main
    assert "案件已经结束或取消，版本不再更换。" in page.main
    assert "案件已经在这个版本上。" in page.main
    assert versions_of(office, cases) == [1, 2, 2]


def test_undoing_from_the_result_and_its_refusals(
    office: Office, arrives: Arrives, cases: list[int]
) -> None:
    visitor = arrives("suwq")
    page = move(visitor, *cases)
    press(office, cases[1], "pay")
    form = page.form("/undo")
    page = visitor.press(form)
    assert "2 件成功，1 件没有换" in page.main
    assert "换版本以后案件又办了别的事，不能再撤回。" in page.main
    assert versions_of(office, cases) == [1, 2, 1]
    page = visitor.press(form)
    assert page.main.count("这个案件没有可以撤回的版本更换。") == 2


def test_moves_are_listed_with_what_can_be_taken_back(
    office: Office, arrives: Arrives, cases: list[int]
) -> None:
    visitor = arrives("suwq")
    assert "还没有换过版本" in visitor.open(f"{HERE}/moves").main
    move(visitor, *cases)
    press(office, cases[1], "pay")
    page = visitor.open(f"{HERE}/moves")
    assert page.main.count("第 1 版 → 第 2 版") == 3
    assert page.main.count("可以撤回") >= 2 and "不能撤回" in page.main
    assert len(page.html.xpath("//input[@type='checkbox']")) == 2
    page = visitor.press(page.form("/undo").fill(case=str(cases[0])))
    assert "1 件成功" in page.main
    assert versions_of(office, cases) == [1, 2, 2]
    assert "已撤回" in visitor.open(f"{HERE}/moves").main


def test_many_cases_go_in_parts_with_progress(
    office: Office, arrives: Arrives, old: ProcessVersion
) -> None:
    cases = [start(office, "paying") for _ in range(101)]
    publish(office, "paying", LONG)
    visitor = arrives("suwq")
    page = visitor.open(f"{HERE}/2/cases")
    assert len(page.html.xpath("//input[@type='checkbox']")) == 50
    further = [link for link in page.links() if "after=" in link]
    assert f"after={cases[49]}" in further[0]
    told_so = []
    page = visitor.press(page.form("/all"))
    while page.html.xpath("//form[@data-goes-on]"):
        told_so.append(page.said("//main//*[@role='status']"))
        page = visitor.press(page.form("/all"))
    told_so.append(page.said("//main//*[@role='status']"))
    assert [words.split("：")[0].split(" ", 1)[1] for words in told_so if words] == [
        "50 / 101 件",
        "100 / 101 件",
        "101 / 101 件",
    ]
    assert "全部处理完了" in page.main
    assert set(versions_of(office, cases)) == {2}


def test_those_that_cannot_stay_with_the_reason(
    office: Office, arrives: Arrives, cases: list[int]
) -> None:
    publish(office, "paying", ELSE)
    visitor = arrives("suwq")
    page = visitor.open(f"{HERE}/3/cases")
    page = visitor.press(page.form("/all"))
    assert "换过去 0 件，留在原版本 3 件" in page.main
    assert page.main.count("没有换") == 3
    assert versions_of(office, cases) == [1, 1, 1]


# -- cost and language ----------------------------------------------------------------


def test_a_page_asks_the_database_little(
    office: Office, arrives: Arrives, app: Any, cases: list[int]
) -> None:
    visitor = arrives("suwq")
    move(visitor, cases[0])
    with app.app_context():
        engine = web.db.engine
    for address in (
        "/versions",
        HERE,
        f"{HERE}/compare",
        f"{HERE}/1/diagram.json?against=2",
        f"{HERE}/2/cases",
        f"{HERE}/moves",
    ):
        visitor.open(address)  # versions and calendar are read once a process
        with counted(engine) as asked:
            assert visitor.open(address).status == 200
        assert len(asked.statements) <= 8, f"{address}\n{asked.told}"


def test_pages_speak_english(arrives: Arrives, cases: list[int]) -> None:
    visitor = arrives("suwq")
    visitor.open(HERE)
    page = visitor.press(visitor.page.form("/language"), "English")
    assert page.title == "paying: versions"
    assert "3 running cases" in page.main
    assert "This is a trial" in visitor.open(f"{HERE}/2/cases").main
