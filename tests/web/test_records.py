"""A paper as one reads and prints it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine.store.tables import Record
from tests.actions.handover import upto
from tests.cast import Office
from tests.web.browsing import Visitor

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
