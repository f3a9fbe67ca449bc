"""A whole handover through HTML forms alone: what script adds is comfort."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import time_machine

from engine.store.tables import Case
from tests.cast import Office
from tests.pictures import PNG
from tests.web.browsing import Page, Visitor

Arrives = Callable[[str], Visitor]
OWNER = {"sig_owner.name": "张依诺"}


def do(visitor: Visitor, title: str, **answers: Any) -> Page:
    """Fills in the form one stands before and finishes the task."""
    page = visitor.page
    assert page.title == title, page.text[:300]
    page = visitor.press(page.form().fill(answers), "办结")
    assert page.status == 200, page.alert
    return page


def test_a_handover_from_start_to_a_signed_receipt(
    office: Office, arrives: Arrives
) -> None:
    with time_machine.travel("2026-03-10T01:00:00Z", tick=False):
        clerk, cashier = arrives("lusy"), arrives("jiahl")
        _receive(clerk)
        case = _pay(cashier)
        _hand_over(clerk, case)
    with office.sessions() as session:
        assert session.get_one(Case, case).outcome == "handed_over"


def _receive(clerk: Visitor) -> None:
    page = clerk.open("/start")
    (handover,) = [p for p in page.links() if p.endswith("/house_handover")]
    page = clerk.open(handover)
    form = page.form().fill(unit_no="1-1-0101", handover_date="2026-03-10")
    page = clerk.press(form, "读取资料")
    assert "张依诺" in page.main
    clerk.press(page.form(), "发起")
    do(
        clerk,
        "查主清册、核验身份",
        phone="15400000073",
        id_no="990101199606188725",
        identity_ok="true",
    )
    page = clerk.page
    form = page.form().fill(id_copy=("身份证.png", PNG), materials=["notice"])
    page = clerk.press(form, "办结")
    assert page.title == "填写业主档案", page.alert
    _owner_file(clerk)
    page = do(clerk, "签署安全责任制书", explained="true", **OWNER)
    assert page.path.startswith("/cases/")
    assert "收取物业费" in page.said("//section[@aria-labelledby='h-tasks']")


def _owner_file(clerk: Visitor) -> None:
    """A table grows and shrinks with its buttons."""
    [grow] = clerk.page.html.xpath("//button[starts-with(@value, 'add:')]/@value")
    table = grow.removeprefix("add:")
    before = _rows(clerk.page, table)
    page = clerk.press(clerk.page.form().fill(birthday="1996-06-18"), grow)
    page = clerk.press(page.form(), grow)
    assert len(_rows(page, table)) == len(before) + 2
    added = [row for row in _rows(page, table) if row not in before]
    for row in added:
        page = clerk.press(page.form(), f"del:{table}:{row}")
    assert _rows(page, table) == before
    assert page.form()["birthday"] == "1996-06-18"
    do(clerk, "填写业主档案", emergency_mobile="15400000073", **OWNER)


def _rows(page: Page, table: str) -> list[str]:
    """The keys of a table's rows."""
    names = [name.split(".") for name in page.form().names()]
    keys = [parts[1] for parts in names if parts[0] == table and len(parts) == 3]
    return list(dict.fromkeys(keys))


def _pay(cashier: Visitor) -> int:
    page = cashier.open("/inbox")
    page = cashier.press(page.form("/claim"))
    page = cashier.press(page.form().fill(fees_paid="true"), "refresh")
    page = do(cashier, "收取物业费", pay_method="cash")
    return int(page.path.rsplit("/", 1)[1])


def _hand_over(clerk: Visitor, case: int) -> None:
    page = clerk.open("/inbox")
    clerk.open(next(link for link in page.links() if link.startswith("/tasks/")))
    good = {name: "true" for name in clerk.page.form().names() if name.endswith(".ok")}
    signed = {"sig_staff.name": "陆思远", **OWNER}
    do(clerk, "共同验房", **good, has_defects="false", accepted="true", **signed)
    clerk.press(clerk.page.form(), "办结")
    received = {"receiver.name": "张依诺", **OWNER}
    do(clerk, "发放钥匙和资料", keys_total="5", docs_received="true", **received)
    page = clerk.open(f"/cases/{case}")
    assert "已结束" in page.main
    [paper] = page.html.xpath("//main//a[text()='文件签收表']/@href")
    page = clerk.open(paper)
    assert "张依诺" in page.main and "1-1-0101" in page.main
