"""What is held for others, reconciled on a page, and what a site allows itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
import time_machine
from openpyxl import load_workbook
from sqlalchemy import select, text

from engine.store.tables import Parameter, RegisterEvent, Site, StaffRole
from tests.actions.running import at
from tests.cast import Office
from tests.estate import HOUSE
from tests.holding import another_case, do, fitting_out
from tests.web.browsing import Visitor

Arrives = Callable[[str], Visitor]


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with time_machine.travel(at("2026-03-10 09:00"), tick=False):
        yield


def moved(office: Office) -> tuple[int, int]:
    """A deposit of February of which a part was deducted in March; its case and id."""
    with time_machine.travel(at("2026-02-28 23:59"), tick=False):
        case_id = fitting_out(office)
        own = do(office, case_id, "take_deposit", amount=200000, payer="冯南乔")[
            "deposit"
        ]
    why = {"reason": "破坏走道墙面", "evidence": [f"photo-{case_id}"]}
    do(office, case_id, "deduct_deposit", deposit=own, amount=30050, **why)
    other = another_case(office, "1-1-0201")
    do(office, other, "take_deposit", amount=100, payer="陈晓芸", kind="card")
    return case_id, own


def cells(visitor: Visitor, house: str) -> list[str]:
    row = visitor.page.html.xpath(f"//tbody/tr[td[1][contains(., '{house}')]]")[0]
    return [" ".join(td.text_content().split()) for td in row.xpath("td")][1:]


def test_a_period_adds_up(arrives: Arrives, office: Office) -> None:
    moved(office)
    jiahl = arrives("jiahl")
    jiahl.open("/money")
    assert "账实相符，差额 0.00 元" in jiahl.page.main
    amounts = ["2,000.00", "—", "300.50", "—", "1,699.50", "1,699.50"]
    assert cells(jiahl, HOUSE) == amounts
    amounts = ["2,000.00", "1.00", "300.50", "0.00", "1,700.50", "1,700.50"]
    assert cells(jiahl, "合计") == amounts
    jiahl.open("/money?since=2026-02-01&until=2026-02-28")
    amounts = ["—", "2,000.00", "—", "—", "2,000.00", "1,699.50"]
    assert cells(jiahl, HOUSE) == amounts
    jiahl.open("/money?since=2026-03-01&until=2026-03-09")
    amounts = ["2,000.00", "—", "—", "—", "2,000.00", "1,699.50"]
    assert cells(jiahl, HOUSE) == amounts


@pytest.mark.parametrize(
    "asked, told",
    [
        ("since=gestern", "2026-03-01”的样子"),
        ("since=2026-03-10&until=2026-03-09", "结束日期早于开始日期"),
        ("until=2026-02-28", ""),
        ("since=0001-01-01&until=9999-12-31", "的样子"),
        ("site=1", ""),
    ],
)
def test_a_period_that_cannot_be_meant(
    arrives: Arrives, office: Office, asked: str, told: str
) -> None:
    moved(office)
    page = arrives("jiahl").open(f"/money?{asked}")
    assert page.status == 200 and told in page.main
    if asked.startswith("since=gestern"):
        assert page.form("/money")["since"] == "gestern"


def test_what_does_not_add_up_is_told(arrives: Arrives, office: Office) -> None:
    moved(office)
    with office.sessions.begin() as session:
        session.execute(text("UPDATE deposit SET refunded = 1 WHERE kind = 'card'"))
    page = arrives("jiahl").open("/money")
    assert "账实不符，相差 0.01 元" in page.main


def test_down_to_each_entry(arrives: Arrives, office: Office) -> None:
    case_id, own = moved(office)
    wrong = {"deposit": own, "what": "deducted", "reason": "房号弄错"}
    do(office, case_id, "correct_deposit", **wrong)
    jiahl = arrives("jiahl")
    page = jiahl.open(f"/money/house?code={HOUSE}")
    for told in ("装修押金 2,000.00", "在账 2,000.00 元", "R67-2026-00001", "贾惠玲"):
        assert told in page.main
    for told in ("破坏走道墙面", "-300.50", "冲正：扣款", "+300.50", "房号弄错"):
        assert told in page.main
    assert f"/files/photo-{case_id}" in page.links()
    assert jiahl.open(f"/cases/{case_id}").status == 200
    for nothing in ("9-9-9999", "", "%27"):
        assert jiahl.open(f"/money/house?code={nothing}").status == 404


def test_fifty_houses_a_page(
    arrives: Arrives, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(office)  # two houses
    jiahl = arrives("jiahl")
    assert not [each for each in jiahl.open("/money").links() if "page=" in each]
    monkeypatch.setattr("engine.registers.money_held.PAGE", 1)
    first = jiahl.open("/money?since=2026-03-01")
    assert cells(jiahl, HOUSE) and "1-1-0201" not in first.main
    total = cells(jiahl, "合计")
    (forward,) = [each for each in first.links() if "page=2" in each]
    assert "since=2026-03-01" in forward
    second = jiahl.open(forward)
    assert cells(jiahl, "1-1-0201") and HOUSE not in second.main
    assert cells(jiahl, "合计") == total  # of all houses, on each page
    assert not [each for each in second.links() if "page=3" in each]


def test_the_whole_of_it_as_a_workbook(arrives: Arrives, office: Office) -> None:
    moved(office)
    jiahl = arrives("jiahl")
    page = jiahl.open("/money?since=2026-03-01&until=2026-03-10")
    form = page.form("/money/export")
    answer = jiahl.post("/money/export", form.pairs)
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "2026-03-01 至 2026-03-10" in rows[0][0]
    assert rows[1] == [
        "房号",
        "期初在账",
        "收取",
        "扣款",
        "退还",
        "期末在账",
        "现在在账",
    ]
    assert rows[2] == [HOUSE, 2000, 0, 300.5, 0, 1699.5, 1699.5]
    assert rows[-1] == ["合计", 2000, 1, 300.5, 0, 1700.5, 1700.5]
    with office.sessions() as session:
        (event,) = session.scalars(select(RegisterEvent))
    assert (event.kind, event.actor) == ("money_exported", "贾惠玲")
    assert event.detail == {"rows": 2, "since": "2026-03-01", "until": "2026-03-10"}


def test_a_workbook_is_for_who_sees_money(arrives: Arrives, office: Office) -> None:
    moved(office)
    lusy = arrives("lusy")
    assert lusy.send("/money/export").status_code == 403


def test_where_nothing_is_held(arrives: Arrives, office: Office) -> None:
    assert "没有在账的押金" in arrives("jiahl").open("/money").main


@pytest.mark.parametrize(
    "username, status",
    [("jiahl", 200), ("suwq", 200), ("hanwc", 200), ("lusy", 403), ("shicl", 403)],
)
def test_who_sees_it(
    arrives: Arrives, office: Office, username: str, status: int
) -> None:
    moved(office)
    visitor = arrives(username)
    assert visitor.open("/money").status == status
    assert visitor.open(f"/money/house?code={HOUSE}").status == status
    assert ("/money" in visitor.open("/inbox").links("//header")) is (status == 200)


def test_another_site_is_not_seen(arrives: Arrives, office: Office) -> None:
    moved(office)
    with office.sessions.begin() as session:
        other = Site(code="other", name="别的小区")
        session.add(other)
        session.flush()
        for role in session.scalars(
            select(StaffRole).where(StaffRole.role == "cashier")
        ):
            role.site_id = other.id
    jiahl = arrives("jiahl")
    assert HOUSE not in jiahl.open("/money").main
    for address in (f"/money?site={office.site_id}", f"/money/house?code={HOUSE}"):
        assert jiahl.open(address).status == 404


GOOD = {
    "enabled": ["1"],
    "legal_basis": "某市住宅室内装饰装修管理办法第十条",
    "cap": "1,500.5",
    "payer": "owner",
    "observation_months": "3",
    "refund_within_workdays": "5",
}


def set_policy(visitor: Visitor, **changes: Any) -> Any:
    form = visitor.open("/money/policy").form("/money/policy?site=1")
    return visitor.press(form.fill({**GOOD, **changes}))


def test_a_manager_sets_the_policy(arrives: Arrives, office: Office) -> None:
    suwq = arrives("suwq")
    page = set_policy(suwq)
    assert page.path == "/money" and "已保存" in page.alert
    with office.sessions() as session:
        site = session.get_one(Site, office.site_id)
        policy = site.parameters["deposit_policy"]
        (row,) = session.scalars(
            select(Parameter).where(Parameter.name == "deposit_policy")
        ).all()
    assert (policy["enabled"], policy["cap_fen"]) == (True, 150050)
    assert policy["payer"] == "owner" and policy["deduction_needs_photo"] is True
    assert (row.value, row.set_by) == (policy, office.person("suwq").id)
    set_policy(suwq)  # the same again is no change
    with office.sessions() as session:
        query = select(Parameter).where(Parameter.name == "deposit_policy")
        assert len(session.scalars(query).all()) == 1


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"legal_basis": "  "}, "必须写明法律依据"),
        ({"cap": "0"}, "上限应大于 0"),
        ({"cap": "很多"}, "的值不对"),
        ({"cap": "1.005"}, "的值不对"),
        ({"observation_months": "25"}, "0 至 24 个月"),
        ({"refund_within_workdays": "-1"}, "的值不对"),
    ],
)
def test_a_wrong_policy_is_told_and_kept(
    arrives: Arrives, office: Office, changes: dict[str, str], told: str
) -> None:
    page = set_policy(arrives("suwq"), **changes)
    assert page.status == 422 and told in page.alert
    form = page.form("/money/policy?site=1")
    for name, value in {**GOOD, **changes, "enabled": "1"}.items():
        assert form[name] == value
    with office.sessions() as session:
        site = session.get_one(Site, office.site_id)
        assert "deposit_policy" not in site.parameters


def test_the_policy_is_for_managers(arrives: Arrives, office: Office) -> None:
    jiahl = arrives("jiahl")
    assert jiahl.open("/money/policy").status == 403
    assert jiahl.send("/money/policy", **GOOD).status_code == 403
