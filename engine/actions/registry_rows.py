"""A register of the estate as rows of its own workbook: what is stored, under the keys of
the columns that an import reads. Days are ISO texts, money in fen, as stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.actions.import_balances import sheet_in_force
from engine.actions.stored_owners import OWNER, TENANT, StoredOwners
from engine.imports.identity import COMPANY
from engine.imports.kinds.values import labels
from engine.imports.kinds import keys, meters, vehicles
from engine.store.estate import (
    HOUSE_STATES,
    RELATIONS,
    Balance,
    House,
    HouseKey,
    HouseParty,
    KeyMove,
    Meter,
    MeterReading,
    ParkingSpace,
    Party,
    SpaceLease,
    Tenancy,
    Vehicle,
)

Rows = Iterator[dict[str, Any]]
Open = Callable[[str], str]
OF_A_VEHICLE = (
    "plate",
    "keeper",
    "phone",
    "brand",
    "kind",
    "colour",
    "energy",
    "space_code",
    "since",
    "remark",
)
PARTY = ("name", "gender", "phone", "other_phone", "emergency_contact")


def owner_rows(session: Session, site_id: int, opened: Open | None) -> Rows:
    """``opened`` makes an ID number readable; without it they are left out, which an
    import leaves alone."""
    stored = StoredOwners(session, site_id)
    for code in sorted(stored.houses):
        house = stored.houses[code]
        about = {
            "building": house.building,
            "unit": house.unit,
            "room": house.room,
            "floor": house.floor,
            "house_kind": house.kind,
            "area": None if house.area is None else house.area / 100,
            "status": HOUSE_STATES.get(house.status or ""),
            "handed_over_on": house.handed_over_on,
        }
        links = stored.owners(code)
        for link in links:
            yield {**about, **_owner(link, stored.parties[link.party_id], opened)}
        if not links:
            yield about


def _owner(link: HouseParty, party: Party, opened: Open | None) -> dict[str, Any]:
    kind = {"party_kind": "单位" if party.kind == COMPANY else "个人"}
    share = {} if link.share is None else {"share": f"{link.share / 100:g}%"}
    since = {} if link.since is None else {"handed_over_on": link.since}
    said = {"contract_no": link.contract_no, "remark": link.remark}
    return {**_person(party, opened), **kind, **share, **since, **said}


def _person(party: Party, opened: Open | None) -> dict[str, Any]:
    number = opened(party.id_no) if opened and party.id_no else None
    return {**{key: getattr(party, key) for key in PARTY}, "id_no": number}


def tenant_rows(session: Session, site_id: int, opened: Open | None) -> Rows:
    stored = StoredOwners(session, site_id)
    leases = session.scalars(
        select(Tenancy).join(HouseParty).join(House).where(House.site_id == site_id)
    )
    tenancies = {lease.house_party_id: lease for lease in leases}
    for code in sorted(stored.houses):
        owners = "、".join(stored.names(code, OWNER)) or None
        for link in stored.people(code, TENANT):
            lease = tenancies.get(link.id, Tenancy())
            yield {
                "room": code,
                "owner": owners,
                **_person(stored.parties[link.party_id], opened),
                "members": lease.members,
                "member_count": lease.member_count,
                "since": link.since,
                "ends_on": lease.ends_on,
                "has_agreement": _has(lease.has_agreement),
                "owner_consents": _has(lease.owner_consents),
                "purpose": lease.purpose,
                "remark": link.remark,
            }


def vehicle_rows(session: Session, site_id: int, opened: Open | None) -> Rows:
    query = (
        select(Vehicle, House.code)
        .outerjoin(House, House.id == Vehicle.house_id)
        .where(Vehicle.site_id == site_id, Vehicle.until.is_(None))
        .order_by(House.code, Vehicle.id)
    )
    relations = labels(vehicles.RELATIONS) | RELATIONS
    for vehicle, code in session.execute(query):
        yield {
            **{name: getattr(vehicle, name) for name in OF_A_VEHICLE},
            "room": code,
            "relation": relations.get(vehicle.relation or ""),
        }


def space_rows(session: Session, site_id: int, opened: Open | None) -> Rows:
    now = (SpaceLease.space_id == ParkingSpace.id) & SpaceLease.until.is_(None)
    query = (
        select(ParkingSpace, SpaceLease, House.code)
        .outerjoin(SpaceLease, now)
        .outerjoin(House, House.id == ParkingSpace.house_id)
        .where(ParkingSpace.site_id == site_id)
        .order_by(ParkingSpace.code)
    )
    leased = ("user", "phone", "plate", "since", "ends_on", "monthly")
    for space, lease, code in session.execute(query):
        yield {
            "space": space.code,
            "place": space.place,
            "tenure": labels(vehicles.TENURES).get(space.tenure or ""),
            "status": labels(vehicles.STATUSES).get(space.status or ""),
            "room": code,
            "owner": space.owner,
            "remark": space.remark,
            **{name: getattr(lease, name, None) for name in leased},
        }


def balance_rows(session: Session, site_id: int, opened: Open | None) -> Rows:
    sheet = sheet_in_force(session, site_id)
    if sheet is None:
        return
    query = select(Balance, House.code).join(House, House.id == Balance.house_id)
    query = query.where(Balance.sheet_id == sheet.id).order_by(Balance.id)
    names = ("item", "begins", "ends", "due", "paid", "due_on", "remark")
    stored = StoredOwners(session, site_id)
    for item, code in session.execute(query):
        owners = "、".join(stored.names(code, OWNER)) or None
        values = {name: getattr(item, name) for name in names}
        yield {"room": code, "owner": owners, **values}


def meter_rows(session: Session, site_id: int, opened: Open | None) -> Rows:
    """The last reading of each meter, with the one before it."""
    later = aliased(MeterReading)
    last = (
        select(MeterReading)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .where(Meter.site_id == site_id)
        .order_by(MeterReading.meter_id, MeterReading.read_on)
    )
    newer = select(later.id).where(
        later.meter_id == MeterReading.meter_id, later.read_on > MeterReading.read_on
    )
    # of each meter the newest and the one that has one newer
    two = last.where(~newer.offset(1).exists())
    readings: dict[int, list[MeterReading]] = {}
    for reading in session.scalars(two):
        readings.setdefault(reading.meter_id, []).append(reading)
    query = select(Meter, House.code).join(House, House.id == Meter.house_id)
    query = query.where(Meter.site_id == site_id, Meter.until.is_(None))
    for meter, code in session.execute(query.order_by(House.code, Meter.number)):
        yield _metered(meter, code, readings.get(meter.id, []))


def _metered(meter: Meter, code: str, some: list[MeterReading]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "room": code,
        "kind": labels(meters.KINDS)[meter.kind],
        "meter": meter.number,
    }
    if some:
        last = some[-1]
        row |= {"value": last.value, "read_on": last.read_on}
        row |= {"reader": last.reader, "remark": last.remark}
    if len(some) > 1:
        row |= {"before": some[-2].value, "before_on": some[-2].read_on}
    return row


def key_rows(session: Session, site_id: int, opened: Open | None) -> Rows:
    here = select(HouseKey.id).where(HouseKey.site_id == site_id)
    query = select(KeyMove).where(KeyMove.key_id.in_(here), KeyMove.act == "lent")
    loans = {m.key_id: m for m in session.scalars(query.order_by(KeyMove.id))}
    given_back = select(KeyMove).where(KeyMove.key_id.in_(here), KeyMove.act == "back")
    backs = {m.key_id: m for m in session.scalars(given_back.order_by(KeyMove.id))}
    every = select(HouseKey, House.code).join(House, House.id == HouseKey.house_id)
    every = every.where(HouseKey.site_id == site_id).order_by(HouseKey.code)
    for key, code in session.execute(every):
        yield {
            "key": key.code,
            "room": code,
            "kind": labels(keys.KINDS).get(key.kind),
            "quantity": key.quantity,
            "vacant": None if key.vacant is None else "是" if key.vacant else "否",
            "received_on": key.received_on,
            "place": key.place,
            "state": labels(keys.STATES).get(key.state),
            "remark": key.remark,
            **_loan(loans.get(key.id), backs.get(key.id)),
        }


def _loan(lent: KeyMove | None, back: KeyMove | None) -> dict[str, Any]:
    """The last time it was lent; when it came back, if after that."""
    if lent is None:
        return {}
    names = ("who", "company", "due_on", "approved_by")
    returned = back is not None and back.id > lent.id
    on = back.on if back is not None and returned else None
    return {
        **{name: getattr(lent, name) for name in names},
        "lent_on": lent.on,
        "back_on": on,
    }


def _has(value: bool | None) -> str | None:
    return None if value is None else "有" if value else "无"


ROWS: Mapping[str, tuple[Callable[[Session, int, Open | None], Rows], ...]] = {
    "owners": (owner_rows,),
    "tenants": (tenant_rows,),
    "vehicles": (vehicle_rows, space_rows),
    "balances": (balance_rows,),
    "meters": (meter_rows,),
    "keys": (key_rows,),
}
