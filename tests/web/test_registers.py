"""Registers as one reads them, filters them, and takes them away as a workbook."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

import web.registers
from engine import Background
from engine.actions.write_export import export_path
from engine.store.tables import Export, Record, RegisterEvent, Reveal
from tests.actions.handover import upto
from tests.cast import Office
from tests.papers import NOON, slip, write
from tests.web.browsing import Form, Page, Visitor

Arrives = Callable[[str], Visitor]
CARRIER = {"carrier_name": "张依诺", "carrier_type": "owner", "reason": "move_out"}


def memo(n: int, **more: Any) -> Any:
    data = {"payee": f"收款人{n}", "refund": n * 10_050, **more}
    return slip(data, "1-1-0101", NOON + timedelta(minutes=n), "R31")


@pytest.fixture
def handed_over(office: Office) -> int:
    return upto(office, "the end")


@pytest.mark.usefixtures("handed_over")
def test_the_list_leads_to_registers_and_those_to_papers(arrives: Arrives) -> None:
    visitor = arrives("suwq")
    page = visitor.open("/registers")
    assert "房屋交接表 R04 · D2§1 今年 1 份" in page.main
    page = visitor.open("/registers/R04")
    assert page.title == "房屋交接表"
    for shown in ("R04-2026-00001", "1-1-0101", "张依诺"):
        assert shown in page.main
    assert any(link.startswith("/records/") for link in page.links("//table"))
    assert "共 1 份 · 已收物业费" in visitor.open("/registers/R04/totals").main


def test_who_may_not_read_finds_nothing(office: Office, arrives: Arrives) -> None:
    write(office, memo(1))
    guard = arrives("baiyf")
    assert guard.open("/registers").main.count("种还没有记录") == 1
    for path in ("", "/print", "/totals"):
        assert guard.open(f"/registers/R31{path}").status == 404
    clerk = arrives("lusy")
    clerk.open("/registers/R31")
    assert guard.send("/registers/R31/exports").status_code == 404


def test_a_filter_is_in_the_address_and_stays_on_the_page(
    office: Office, arrives: Arrives
) -> None:
    write(
        office,
        slip(CARRIER, "1-1-0101"),
        slip({**CARRIER, "reason": "temporary"}, "1-1-0102"),
    )
    visitor = arrives("lusy")
    visitor.open("/registers/R38")
    form = visitor.page.form("/registers/R38")
    page = visitor.press(form.fill({"f.reason": "temporary", "house": "1-1"}))
    assert "R38-2026-00002" in page.main and "R38-2026-00001" not in page.main
    address = page.response.request.full_path
    assert "f.reason=temporary" in address and "house=1-1" in address
    again = arrives("lusy").open(address)
    assert "R38-2026-00002" in again.main and "R38-2026-00001" not in again.main
    assert again.form("/registers/R38")["house"] == "1-1"


def test_what_cannot_be_meant_is_said_beside_it(
    office: Office, arrives: Arrives
) -> None:
    write(office, slip(CARRIER))
    visitor = arrives("lusy")
    page = visitor.open("/registers/R38?since=3月1日&year=二〇二六")
    assert page.status == 200
    assert page.said("//*[@id='since-err']") == "请按“2026-03-01”的样子填写日期。"
    assert page.said("//*[@id='year-err']") == "请填写四位数的年份。"
    assert page.form("/registers/R38")["since"] == "3月1日"
    page = visitor.open("/registers/R38?since=2026-03-02&until=2026-03-01")
    assert page.said("//*[@id='until-err']") == "结束日期早于开始日期，找不到任何记录。"
    assert "没有找到" in page.main


@pytest.fixture
def standing(office: Office, arrives: Arrives) -> Visitor:
    write(office, slip(CARRIER, "1-1-0101"), memo(1))
    return arrives("suwq")


WORDS = st.sampled_from(
    (
        "q since until year house state sort after before site f.reason unmasked "
        "kind endpoint _external _anchor _scheme"
    ).split()
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(WORDS, st.text(max_size=20)), max_size=6),
    raw=st.text(max_size=12),
)
def test_no_query_string_breaks_a_page(
    standing: Visitor, pairs: list[tuple[str, str]], raw: str
) -> None:
    query = urlencode(pairs, errors="replace")
    for path in (
        "/registers",
        "/registers/R31",
        "/registers/R38/totals",
        "/registers/R31/print",
    ):
        for sent in (query, raw.encode("utf-8", "replace").decode("latin-1")):
            answer = standing.client.get(path, query_string=sent)
            assert answer.status_code in (200, 400, 404), (path, sent)


def test_a_page_turns_both_ways(
    office: Office, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(office, *(memo(n) for n in range(1, 56)))
    visitor = arrives("jiahl")
    page = visitor.open("/registers/R31")
    assert "R31-2026-00006" in page.main and "R31-2026-00005" not in page.main
    [onward] = [link for link in page.links() if "after=" in link]
    page = visitor.open(onward)
    assert "R31-2026-00005" in page.main and "R31-2026-00006" not in page.main
    [back] = [link for link in page.links() if "before=" in link]
    assert "R31-2026-00055" in visitor.open(back).main


def test_the_print_holds_no_buttons_and_says_when_it_is_cut(
    office: Office, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(office, *(memo(n) for n in range(1, 4)))
    visitor = arrives("jiahl")
    page = visitor.open("/registers/R31/print")
    assert (
        "共 3 份 · 应退 603.00 元 · 还应补缴 0.00 元" in page.main
        and "R31-2026-00001" in page.main
    )
    assert not page.html.xpath("//table//a")
    monkeypatch.setattr(web.registers, "PRINTED", 2)
    page = visitor.open("/registers/R31/print")
    assert "这里只列出前 2 份" in page.main
    assert "共 3 份" in page.main  # the sums are those of the whole filter


# -- Excel ----------------------------------------------------------------------------


def workbook(visitor: Visitor, path: str) -> list[tuple[Any, ...]]:
    answer, content = visitor.fetch(path)
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def export(visitor: Visitor, **values: str) -> Page:
    return visitor.press(visitor.page.form("/exports").fill(values))


def test_a_small_register_is_taken_away_at_once(
    office: Office, arrives: Arrives
) -> None:
    write(
        office,
        memo(1),
        memo(2),
        memo(3, payee="=HYPERLINK(1)"),
        memo(4, payee="@x\x01y"),
    )
    cashier = arrives("jiahl")
    cashier.open("/registers/R31?sort=refund&since=2020-01-01&until=2020-01-01")
    assert "没有找到" in cashier.page.main
    cashier.open("/registers/R31?sort=refund")
    page = export(cashier)
    assert "文件已生成，共 4 份记录。" in page.main
    [path] = [link for link in page.links() if link.endswith("/file")]
    head, *rows, last = workbook(cashier, path)
    assert head == (
        "编号",
        "登记时间",
        "房号",
        "应退",
        "退款时间",
        "收款人",
        "收银员签名",
        "退款方式",
        "原押金收据编号",
        "原收据",
        "还应补缴",
        "收款人签名",
        "状态",
    )
    assert [row[0] for row in rows] == [f"R31-2026-0000{n}" for n in range(1, 5)]
    assert rows[0][1] == datetime(2026, 3, 1, 12, 1)
    assert [row[3] for row in rows] == [100.5, 201, 301.5, 402]
    assert [row[5] for row in rows[2:]] == ["'=HYPERLINK(1)", "'@xy"]
    assert last[3] == 1005
    with office.sessions() as session:
        [event] = session.scalars(select(RegisterEvent))
    assert (event.kind, event.actor) == ("register_exported", "贾惠玲")
    assert event.detail == {
        "filter": {"sort": "refund"},
        "papers": 4,
        "unmasked": False,
    }


def test_whole_numbers_are_for_managers_who_ask_for_them(
    office: Office, arrives: Arrives
) -> None:
    person = {
        "owner_name": "张依诺",
        "phone": "15400000073",
        "id_no": "990101199606188725",
    }
    person["id_no"] = office.runtime.seal.hide(person["id_no"])  # as acts keep it
    write(office, slip(person, "1-1-0101", kind="R01"))
    clerk = arrives("lusy")
    assert not clerk.open("/registers/R01").has_field("unmasked")
    sent = clerk.send("/registers/R01/exports", unmasked="1", reason="核对档案")
    assert sent.status_code == 403
    page = export(clerk)
    assert "154****0073" in _cells(clerk, page) and "15400000073" not in _cells(
        clerk, page
    )
    manager = arrives("hanwc")
    manager.open("/registers/R01")
    for missing in ("", " x "):
        refused = manager.send(
            "/registers/R01/exports", unmasked="1", reason=missing, q="张依诺"
        )
        assert refused.status_code == 422 and "请写明查看的原因" in refused.text
        assert 'value="张依诺"' in refused.text  # the filter is kept
    forms = manager.open("/registers/R01").html.xpath("//main//details//form")
    page = manager.press(Form(manager.page, forms[0]).fill(reason="移送 仲裁"), "1")
    assert "文件含完整的电话和证件号码" in page.main
    assert {"15400000073", "990101199606188725"} <= set(_cells(manager, page))
    with office.sessions() as session:
        told = [e.detail for e in session.scalars(select(RegisterEvent))]
        [look] = session.scalars(select(Reveal))
    assert [detail["unmasked"] for detail in told] == [False, True]
    assert told[1]["reason"] == look.reason == "移送 仲裁"
    assert "完整号码" in look.label
    assert look.label in manager.open("/reveals").text


def test_of_numbers_kept_hidden_a_workbook_has_the_ends(
    office: Office, arrives: Arrives
) -> None:
    whole = {"id_no": "990101199606188725", "bank": "6222021234567890123"}
    hidden = {name: office.runtime.seal.hide(each) for name, each in whole.items()}
    write(office, slip({**hidden, "owner_name": "张依诺"}, "1-1-0101", kind="R01"))
    clerk = arrives("lusy")
    clerk.open("/registers/R01")
    cells = [str(cell) for cell in _cells(clerk, export(clerk))]
    assert "990****8725" in cells or "990***********8725" in cells
    assert not [c for c in cells if "‹" in c or whole["id_no"] in c]


def _cells(visitor: Visitor, page: Any) -> list[Any]:
    [path] = [link for link in page.links() if link.endswith("/file")]
    return [cell for row in workbook(visitor, path) for cell in row]


@pytest.fixture
def background(office: Office) -> Iterator[Background]:
    made = Background(office.runtime)
    yield made
    made.stop()


def test_a_large_one_is_written_behind_the_page(
    office: Office,
    arrives: Arrives,
    background: Background,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web.registers, "AT_ONCE", 2)
    write(office, memo(1), memo(2), memo(3))
    cashier = arrives("jiahl")
    cashier.open("/registers/R31")
    page = export(cashier)
    assert "正在生成，已写 0 / 3 份" in page.main
    assert page.html.xpath("//meta[@http-equiv='refresh']")
    address = page.path
    assert cashier.open(f"{address}/file").status == 404
    assert background.export() == 1
    page = cashier.open(address)
    assert "文件已生成，共 3 份记录。" in page.main
    assert not page.html.xpath("//meta[@http-equiv='refresh']")
    assert len(_cells(cashier, page)) > 0
    assert background.export() == 0


def test_a_file_is_for_who_asked_and_for_a_day(
    office: Office, arrives: Arrives, background: Background
) -> None:
    write(office, memo(1))
    cashier = arrives("jiahl")
    cashier.open("/registers/R31")
    page = export(cashier)
    for other in ("suwq", "hanwc"):
        visitor = arrives(other)
        for path in (page.path, f"{page.path}/file"):
            assert visitor.open(path).status == 404, other
    file = export_path(office.runtime, page.path.rsplit("/", 1)[1])
    assert file.exists()
    asked = datetime.now(UTC)
    for moved, there in (
        (timedelta(hours=23, minutes=59), True),
        (timedelta(hours=24, minutes=1), False),
    ):
        with time_machine.travel(asked + moved, tick=False):
            background.export()
            assert file.exists() is there
    with office.sessions() as session:
        assert session.scalars(select(Export.state)).all() == ["gone"]
        assert len(session.scalars(select(RegisterEvent)).all()) == 1


def test_nobody_fills_the_queue(
    office: Office, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.registers, "AT_ONCE", 0)
    write(office, memo(1))
    cashier = arrives("jiahl")
    cashier.open("/registers/R31")
    for _ in range(3):
        assert cashier.send("/registers/R31/exports").status_code == 303
    refused = cashier.send("/registers/R31/exports")
    assert refused.status_code == 429
    assert "还有 3 份导出没有完成" in refused.get_data(as_text=True)


# -- the paper ------------------------------------------------------------------------


def paper(office: Office, kind: str) -> int:
    with office.sessions() as session:
        return session.scalars(select(Record.id).where(Record.kind == kind)).one()


@pytest.mark.usefixtures("handed_over")
def test_a_paper_says_who_signed_and_who_wrote_it(
    office: Office, arrives: Arrives
) -> None:
    page = arrives("lusy").open(f"/records/{paper(office, 'R09')}")
    signed = page.said("//*[@aria-labelledby='h-signed']")
    assert "业主签收（文件签收表）：张依诺" in signed and "经办 陆思远" in signed
    assert "登记人 陆思远" in page.main
    assert "/registers/R09" in page.links()
    assert not page.has_field("reason")


@pytest.mark.usefixtures("handed_over")
def test_a_paper_is_voided_and_written_anew(office: Office, arrives: Arrives) -> None:
    manager = arrives("suwq")
    manager.open(f"/records/{paper(office, 'R09')}")
    page = manager.press(manager.page.form("/void").fill(reason=" "))
    assert page.status == 422
    assert page.said("//*[@id='reason-err']") == "请写明作废的原因。"
    page = manager.press(manager.page.form("/void").fill(reason="姓名写错"))
    assert "已作废，编号保留。" in page.alert
    assert "苏婉清 于" in page.main and "原因：姓名写错" in page.main
    page = manager.press(manager.page.form("/replace"))
    assert page.said("//h1") == "文件签收表" and "R09-2026-00002" in page.main
    assert "代替已作废的 R09-2026-00001" in page.main
    page = manager.open("/registers/R09")
    assert "R09-2026-00001 已作废" in page.main and "R09-2026-00002" in page.main
    page = manager.open("/registers/R09?state=valid")
    assert "R09-2026-00001" not in page.main


@pytest.mark.usefixtures("handed_over")
def test_clerks_void_nothing(office: Office, arrives: Arrives) -> None:
    record_id = paper(office, "R09")
    clerk = arrives("lusy")
    clerk.open(f"/records/{record_id}")
    for verb in ("void", "replace"):
        sent = clerk.send(f"/records/{record_id}/{verb}", reason="x")
        assert sent.status_code == 403


def test_who_reads_a_register_reads_its_papers(
    office: Office, arrives: Arrives
) -> None:
    """The guard at the gate took no part in the case, but checks slips."""
    slip_id, memo_id = write(office, slip(CARRIER, "1-1-0101"), memo(1))
    guard = arrives("baiyf")
    assert guard.open(f"/records/{slip_id}").status == 200
    assert guard.open(f"/records/{memo_id}").status == 403
