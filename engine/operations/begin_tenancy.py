"""Somebody moves in as a tenant."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.operations.estate.parties import party_of
from engine.operations.estate.refusals import DayTooEarly, TenantThere
from engine.operations.estate.registry import day_of, find_house, name_of, short
from engine.store.estate import HouseParty, Tenancy, tenants_of


def run(
    act: Act,
    unit_no: str,
    tenant: str,
    since: str | None = None,
    ends_on: str | None = None,
    phone: str | None = None,
    id_no: str | None = None,
    has_agreement: bool | None = None,
    owner_consents: bool | None = None,
    purpose: str | None = None,
    members: list[str] | None = None,
) -> dict[str, Any]:
    """From ``since`` (a day, by default today), by a lease that ends on ``ends_on``;
    ``members`` live there too. Gives ``tenant`` and ``since``. Refuses one who is
    registered there already."""
    house, name = find_house(act, unit_no), name_of(tenant)
    first = day_of(act, since)
    last = None if ends_on is None else day_of(act, ends_on)
    if last is not None and last < first:
        raise DayTooEarly(day=last, since=first)
    present = tenants_of(act.session, act.site_id, house.code) or []
    if name in [each["tenant"] for each in present]:
        raise TenantThere(tenant=name, unit_no=unit_no)
    party = party_of(act, name, phone, id_no)
    act.session.add(party)
    link = HouseParty(
        house_id=house.id, party=party, relation="tenant", since=first, source="case"
    )
    lease = Tenancy(link=link, ends_on=last, has_agreement=has_agreement)
    lease.owner_consents, lease.purpose = owner_consents, short(purpose, 20)
    lease.members = short("、".join(map(str, members or [])), 200)
    lease.member_count = len(members or [])
    act.session.add(lease)
    act.session.flush()
    act.tell("tenancy_begun", unit_no=unit_no, tenant=name, since=first)
    return {"tenant": name, "since": first}
