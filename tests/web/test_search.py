"""The one box on every page, and what it opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

import web
from engine.store.tables import Case, House, Party, Site, Vehicle
from tests.actions.handover import upto
from tests.cast import Office
from tests.statements import counted
from tests.web.browsing import Visitor

Arrives = Callable[[str], Visitor]


def add_vehicle(office: Office, plate: str, **more: int) -> None:
    with office.sessions.begin() as session:
        session.add(Vehicle(site_id=office.site_id, plate=plate, **more))


def test_the_box_stands_on_every_page(arrives: Arrives) -> None:
    lusy = arrives("lusy")
    for path in ("/inbox", "/cases", "/start", "/password", "/nowhere"):
        assert lusy.open(path).form("/search").names() == ["q"], path
    page = lusy.press(lusy.open("/cases").form("/search").fill(q="1-1-0102"))
    assert (page.path, page.title) == ("/houses/1-1-0102", "1-1-0102")


def test_nobody_searches_without_signing_in(visitor: Visitor) -> None:
    page = visitor.open("/search?q=1-1-0102")
    assert page.status == 401 and "冯南乔" not in page.text
    assert not page.html.xpath("//form[@role='search']")


def test_one_hit_opens_at_once(arrives: Arrives, office: Office) -> None:
    upto(office, "the end")
    with office.sessions() as session:
        number = session.scalars(select(Case.number)).one()
        own = session.scalars(select(Party.id).where(Party.name == "冯南乔")).one()
        house = session.scalars(select(House.id).where(House.code == "1-1-0102")).one()
    add_vehicle(office, "示A·8I216", house_id=house)
    add_vehicle(office, "示A·8I333", party_id=own)
    add_vehicle(office, "示A·8I444")
    hanwc = arrives("hanwc")
    for asked, path in (
        ("1栋1单元102", "/houses/1-1-0102"),
        ("冯南", f"/people/{own}"),
        ("0681", f"/people/{own}"),
        ("8I216", "/houses/1-1-0102"),
        ("8I333", f"/people/{own}"),
        ("8I444", "/search"),
        (number, "/cases/1"),
        ("R01-2026-00001", "/records/"),
    ):
        page = hanwc.open(f"/search?q={asked}")
        assert page.status == 200 and page.path.startswith(path), asked
    assert "8I444" in hanwc.open("/search?q=8I444").main


def test_hits_by_groups(arrives: Arrives, office: Office) -> None:
    with office.sessions.begin() as session:
        party = Party(site_id=office.site_id, name="尾号人", phone="15400000101")
        session.add(party)
    page = arrives("lusy").open("/search?q=0101")
    assert page.said("//h2") == "房屋 1 业主和住户 1"
    assert "张依诺（业主）" in page.main and "154****0101" in page.main
    assert "15400000101" not in page.response.get_data(as_text=True)
    assert "/houses/1-1-0101?site=1" in page.links()


def test_more_of_one_group(arrives: Arrives, office: Office) -> None:
    with office.sessions.begin() as session:
        for n in range(21):
            session.add(Party(site_id=office.site_id, name=f"欧阳{n:02d}"))
    lusy = arrives("lusy")
    page = lusy.open("/search?q=欧阳")
    assert "20+" in page.main and "欧阳20" not in page.main
    (more,) = [link for link in page.links() if "only=people" in link]
    assert "欧阳20" in lusy.open(more).main


@pytest.mark.parametrize(
    "path, told",
    [
        ("/search", "要找什么"),
        ("/search?q=%20", "要找什么"),
        ("/search?q=欧阳无此人", "没有找到"),
        ("/search?q=<script>", "没有找到"),
        ("/search?q=1&only=nonsense", "没有找到"),
        ("/search?q=" + "长" * 500, "没有找到"),
    ],
)
def test_what_finds_nothing(arrives: Arrives, path: str, told: str) -> None:
    page = arrives("lusy").open(path)
    assert page.status == 200 and told in page.main
    assert not page.html.xpath("//script[not(@src)]")


def test_two_sites_are_told_apart(arrives: Arrives, office: Office) -> None:
    with office.sessions.begin() as session:
        other = Site(code="other", name="别处小区")
        session.add(other)
        session.flush()
        place = {"building": "1", "unit": "1", "room": "0101"}
        session.add(House(site_id=other.id, code="1-1-0101", **place))
    hanwc = arrives("hanwc")
    page = hanwc.open("/search?q=1-1-0101")
    assert "别处小区" in page.main and "示范里小区" in page.main
    assert "别处小区" in hanwc.open("/houses/1-1-0101?site=2").main


def test_eight_statements(app: Flask, arrives: Arrives) -> None:
    hanwc = arrives("hanwc")
    with app.app_context():
        engine = web.db.engine
    for q in ("0101", "陈", "R31-2026-00001"):
        with counted(engine) as asked:
            answer = hanwc.client.get(f"/search?q={q}")
        assert answer.status_code in (200, 302)
        assert len(asked.statements) <= 8, asked.told
