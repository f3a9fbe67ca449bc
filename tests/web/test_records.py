"""A paper as one reads and prints it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.store.tables import Record
from tests.actions.handover import upto
from tests.cast import Office
from tests.papers import slip, write
from tests.web.browsing import Page, Visitor
from tests.web.papers import FULL, misfits

Arrives = Callable[[str], Visitor]


def paper(office: Office, kind: str) -> Record:
    with office.sessions() as session:
        return session.scalars(select(Record).where(Record.kind == kind)).one()


@pytest.fixture
def handed_over(office: Office) -> int:
    return upto(office, "the end")


def test_a_receipt_shows_what_was_signed(
    office: Office, handed_over: int, arrives: Arrives
) -> None:
    record = paper(office, "R09")
    page = arrives("lusy").open(f"/records/{record.id}")
    assert page.title == "文件签收表"
    assert page.said("//article//p[1]") == "示范里小区"
    for shown in (record.number, "1-1-0101", "业主手册", "装修手册", "张依诺"):
        assert shown in page.main
    assert f"/cases/{handed_over}" in page.links()


@pytest.mark.usefixtures("handed_over")
def test_every_kind_of_paper_is_shown_in_words(
    office: Office, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    raw = ("None", "{'", "handed_over", "True", "entrusted", "990101199606188725")
    for kind in ("R01", "R02", "R03", "R04", "R05", "R06", "R08", "R09"):
        page = visitor.open(f"/records/{paper(office, kind).id}")
        assert page.status == 200, kind
        assert not [word for word in raw if word in page.main], kind


@pytest.mark.usefixtures("handed_over")
def test_a_report_of_the_whole_site_is_for_managers(
    office: Office, arrives: Arrives
) -> None:
    address = f"/records/{paper(office, 'R08').id}"
    assert arrives("lusy").open(address).status == 403
    page = arrives("hanwc").open(address)
    assert page.status == 200
    assert "1-1-0101" in page.main


@pytest.mark.usefixtures("handed_over")
def test_a_paper_of_a_case_one_may_not_see_is_refused(
    office: Office, arrives: Arrives
) -> None:
    page = arrives("baiyf").open(f"/records/{paper(office, 'R09').id}")
    assert (page.status, page.sentence) == (403, "您没有权限做这件事。")


def said_of(page: Page) -> dict[str, str]:
    """What stands in the paper, by label."""
    return {
        dt.text_content(): " ".join(dt.getnext().text_content().split())
        for dt in page.html.xpath("//article//dt")
    }


def test_a_paper_without_a_form_is_shown_by_the_types_of_its_kind(
    office: Office, arrives: Arrives
) -> None:
    refund = {
        "payee": "张依诺",
        "refund": 123450,
        "paid_at": "2026-10-09T10:00+08:00",
        "sig_cashier": {"name": "贾惠玲", "image": None, "at": "", "by": "jiahl"},
    }
    fitout = {
        "phone": "15400000681",
        "start": "2026-04-01",
        "involves_gas": True,
        "fees": [{"deposit": "2000", "scope": "押金"}, {"scope": "垃圾清运"}],
    }
    owner = {"phone": "15400000073", "status": "handed_over", "owner_name": "张依诺"}
    key = {"category": "entrusted", "out": [{"purpose": "看房", "vacant": False}]}
    papers = [("R31", refund), ("R12", fitout), ("R01", owner), ("R76", key)]
    ids = [
        write(office, slip(data, "1-1-0101", kind=kind))[-1] for kind, data in papers
    ]
    manager = arrives("hanwc")
    shown = [said_of(manager.open(f"/records/{id_}")) for id_ in ids]
    assert shown[0]["应退"] == "1,234.50 元"
    assert "2026-10-09 10:00" in shown[0].values() and "贾惠玲" in shown[0].values()
    assert shown[1]["负责人电话"] == "154****0681 显示 负责人电话"
    assert "2026-04-01" in shown[1].values() and "涉及" in shown[1].values()
    assert "押金" in shown[1]["收费项目"] and "垃圾清运" in shown[1]["收费项目"]
    assert shown[2]["联系电话"] == "154****0073 显示 联系电话"
    assert "已交房" in shown[2].values()
    assert "委托" in shown[3].values() and "看房" in shown[3]["借出记录"]
    said = manager.open(f"/records/{ids[0]}/print").said("//section[1]")
    assert "123450" not in said
    printed = manager.open(f"/records/{ids[2]}/print").said("//section[1]")
    assert "154****0073" in printed and "已交房" in printed


@pytest.mark.parametrize("spoil", [misfits, dict])
def test_whatever_stands_in_an_old_paper_is_shown(
    office: Office, arrives: Arrives, spoil: Callable[[Any], dict[str, Any]]
) -> None:
    odd = [[["x"]], [{"a": [1, {"b": None}]}], {"image": 3, "name": 4}, [{"id": 5}]]
    ids = []
    for kind, data in FULL.items():
        ids.append(write(office, slip(spoil(data), kind=kind))[-1])
        strange = {name: odd[n % 4] for n, name in enumerate(data)}
        ids.append(write(office, slip(strange, kind=kind))[-1])
    manager = arrives("hanwc")
    for record_id in ids:
        assert manager.open(f"/records/{record_id}").status == 200
        assert manager.open(f"/records/{record_id}/print").status == 200
