"""The page of a house and of a person, and what leads from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from flask_login import login_user
from sqlalchemy import select

from engine import Person
from engine.store.tables import (
    House,
    HouseParty,
    Party,
    Record,
    Reveal,
    Site,
    StaffRole,
    Task,
)
from tests.actions.handover import upto
from tests.actions.running import at
from tests.cast import Office
from tests.estate import add_key, add_meter, add_sheet, add_tenant, house_id
from tests.web.browsing import Visitor
from web.asking import SignedInUser
from web.house_words import estate_url, house_link, house_url

Arrives = Callable[[str], Visitor]
PAGE = "/houses/1-1-0102"


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with time_machine.travel(at("2026-03-10 09:00"), tick=False):
        yield


def party(office: Office, name: str) -> int:
    with office.sessions() as session:
        return session.scalars(select(Party.id).where(Party.name == name)).one()


def test_what_a_house_page_tells(arrives: Arrives, office: Office) -> None:
    add_sheet(office, "2026-03-01", ("物业费", 5000, 2000, "2026-03-10"))
    add_key(office, "K1")
    add_meter(office, "W1", "water", ("2026-01-31", 12550))
    add_tenant(office, "林一", False)
    with office.sessions.begin() as session:
        gone = Party(site_id=office.site_id, name="从前人")
        link = HouseParty(house_id=house_id(session), party=gone, relation="owner")
        link.until = "2025-12-31"
        session.add(link)
    page = arrives("hanwc").open(PAGE)
    assert page.status == 200 and page.title == "1-1-0102"
    for told in ("空置", "89.36 m²", "冯南乔", "100%", "154****0681", "证件尾号 8481"):
        assert told in page.main
    for told in ("截至 2026-03-01", "已过 9 天", "到期未缴 30.00 元", "K1", "125.5 m³"):
        assert told in page.main
    assert "没有业主承诺书" in page.main and "没有收过押金" in page.main
    assert page.said(
        "//details[@class='fold'][.//text()[contains(., '以前的')]]//a"
    ) == ("从前人")
    assert "15400000681" not in page.response.get_data(as_text=True)
    assert f"/people/{party(office, '冯南乔')}" in page.links()


def test_an_empty_house_says_so(arrives: Arrives, office: Office) -> None:
    with office.sessions.begin() as session:
        place = {"building": "9", "unit": "0", "room": "01"}
        session.add(House(site_id=office.site_id, code="9-0-01", **place))
    page = arrives("lusy").open("/houses/9-0-01")
    for told in ("没有登记业主", "还没有导入收费余额表", "没有登记仪表", "未登记"):
        assert told in page.main
    assert "状态变更" not in page.main and "押金" not in page.main


def test_a_procedure_starts_from_here(arrives: Arrives, office: Office) -> None:
    lusy = arrives("lusy")
    page = lusy.open("/houses/1-1-0101")
    address = "/start/house_handover?unit_no=1-1-0101"
    assert address in page.links()
    form = lusy.open(address).form("/start/house_handover")
    assert form["unit_no"] == "1-1-0101"
    assert "张依诺" in lusy.page.main
    assert form["handover_date"]  # what a form fills in itself it fills in here too
    assert lusy.press(form, "发起").status == 200
    assert lusy.page.path.startswith("/tasks/")
    odd = lusy.open("/start/house_handover?unit_no=9-9-9999&handover_date=x&_op=submit")
    assert odd.status == 200 and odd.form("/start/house_handover")["unit_no"]


@pytest.mark.parametrize(
    "path", ["/houses/9-9-9", "/houses/%00", "/houses/1-1-0101?site=7", "/people/999"]
)
def test_what_is_not_there(arrives: Arrives, path: str) -> None:
    assert arrives("hanwc").open(path).status in (400, 404)


def test_of_another_site_nothing_is_seen(arrives: Arrives, office: Office) -> None:
    with office.sessions.begin() as session:
        other = Site(code="other", name="别的小区")
        session.add(other)
        session.flush()
        query = select(StaffRole).where(StaffRole.role == "cashier")
        for role in session.scalars(query):
            role.site_id = other.id
    jiahl, own = arrives("jiahl"), party(office, "冯南乔")
    for path in (PAGE, f"{PAGE}?site=1", f"/people/{own}"):
        assert jiahl.open(path).status == 404
    assert jiahl.open(f"/reveals/party/{own}/phone").status == 404


def test_a_number_is_looked_at_with_a_reason(arrives: Arrives, office: Office) -> None:
    own = party(office, "冯南乔")
    lusy = arrives("lusy")
    page = lusy.open(f"/people/{own}")
    assert "154****0681" in page.main and "8481" in page.main
    assert f"/reveals/party/{own}/id_no" not in page.links()
    page = lusy.open(f"/reveals/party/{own}/phone")
    assert "15400000681" not in page.text
    assert lusy.press(page.form("phone").fill(reason="")).status == 422
    page = lusy.press(lusy.page.form("phone").fill(reason="电话联系业主"))
    assert page.said("//*[@data-revealed]") == "15400000681"
    assert page.response.headers["Cache-Control"] == "no-store"
    with office.sessions() as session:
        (look,) = session.scalars(select(Reveal)).all()
    assert (look.label, look.reason) == ("冯南乔 手机号", "电话联系业主")
    assert (look.field, look.by) == (f"party.{own}.phone", office.person("lusy").id)


def test_identity_numbers_are_for_fewer(arrives: Arrives, office: Office) -> None:
    own = party(office, "冯南乔")
    address = f"/reveals/party/{own}/id_no"
    lusy = arrives("lusy")
    assert lusy.open(address).status == 403
    assert lusy.send(address, reason="想看看").status_code == 403
    mengqy = arrives("mengqy")  # the archivist
    assert address in mengqy.open(f"/people/{own}").links()
    mengqy.open(address)
    page = mengqy.press(mengqy.page.form("id_no").fill(reason="核对本人身份"))
    assert page.said("//*[@data-revealed]") == "990101199001168481"
    for field in ("name", "id_digest", "emergency_contact", "other_phone"):
        assert mengqy.open(f"/reveals/party/{own}/{field}").status == 404


def test_cases_and_papers_lead_there_and_back(arrives: Arrives, office: Office) -> None:
    upto(office, "the end")
    hanwc = arrives("hanwc")
    links = hanwc.open("/houses/1-1-0101").links()
    assert "/cases/1" in links and any(x.startswith("/records/") for x in links)
    page = hanwc.open(f"/people/{party(office, '张依诺')}")
    assert "/cases/1" in page.links() and "/houses/1-1-0101?site=1" in page.links()


def test_codes_lead_to_the_house(arrives: Arrives, office: Office) -> None:
    running = upto(office, "inspect_house")
    upto(office, "the end")
    with office.sessions() as session:
        task = session.scalars(
            select(Task.id).where(Task.case_id == running, Task.state == "open")
        ).one()
        record = session.scalars(select(Record.id).where(Record.kind == "R01")).first()
    lusy = arrives("lusy")
    for path in (
        "/inbox",
        "/cases",
        f"/cases/{running}",
        f"/tasks/{task}",
        f"/records/{record}",
        "/registers/R01",
    ):
        links = lusy.open(path).links()
        assert "/houses/1-1-0101?site=1" in links, path
    assert not lusy.open("/registers/R01/print").links("//table")


def test_whom_a_form_names_leads_to_the_person(app: Flask, office: Office) -> None:
    boss = office.person("hanwc")
    nobody = Person(boss.id, "x", "无岗", frozenset())
    with app.test_request_context():
        login_user(SignedInUser(boss, 1, False))
        address = estate_url(office.site_id)
        assert address is not None
        assert address("party", {"party_id": "21", "name": "陈"}) == "/people/21"
        assert address("party", "21") == "/people/21"
        assert address("house", "1-1-0101") == "/houses/1-1-0101?site=1"
        for widget, value in (
            ("party", "王先生"),
            ("party", None),
            ("party", {"name": "陈"}),
            ("party", "9" * 10),
            ("house", None),
            ("text", "21"),
        ):
            assert address(widget, value) == ""
        assert house_url("1-1-0101", office.site_id) and not house_url(None, 1)
        login_user(SignedInUser(nobody, 1, False))
        assert estate_url(office.site_id) is None
        assert house_url("1-1-0101", office.site_id) == ""
        assert house_link("<b>", office.site_id) == "&lt;b&gt;"
