"""PostgreSQL is stricter than SQLite: nothing a person can send may break a page there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import web
from tests.cast import open_office
from tests.databases import postgres_copy
from tests.web.browsing import Visitor
from tests.web.test_bad_input import EVERYWHERE

pytestmark = pytest.mark.postgres
ODD = (
    "q=%00",
    "q=%ff%fe",
    "q=" + "x" * 5_000,
    "q=%25_%5C%27%22",
    "page=99999999999",
    "box=%E5%BC%A0",
)


@pytest.fixture
def visitor(server: str, tmp_path: Path) -> Iterator[Visitor]:
    with postgres_copy(server) as url:
        office = open_office(tmp_path, url)
        app = web.create_app(office.runtime.settings)
        visitor = Visitor(app.test_client())
        visitor.sign_in("suwq")
        yield visitor
        with app.app_context():
            web.db.engine.dispose()
        office.engine.dispose()


def test_no_address_breaks_a_page(visitor: Visitor) -> None:
    for address in (
        *EVERYWHERE,
        "/cases/2147483647",
        "/cases/2147483648",
        "/tasks/%00",
    ):
        for query in ODD:
            assert visitor.open(f"{address}?{query}").status < 500, address


def test_long_and_odd_text_goes_through_a_form(visitor: Visitor) -> None:
    form = visitor.open("/start/house_handover").form()
    form.fill(unit_no="1-1-0101", handover_date="2026-03-10")
    page = visitor.press(form, "submit")
    assert page.path.startswith("/tasks/")
    odd = "\ud7ff\u202e\ufeff😀𠮷\u0301'\"\\u0000%s{}"
    for text in (odd, "长" * 5_000, "\x01\x1f\x7f"):
        form = page.form().fill(owner_name=text, contract_no=text, id_no=text)
        page = visitor.press(form, "draft")
        tasks = [each for each in visitor.page.links() if "/tasks/" in each]
        page = visitor.open(tasks[-1])
        assert page.form()["contract_no"] == text
        page = visitor.press(page.form(), "submit")
        assert page.status == 422
    form = page.form().fill(
        owner_name="张😀𠮷", contract_no=odd[:40], identity_ok="false"
    )
    form.fill(id_no="990101199606188725")
    page = visitor.press(form, "submit")
    assert page.status == 200, page.alert
    visitor.open("/inbox?q=😀")
    assert "张😀𠮷" in visitor.page.main
