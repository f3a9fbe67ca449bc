"""Who belongs to a house: dated rows, none overwritten; its state from a closed list."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.operations.estate.refusals import (
    DayRefused,
    DayTooEarly,
    HouseMissing,
    HouseStateUnknown,
    PersonRefused,
    SharesRefused,
    TenantMissing,
    TenantThere,
)
from engine.store.tables import House, HouseParty, Party, Tenancy
from tests.cast import Office
from tests.estate import HOUSE, add_tenant
from tests.holding import do, fitting_out

ID_NO = "990101197404267290"


def links(office: Office, relation: str, code: str = HOUSE) -> list[tuple[Any, ...]]:
    with office.sessions() as session:
        query = select(Party.name, HouseParty.share, HouseParty.since, HouseParty.until)
        query = query.join(HouseParty, HouseParty.party_id == Party.id)
        query = query.join(House).where(House.code == code)
        query = query.where(HouseParty.relation == relation)
        return [tuple(row) for row in session.execute(query.order_by(HouseParty.id))]


@pytest.mark.parametrize(
    "state", ["vacant", "fitout", "owner_occupied", "let", "office"]
)
def test_a_state_of_the_list(desk: Office, state: str) -> None:
    case_id = fitting_out(desk)
    found = do(desk, case_id, "set_house_state", unit_no=HOUSE, state=state)
    assert found == {"before": "vacant", "after": state}
    with desk.sessions() as session:
        query = select(House.status).where(House.code == HOUSE)
        assert session.scalars(query).one() == state


@pytest.mark.parametrize("state", ["", "空置", "demolished", None, 1])
def test_any_other_state_is_refused(desk: Office, state: Any) -> None:
    case_id = fitting_out(desk)
    with pytest.raises(HouseStateUnknown):
        do(desk, case_id, "set_house_state", unit_no=HOUSE, state=state)
    with pytest.raises(HouseMissing):
        do(desk, case_id, "set_house_state", unit_no="9-9-9", state="let")


def begin(office: Office, case_id: int, tenant: str = "李兆丰", **more: Any) -> Any:
    return do(office, case_id, "begin_tenancy", unit_no=HOUSE, tenant=tenant, **more)


def test_a_tenancy_from_first_to_last_day(office: Office) -> None:
    case_id = fitting_out(office)
    hidden = office.runtime.seal.hide(ID_NO)
    lease = {"ends_on": "2027-03-09", "has_agreement": True, "owner_consents": True}
    more = {"phone": "15400000594", "id_no": hidden, "members": ["刘铖", "刘好"]}
    begin(office, case_id, since="2026-03-10", purpose="居住", **lease, **more)
    assert links(office, "tenant") == [("李兆丰", None, "2026-03-10", None)]
    with office.sessions() as session:
        found = session.scalars(select(Tenancy)).one()
        party = session.scalars(select(Party).where(Party.name == "李兆丰")).one()
    assert (found.ends_on, found.owner_consents) == ("2027-03-09", True)
    assert (found.members, found.member_count) == ("刘铖、刘好", 2)
    assert party.id_tail == "7290" and ID_NO not in str(party.id_no)
    assert office.runtime.seal.open(party.id_no or "") == ID_NO
    with pytest.raises(TenantThere):
        begin(office, case_id)
    with pytest.raises(DayTooEarly):
        do(office, case_id, "end_tenancy", unit_no=HOUSE, on="2026-03-09")
    done = do(office, case_id, "end_tenancy", unit_no=HOUSE, on="2026-03-10")
    assert done == {"tenants": ["李兆丰"], "on": "2026-03-10"}
    with pytest.raises(TenantMissing):
        do(office, case_id, "end_tenancy", unit_no=HOUSE)
    begin(office, case_id, since="2026-05-01", id_no=ID_NO)  # the same person, anew
    assert len(links(office, "tenant")) == 2
    with office.sessions() as session:
        query = select(Party).where(Party.name == "李兆丰")
        assert len(session.scalars(query).all()) == 1


def test_one_of_several_tenants_leaves(desk: Office) -> None:
    case_id = fitting_out(desk)
    for name in ("李兆丰", "王萱"):
        add_tenant(desk, name, True)
    with pytest.raises(TenantMissing):
        do(desk, case_id, "end_tenancy", unit_no=HOUSE, tenant="周书瑶")
    do(desk, case_id, "end_tenancy", unit_no=HOUSE, tenant="王萱", on="2026-03-01")
    ended = {name: until for name, _, _, until in links(desk, "tenant")}
    assert ended == {"李兆丰": None, "王萱": "2026-03-01"}


@pytest.mark.parametrize(
    "values, refusal",
    [
        ({"tenant": ""}, PersonRefused),
        ({"tenant": "长" * 101}, PersonRefused),
        ({"since": "2026-02-30"}, DayRefused),
        ({"since": "2026-03-10", "ends_on": "2026-03-09"}, DayTooEarly),
        ({"id_no": "9" * 41}, PersonRefused),
    ],
)
def test_what_is_no_tenancy(
    desk: Office, values: dict[str, Any], refusal: type[Exception]
) -> None:
    case_id = fitting_out(desk)
    with pytest.raises(refusal):
        begin(desk, case_id, **values)
    assert links(desk, "tenant") == []
    begin(desk, case_id, since="2026-03-10", ends_on="2026-03-10", id_no="9" * 40)


def transfer(office: Office, case_id: int, *owners: Any, **more: Any) -> Any:
    values = {"unit_no": HOUSE, "owners": list(owners), "on": "2026-03-10", **more}
    return do(office, case_id, "transfer_ownership", **values)


def test_a_house_changes_hands(office: Office) -> None:
    case_id = fitting_out(office)
    add_tenant(office, "李兆丰", True)
    new = {"name": "叶瑞雪", "phone": "15400000555", "id_no": ID_NO}
    found = transfer(office, case_id, new, contract_no="转2026-01")
    assert found == {"before": ["冯南乔"], "after": ["叶瑞雪"], "on": "2026-03-10"}
    assert links(office, "owner") == [
        ("冯南乔", 10_000, None, "2026-03-09"),
        ("叶瑞雪", 10_000, "2026-03-10", None),
    ]
    assert links(office, "tenant")[0][3] is None  # a sale does not end a lease
    with pytest.raises(DayTooEarly):
        transfer(office, case_id, {"name": "杨振华"}, on="2026-03-10")
    transfer(office, case_id, {"name": "杨振华"}, on="2026-03-11")
    assert links(office, "owner")[1][3] == "2026-03-10"


def test_an_owner_who_stays_begins_anew(desk: Office) -> None:
    case_id = fitting_out(desk)
    known = "990101199001168481"
    both = [
        {"name": "冯南乔", "id_no": known, "share": 50},
        {"name": "杨振华", "share": 50},
    ]
    transfer(desk, case_id, *both)
    names = [
        (name, share) for name, share, _, until in links(desk, "owner") if not until
    ]
    assert names == [("冯南乔", 5000), ("杨振华", 5000)]
    with desk.sessions() as session:
        same = session.scalars(select(Party).where(Party.name == "冯南乔")).all()
    assert len(same) == 1


@pytest.mark.parametrize(
    "shares, refusal",
    [
        ([100], None),
        ([60, 40], None),
        ([33.333, 33.333, 33.333], None),
        ([60, 40.01], SharesRefused),
        ([55, 55], SharesRefused),
        ([100.01], SharesRefused),
        ([0], PersonRefused),
        ([-10, 60], PersonRefused),
        (["一半"], PersonRefused),
        ([True], PersonRefused),
    ],
)
def test_shares_are_at_most_the_whole(
    desk: Office, shares: list[Any], refusal: type[Exception] | None
) -> None:
    case_id = fitting_out(desk)
    owners = [{"name": f"业主{n}", "share": share} for n, share in enumerate(shares)]
    if refusal is None:
        transfer(desk, case_id, *owners)
        return
    with pytest.raises(refusal):
        transfer(desk, case_id, *owners)
    assert links(desk, "owner") == [("冯南乔", 10_000, None, None)]


@pytest.mark.parametrize(
    "owners",
    [
        [],
        ["叶瑞雪"],
        [{}],
        [{"name": " "}],
        [{"name": "叶瑞雪"}, {"name": "叶瑞雪"}],
        [{"name": f"业主{n}"} for n in range(51)],
    ],
)
def test_who_cannot_own(desk: Office, owners: list[Any]) -> None:
    case_id = fitting_out(desk)
    with pytest.raises(PersonRefused):
        transfer(desk, case_id, *owners)
