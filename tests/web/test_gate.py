"""The guard's page: what a slip is worth, item by item, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

import web
from engine.store.database import now
from engine.store.tables import Record
from tests.actions.releasing import issued, passes, slip
from tests.cast import Office
from tests.statements import counted
from tests.web.browsing import Page, Visitor

Arrives = Callable[[str], Visitor]


def worth(page: Page) -> str:
    return str(page.html.xpath("//@data-worth")[0])


@pytest.fixture
def gate(office: Office) -> tuple[int, str]:
    case_id, token = issued(office)
    return case_id, f"/gate/{token}"


def test_the_guard_sees_what_to_compare_and_no_more(
    gate: tuple[int, str], arrives: Arrives
) -> None:
    page = arrives("baiyf").open(gate[1])
    assert (page.status, worth(page), page.title) == (200, "valid", "请核对物品")
    for words in ("李师傅", "8795", "双开门冰箱", "× 12", "纸箱", "R38-"):
        assert words in page.main
    assert "990101198012258795" not in page.response.get_data(as_text=True)


def test_goods_leave_when_every_item_is_ticked(
    office: Office, gate: tuple[int, str], arrives: Arrives
) -> None:
    visitor = arrives("baiyf")
    form = visitor.open(gate[1]).form(gate[1])
    page = visitor.press(form.fill(item=["0"]), "confirm")
    assert page.status == 422 and "还有 1 项物品没有勾选" in page.alert
    assert page.html.xpath("//input[@name='item']/@checked") == ["checked"]
    page = visitor.press(page.form(gate[1]).fill(item=["0", "1"]), "confirm")
    assert (page.status, worth(page), page.title) == (200, "used", "已放行")
    assert "白永福" in page.main
    again = visitor.post(gate[1], [("csrf_token", visitor.token()), ("item", "0")] * 1)
    assert again.status_code in (409, 422)
    with time_machine.travel(now() + timedelta(minutes=1, seconds=1), tick=False):
        page = visitor.open(gate[1])
        assert (worth(page), page.title) == ("used", "已用过，不能放行")
    assert passes(office, gate[0])[0].state == "used"


def test_the_case_and_the_paper_show_it(
    office: Office, gate: tuple[int, str], arrives: Arrives
) -> None:
    guard = arrives("baiyf")
    guard.press(guard.open(gate[1]).form(gate[1]).fill(item=["0", "1"]), "confirm")
    clerk = arrives("jiahl")
    assert "门岗核对放行：物品放行条" in clerk.open(f"/cases/{gate[0]}").main
    record = slip(office, gate[0])
    assert record.data["gate_match"] is True
    assert clerk.open(f"/records/{record.id}").status == 200


def test_a_mismatch_wants_its_reason_and_keeps_what_was_typed(
    gate: tuple[int, str], arrives: Arrives
) -> None:
    visitor = arrives("baiyf")
    form = visitor.open(gate[1]).form(gate[1])
    page = visitor.press(form.fill(item=["1"], reason=" "), "mismatch")
    assert page.status == 422
    assert "请写明哪里不符" in page.said("//*[@id='reason-hint']")
    assert page.html.xpath("//details/@open") != []
    form = page.form(gate[1])
    page = visitor.press(form.fill(reason="多出<b>一台</b>电脑"), "mismatch")
    assert worth(page) == "mismatch" and "多出<b>一台</b>电脑" in page.main
    assert not page.html.xpath("//main//b")


def test_a_slip_taken_meanwhile_shows_what_it_is_now(
    gate: tuple[int, str], arrives: Arrives
) -> None:
    first, second = arrives("baiyf"), arrives("baiyf")
    forms = [each.open(gate[1]).form(gate[1]) for each in (first, second)]
    first.press(forms[0].fill(item=["0", "1"]), "confirm")
    page = second.press(forms[1].fill(item=["0", "1"]), "confirm")
    assert (page.status, worth(page)) == (409, "used")


@pytest.mark.parametrize(
    "hours, title", [(-1, "未到时间，不能放行"), (25, "已过期，不能放行")]
)
def test_outside_its_window_nothing_leaves(
    gate: tuple[int, str], arrives: Arrives, hours: int, title: str
) -> None:
    with time_machine.travel(now() + timedelta(hours=hours), tick=False):
        visitor = arrives("baiyf")
        page = visitor.open(gate[1])
        assert page.title == title
        assert not page.html.xpath("//main//button")
        assert visitor.send(gate[1], op="confirm", item="0").status_code in (409, 422)


def test_a_voided_slip_and_an_unknown_code(
    office: Office, gate: tuple[int, str], arrives: Arrives
) -> None:
    visitor = arrives("baiyf")
    with office.sessions.begin() as session:
        session.get_one(Record, slip(office, gate[0]).id).voided_at = now()
    assert visitor.open(gate[1]).title == "已作废，不能放行"
    for token in ("unknown", "A" * 22, "长" * 300, "'--"):
        page = visitor.open(f"/gate/{token}")
        assert (page.status, worth(page)) == (404, "unknown"), token


def test_the_gate_is_for_guards(
    office: Office, gate: tuple[int, str], arrives: Arrives, visitor: Visitor
) -> None:
    assert visitor.open(gate[1]).status == 401
    for username in ("lusy", "hanwc"):
        other = arrives(username)
        for address in (gate[1], "/gate/unknown"):
            assert other.open(address).status == 403
            assert other.send(address, op="confirm", item="0").status_code == 403
    assert passes(office, gate[0])[0].state == "issued"


def test_nothing_sent_breaks_the_page(
    office: Office, gate: tuple[int, str], arrives: Arrives
) -> None:
    visitor = arrives("baiyf")
    for sent in (
        {},
        {"op": "x", "item": "-1"},
        {"item": "٣"},
        {"item": "9" * 400},
        {"op": "mismatch", "reason": "\x00"},
        {"op": "mismatch", "reason": "长" * 5000},
    ):
        assert visitor.send(gate[1], **sent).status_code in (400, 422), sent
    assert passes(office, gate[0])[0].state == "issued"


def test_the_slip_carries_the_code_while_it_opens_the_gate(
    office: Office, gate: tuple[int, str], arrives: Arrives
) -> None:
    record = slip(office, gate[0])
    clerk, guard = arrives("jiahl"), arrives("baiyf")

    def code() -> Any:
        page = clerk.open(f"/records/{record.id}/print")
        assert page.status == 200
        found = page.html.xpath("//*[name()='svg' and @class='qr']//@d")
        assert len(set(found)) == 1 and len(found) == 2  # on both parts, the same
        return found[0]

    before = code()
    assert before == code()
    guard.press(guard.open(gate[1]).form(gate[1]).fill(item=["0", "1"]), "confirm")
    assert code() != before


def test_the_page_asks_the_database_little(
    gate: tuple[int, str], arrives: Arrives, app: Any
) -> None:
    visitor = arrives("baiyf")
    visitor.open(gate[1])
    with app.app_context():
        engine = web.db.engine
    with counted(engine) as asked:
        visitor.open(gate[1])
    assert len(asked.statements) <= 5, asked.told


def test_english_words(gate: tuple[int, str], arrives: Arrives) -> None:
    visitor = arrives("baiyf")
    visitor.send("/language", lang="en", next="/inbox")
    assert visitor.open(gate[1]).title == "Compare the goods"
