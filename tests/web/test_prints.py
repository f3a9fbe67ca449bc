"""Papers: each layout with full, sparse, long and hostile data; prints that are counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

import web
from engine.prints import LayoutRefused, layout_findings, layout_of
from engine.settings import ROOT
from engine.store.database import now
from engine.store.tables import Event, Record, RecordPrint
from tests.actions.handover import upto
from tests.cast import Office
from tests.statements import counted
from tests.web.browsing import Page, Visitor
from tests.web.papers import (
    FULL,
    HOSTILE,
    KINDS,
    LONG,
    file_record,
    keep_picture,
    misfits,
    signed,
    spoiled,
)

Arrives = Callable[[str], Visitor]
LAYOUTS = ROOT / "forms" / "prints"


@pytest.fixture
def case_id(office: Office) -> int:
    return upto(office, "the end")


def printed(visitor: Visitor, record_id: int) -> Page:
    """The page that the button leads to."""
    answer = visitor.send(f"/records/{record_id}/print")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return visitor.open(answer.headers["Location"])


def test_there_is_a_sample_of_every_layout() -> None:
    assert sorted(FULL) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_whatever_it_holds(
    office: Office, case_id: int, arrives: Arrives, kind: str
) -> None:
    visitor, full = arrives("suwq"), FULL[kind]
    for data in (full, {}, spoiled(full, LONG), spoiled(full, HOSTILE), misfits(full)):
        page = printed(visitor, file_record(office, kind, data, case_id))
        assert page.status == 200
        layout = layout_of(LAYOUTS, kind)
        assert layout is not None
        copies = page.html.xpath("//section[@class='copy']")
        assert len(copies) == max(len(layout.copies), 1)
        assert page.said("//section[1]//h1") == layout.title
        assert [name for name in layout.copies if name not in page.text] == []
        assert "示范里小区" in page.text and f"{kind}-2026-0" in page.text
        assert not page.html.xpath("//main//script")
        said = page.said("//main")
        assert "None" not in said and "{'" not in said and "49" not in said.split()


def test_all_that_is_filled_in_stands_on_the_paper(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    """Every text of the samples, but numbers that are to be masked."""
    visitor = arrives("suwq")
    masked = {"15400000681": "154****0681", "990101198012258795": "8795"}
    for kind, full in FULL.items():
        text = printed(visitor, file_record(office, kind, full, case_id)).text
        for name, value in full.items():
            if isinstance(value, dict):
                assert value["name"] in text, (kind, name)
            elif isinstance(value, str) and not value.isascii():
                assert value in text, (kind, name)
            elif isinstance(value, str) and value in masked:
                assert masked[value] in text and value not in text, (kind, name)


def test_a_receipt_has_three_copies_and_the_amount_both_ways(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    page = printed(arrives("suwq"), file_record(office, "R67", FULL["R67"], case_id))
    for copy, name in enumerate(("存根联", "客户联", "财务联"), start=1):
        said = page.said(f"//section[{copy}]")
        for words in (name, "壹万陆仟肆佰零玖元零贰分", "￥16,409.02", "非税务发票"):
            assert words in said
    assert "241mm 140mm" in page.said("//style")


def test_through_all_plies_at_once_it_is_one_page(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    record_id = file_record(office, "R67", FULL["R67"], case_id)
    visitor = arrives("suwq")
    answer = visitor.send(f"/records/{record_id}/print", carbon="1")
    page = visitor.open(answer.headers["Location"])
    assert len(page.html.xpath("//section")) == 1
    assert "存根联 / 客户联 / 财务联" in page.text


def test_money_is_printed_by_an_act_that_counts(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    record_id = file_record(office, "R67", FULL["R67"], case_id, title="收据")
    visitor = arrives("suwq")
    look = visitor.open(f"/records/{record_id}/print")
    assert "预览" in look.said("//main") and "补打" not in look.said("//main")
    first, second = printed(visitor, record_id), printed(visitor, record_id)
    assert "预览" not in first.said("//main") and "补打" not in first.said("//main")
    assert "补打 · 第 2 次打印" in second.said("//section[1]")
    with office.sessions() as session:
        record = session.get_one(Record, record_id)
        assert record.prints == 2
        rows = select(RecordPrint.n).where(RecordPrint.record_id == record_id)
        assert sorted(session.scalars(rows)) == [1, 2]
        told = select(Event).where(Event.case_id == case_id, Event.kind == "printed")
        events = list(session.scalars(told.order_by(Event.seq)))
        assert [(e.detail or {})["n"] for e in events] == [1, 2]
        assert {e.actor for e in events} == {"苏婉清"}
    assert "打印：收据" in visitor.open(f"/cases/{case_id}").main


def test_a_counted_print_cannot_be_shown_again_later_or_by_others(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    record_id = file_record(office, "R67", FULL["R67"], case_id)
    mine = printed(arrives("suwq"), record_id)
    assert "预览" not in mine.said("//main")
    address = f"/records/{record_id}/print?n=1"
    assert "预览" in arrives("hanwc").open(address).said("//main")
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1), tick=False):
        assert "预览" in arrives("suwq").open(address).said("//main")


def test_what_is_no_money_is_neither_a_preview_nor_marked(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    record_id = file_record(office, "R09", FULL["R09"], case_id)
    visitor = arrives("suwq")
    for page in (
        visitor.open(f"/records/{record_id}/print"),
        *(printed(visitor, record_id) for _ in range(2)),
    ):
        assert "预览" not in page.said("//main") and "补打" not in page.said("//main")


def test_a_voided_paper_says_so_across(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    record_id = file_record(office, "R67", FULL["R67"], case_id, voided_at=now())
    page = printed(arrives("suwq"), record_id)
    assert page.said("//section[1]/*[@class='across']") == "已作废"
    assert len(page.html.xpath("//*[@class='across']")) == 3


def test_the_step_is_signed_by_who_completed_it(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    """Also on a paper that a manager wrote anew; a drawn signature goes before."""
    visitor = arrives("hanwc")
    query = select(Record.id).where(Record.case_id == case_id)
    for kind, by in (("R04", "陆思远"), ("R09", "陆思远")):
        with office.sessions() as session:
            record_id = session.scalars(query.where(Record.kind == kind)).one()
        address = f"/records/{record_id}"
        visitor.open(address)
        visitor.send(f"{address}/void", reason="打错")
        again = visitor.send(f"{address}/replace").headers["Location"]
        for paper in (address, again):
            said = visitor.open(f"{paper}/print").said("//section[1]")
            assert "经办人" in said and by in said, kind
            assert "韩文川" not in said
    data = {**FULL["R09"], "sig_staff": signed("范春梅")}
    page = visitor.open(f"/records/{file_record(office, 'R09', data, case_id)}/print")
    assert "范春梅" in page.said("//section[1]")


def test_pictures_come_from_the_own_case_only(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    other = upto(office, "check_identity")
    mine, foreign = keep_picture(office, case_id), keep_picture(office, other)
    visitor = arrives("suwq")
    for picture, shown in ((mine, 1), (foreign, 0), ("../../secret", 0)):
        data = {**FULL["R09"], "receiver": signed("张依诺", picture)}
        page = printed(visitor, file_record(office, "R09", data, case_id))
        assert len(page.html.xpath("//section//img")) == shown
        assert all(
            src.startswith("data:image/png;base64,")
            for src in page.html.xpath("//section//img/@src")
        )


def test_a_kind_without_a_layout_is_printed_from_its_form(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    visitor = arrives("suwq")
    with office.sessions() as session:
        papers = session.execute(select(Record.id, Record.kind, Record.title)).all()
    assert {"R01", "R02", "R03", "R06", "R08"} <= {kind for _, kind, _ in papers}
    for record_id, kind, title in papers:
        page = visitor.open(f"/records/{record_id}/print")
        assert (page.status, page.said("//section[1]//h1")) == (200, title), kind
        raw = ("None", "{'", "handed_over", "True", "990101199606188725", "15400000073")
        assert not [word for word in raw if word in page.text], kind
    sheet = next(i for i, kind, _ in papers if kind == "R06")
    page = visitor.open(f"/records/{sheet}/print")
    for words in ("入户门、锁", "12.5", "张依诺", "陆思远"):
        assert words in page.text


def test_printing_is_for_who_may_see_the_paper(
    office: Office, case_id: int, arrives: Arrives
) -> None:
    record_id = file_record(office, "R67", FULL["R67"], case_id)
    report = file_record(office, "R08", {"date": "2026-03-10"}, None)
    guard, clerk = arrives("baiyf"), arrives("lusy")
    for address in (f"/records/{record_id}/print", f"/records/{record_id}.pdf"):
        assert guard.open(address).status == 403
    assert guard.send(f"/records/{record_id}/print").status_code == 403
    assert clerk.open(f"/records/{report}/print").status == 403
    assert clerk.open("/records/2147483647/print").status == 404
    assert clerk.send("/records/2147483647/print").status_code == 404
    with office.sessions() as session:
        assert session.scalar(select(RecordPrint.id)) is None


def test_nobody_prints_without_signing_in(visitor: Visitor) -> None:
    assert visitor.open("/records/1/print").status == 401
    assert visitor.open("/records/1.pdf").status == 401


@contextmanager
def changed(app: Any, **settings: Any) -> Iterator[None]:
    runtime = app.extensions["steward"]
    before, runtime.settings = (
        runtime.settings,
        replace(runtime.settings, **settings),
    )
    yield
    runtime.settings = before


def test_without_a_browser_there_is_a_sentence_and_the_page_stays(
    office: Office, case_id: int, arrives: Arrives, app: Any, tmp_path: Path
) -> None:
    record_id = file_record(office, "R09", FULL["R09"], case_id)
    visitor = arrives("suwq")
    with changed(app, chromium=str(tmp_path / "none")):
        page = visitor.open(f"/records/{record_id}.pdf")
        assert page.status == 503 and "暂时不能生成 PDF" in page.sentence
        assert visitor.open(f"/records/{record_id}/print").status == 200
    with changed(app, chromium="false"):  # one that starts and fails
        assert visitor.open(f"/records/{record_id}.pdf").status == 503


def test_a_broken_layout_is_named_and_changes_nothing(
    office: Office, case_id: int, arrives: Arrives, app: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "forms" / "prints"
    folder.mkdir(parents=True)
    (folder / "R09.json").write_text('{"title": "x"}')
    record_id = file_record(office, "R09", FULL["R09"], case_id)
    visitor = arrives("suwq")
    with changed(app, forms=tmp_path / "forms"):
        page = visitor.open(f"/records/{record_id}/print")
        assert page.status == 422 and "打印模板“R09”" in page.sentence
        assert visitor.send(f"/records/{record_id}/print").status_code == 422
    with office.sessions() as session:
        assert session.get_one(Record, record_id).prints == 0


def test_a_print_asks_the_database_little(
    office: Office, case_id: int, arrives: Arrives, app: Any
) -> None:
    record_id = file_record(office, "R38", FULL["R38"], case_id)
    visitor = arrives("suwq")
    visitor.open(f"/records/{record_id}/print")
    with app.app_context():
        engine = web.db.engine
    with counted(engine) as asked:
        visitor.open(f"/records/{record_id}/print")
    assert len(asked.statements) <= 9, asked.told


GOOD: dict[str, Any] = {
    "title": "纸",
    "page": "a4",
    "blocks": [{"fields": [{"label": "房号", "value": "unit_no"}]}],
}
FAULTS: dict[str, tuple[Any, str, str]] = {
    "page": ({**GOOD, "page": "a3"}, "/page", "只能是"),
    "extra": ({**GOOD, "script": "x"}, "", "没有名为“script”"),
    "missing": ({"title": "纸", "page": "a4"}, "", "缺少“blocks”"),
    "no block": ({**GOOD, "blocks": []}, "/blocks", ""),
    "two kinds": ({**GOOD, "blocks": [{"text": "a", "heading": "b"}]}, "/blocks/0", ""),
    "unknown": ({**GOOD, "blocks": [{"html": "<b>"}]}, "/blocks/0", "一种内容块"),
    "look": (
        {**GOOD, "blocks": [{"fields": [{"label": "a", "value": "b", "as": "html"}]}]},
        "/blocks/0/fields/0/as",
        "只能是",
    ),
    "code": (
        {
            **GOOD,
            "blocks": [{"fields": [{"label": "a", "value": "__import__('os')"}]}],
        },
        "/blocks/0/fields/0/value",
        "",
    ),
    "attribute": (
        {
            **GOOD,
            "blocks": [
                {"rows": "x.__class__", "columns": [{"label": "a", "value": "b"}]}
            ],
        },
        "/blocks/0/rows",
        "",
    ),
    "list": ([1], "", ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_layout_is_found_and_its_place_named(
    tmp_path: Path, fault: str
) -> None:
    layout, place, sentence = FAULTS[fault]
    (tmp_path / "R99.json").write_text(json.dumps(layout))
    found = list(layout_findings(tmp_path))
    assert found, fault
    assert any(k == "R99" and p == place and sentence in s for k, p, s in found), found
    with pytest.raises(LayoutRefused):
        layout_of(tmp_path, "R99")


def test_a_good_layout_has_no_findings(tmp_path: Path) -> None:
    (tmp_path / "R99.json").write_text(json.dumps(GOOD))
    assert list(layout_findings(tmp_path)) == []
    (tmp_path / "R99.json").write_text("{")
    assert [s for _, _, s in layout_findings(tmp_path)] == ["不是有效的 JSON。"]
    assert list(layout_findings(LAYOUTS)) == []
    assert layout_of(tmp_path, "../R99") is None
