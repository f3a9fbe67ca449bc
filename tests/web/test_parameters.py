"""The numbers of a site that its manager sets: checked, in force at once, remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.store.tables import Parameter, Site, Staff, StaffRole
from tests.cast import Office
from tests.statements import counted
from tests.web.browsing import Page, Visitor

Arrives = Callable[[str], Visitor]


def save(visitor: Visitor, **changes: str) -> Page:
    form = visitor.open("/parameters").form("/parameters?site=1")
    return visitor.press(form.fill({name: v for name, v in changes.items()}))


def in_force(office: Office, name: str) -> Any:
    with office.sessions() as session:
        site = session.get_one(Site, office.site_id)
        return office.runtime.parameter(site, name)


def history(office: Office) -> list[tuple[str, Any, str]]:
    with office.sessions() as session:
        query = select(Parameter.name, Parameter.value, Staff.name)
        query = query.join(Staff, Staff.id == Parameter.set_by).order_by(Parameter.id)
        return [tuple(row) for row in session.execute(query)]


def test_a_manager_sets_them(arrives: Arrives, office: Office) -> None:
    suwq = arrives("suwq")
    page = save(suwq, gate_no_arrears="warn", balance_max_days="10")
    assert page.path == "/parameters" and "已保存" in page.alert
    assert in_force(office, "gate_no_arrears") == "warn"
    assert in_force(office, "balance_max_days") == 10
    assert in_force(office, "gate_keys_returned") == "hard"
    told = [("gate_no_arrears", "warn", "苏婉清"), ("balance_max_days", 10, "苏婉清")]
    assert history(office) == told
    for words in ("无欠费 → 经理可以特批", "收费余额表有效期（天） → 10", "苏婉清"):
        assert words in page.main
    assert "没有改动" in save(suwq).alert
    assert history(office) == told


@pytest.mark.parametrize("days", ["0", "366"])
def test_days_at_the_limits(arrives: Arrives, office: Office, days: str) -> None:
    save(arrives("hanwc"), balance_max_days=days)
    assert in_force(office, "balance_max_days") == int(days)


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"balance_max_days": "-1"}, "0 至 366 的整数"),
        ({"balance_max_days": "367"}, "0 至 366 的整数"),
        ({"balance_max_days": "三"}, "0 至 366 的整数"),
        ({"balance_max_days": "٣"}, "0 至 366 的整数"),
        ({"gate_no_arrears": "off"}, "时只能选"),
        ({"rate_per_m2": "9"}, "没有可以在这里设置的参数"),
        ({"gate_nothing": "warn"}, "没有可以在这里设置的参数"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_set(
    arrives: Arrives, office: Office, changes: dict[str, str], told: str
) -> None:
    suwq = arrives("suwq")
    answer = suwq.send("/parameters?site=1", gate_meters_read="warn", **changes)
    page = Page(answer)
    assert page.status == 422 and told in page.main
    assert history(office) == [] and in_force(office, "gate_meters_read") == "hard"


@pytest.mark.parametrize(
    "username, status",
    [("suwq", 200), ("hanwc", 200), ("jiahl", 403), ("lusy", 403), ("shaogd", 403)],
)
def test_who_may(arrives: Arrives, office: Office, username: str, status: int) -> None:
    visitor = arrives(username)
    assert visitor.open("/parameters").status == status
    linked = "/parameters" in visitor.open("/inbox").links("//header")
    assert linked is (status == 200)
    if status == 403:
        answer = visitor.send("/parameters", gate_no_arrears="warn")
        assert answer.status_code == 403
        assert history(office) == []


def test_another_site_is_not_seen(arrives: Arrives, office: Office) -> None:
    with office.sessions.begin() as session:
        other = Site(code="other", name="别的小区")
        session.add(other)
        session.flush()
        for role in session.scalars(select(StaffRole)):
            role.site_id = office.site_id
        other_id = other.id
    suwq = arrives("suwq")
    assert suwq.open(f"/parameters?site={other_id}").status == 404
    answer = suwq.send(f"/parameters?site={other_id}", gate_no_arrears="warn")
    assert answer.status_code == 404 and history(office) == []


def test_few_statements(arrives: Arrives, office: Office) -> None:
    suwq = arrives("suwq")
    suwq.open("/parameters")
    with counted(office.engine) as asked:
        suwq.open("/parameters")
    assert len(asked.statements) <= 8, asked.told
