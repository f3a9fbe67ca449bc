"""Whoever was chosen in a form stands by name wherever it is read, also once gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from engine import names_for
from engine.forms import Form
from engine.runtime import FUNCTION_NAMES
from engine.store.tables import Case, HouseParty, Record, RecordParty, Staff
from tests.cast import Office
from tests.statements import counted
from tests.web.browsing import Visitor
from tests.web.patrol import CLERK, FORM, colleague, filled, open_patrol, resident, sent

Arrives = Callable[[str], Visitor]
KIND = "R42"  # 投诉处理反馈单: a layout of its own, and the customer on it
OWNER, INSPECTOR = "陈晓芸", "石长林"
RULE = {"kind": KIND, "fields": ["unit_no", "customer", "handler", "remark"]}


@pytest.fixture
def case_id(office: Office, arrives: Arrives) -> int:
    """A patrol that is done: the owner of another house came, an engineer inspected."""
    clerk, address = arrives(CLERK), open_patrol(office, record=RULE)
    ids = {
        "customer": resident(office, OWNER),
        "handler": colleague(office, "shicl"),
    }
    form = filled(clerk, address, unit_no="1-1-0201")
    page = sent(clerk, form, **ids)
    assert page.path.startswith("/cases/"), page.alert
    return int(page.path.rsplit("/", 1)[1])


def paper(office: Office, case_id: int) -> Record:
    with office.sessions() as session:
        query = select(Record).where(Record.case_id == case_id, Record.kind == KIND)
        return session.scalars(query).one()


def leave(office: Office) -> None:
    """Both are gone, and bear another name by now."""
    with office.sessions.begin() as session:
        session.execute(update(HouseParty).values(until="2020-01-01"))
        gone = update(Staff).where(Staff.name == INSPECTOR)
        session.execute(gone.values(active=False))


def test_a_paper_keeps_who_it_was(office: Office, case_id: int) -> None:
    data = paper(office, case_id).data
    own, staff = resident(office, OWNER), colleague(office, "shicl")
    assert data["customer"] == {"party_id": own, "name": OWNER}
    assert data["handler"] == {"staff_id": staff, "name": INSPECTOR}
    with office.sessions() as session:
        case = session.get_one(Case, case_id)
        assert (case.data["customer"], case.data["handler"]) == (own, staff)
        query = select(RecordParty.party_id, RecordParty.record_id)
        assert (int(own), paper(office, case_id).id) in session.execute(query).all()


@pytest.mark.parametrize(
    "page",
    [
        "/records/{record}",
        "/records/{record}/print",
        "/cases/{case}",
        "/cases/{case}/dossier",
        "/registers/R42",
        f"/registers/R42?q={OWNER}",
    ],
)
def test_every_page_says_the_name(
    office: Office, case_id: int, arrives: Arrives, page: str
) -> None:
    leave(office)
    record = paper(office, case_id)
    shown = arrives("hanwc").open(page.format(record=record.id, case=case_id))
    assert shown.status == 200
    assert OWNER in shown.text
    if page.endswith("dossier"):
        assert INSPECTOR in shown.text
    assert "party_id" not in shown.text and "{'" not in shown.text


def test_who_is_gone_stands_by_name_in_a_form_that_is_filled_in(
    office: Office, arrives: Arrives
) -> None:
    clerk, address = arrives(CLERK), open_patrol(office)
    form = clerk.open(address).form()
    handler = colleague(office, "shicl")
    clerk.post(f"{address}/draft", [*form.pairs, ("handler", handler)])
    leave(office)
    page = clerk.open(address)
    chosen = page.said("//select[@name='handler']/option[@selected]")
    assert chosen == INSPECTOR


def test_one_statement_names_them_all(office: Office) -> None:
    form = Form.parse(FORM, FUNCTION_NAMES)
    own, staff = resident(office, OWNER), colleague(office, "shicl")
    stand = {"customer": own, "handler": staff, "remark": own}
    with counted(office.engine) as asked, office.sessions() as session:
        names = names_for(session, office.site_id, (form, stand), (form, {}))
        assert names_for(session, office.site_id, (form, {"handler": "随便"})) == {}
        elsewhere = names_for(session, office.site_id + 1, (form, stand))
    assert names == {("party", own): OWNER, ("person", staff): INSPECTOR}
    assert elsewhere == {("person", staff): INSPECTOR}
    assert len(asked.statements) == 2, asked.told
