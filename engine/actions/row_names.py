"""A row of the registry in words, for a sentence that names it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.tables import (
    BalanceSheet,
    House,
    HouseKey,
    HouseParty,
    KeyMove,
    Meter,
    MeterReading,
    ParkingSpace,
    Party,
    SpaceLease,
    Staff,
    StaffRole,
    Vehicle,
)

LINK = select(House.code + " " + Party.name).select_from(HouseParty)
LINK = LINK.join(House, House.id == HouseParty.house_id)
LINK = LINK.join(Party, Party.id == HouseParty.party_id)
READING = select(Meter.number + " " + MeterReading.read_on).select_from(MeterReading)

NAMED = {
    "house": ("房屋", select(House.code), House.id),
    "party": ("人员", select(Party.name), Party.id),
    "house_party": ("", LINK, HouseParty.id),
    "tenancy": ("租约", LINK, HouseParty.id),
    "vehicle": ("车辆", select(Vehicle.plate), Vehicle.id),
    "parking_space": ("车位", select(ParkingSpace.code), ParkingSpace.id),
    "space_lease": (
        "车位",
        select(ParkingSpace.code).join(SpaceLease.space),
        SpaceLease.id,
    ),
    "house_key": ("钥匙", select(HouseKey.code), HouseKey.id),
    "key_move": ("钥匙", select(HouseKey.code).join(KeyMove.key), KeyMove.id),
    "meter": ("表", select(Meter.number), Meter.id),
    "meter_reading": ("表", READING.join(MeterReading.meter), MeterReading.id),
    "balance_sheet": ("余额表", select(BalanceSheet.as_of), BalanceSheet.id),
    "staff": ("账号", select(Staff.username), Staff.id),
    "staff_role": (
        "账号",
        select(Staff.username).join(StaffRole.staff),
        StaffRole.id,
    ),
}


def name_of(session: Session, table: str, row_id: int) -> str:
    """“房屋 1-1-0101”; one that is gone by its number."""
    what, query, key = NAMED[table]
    name = session.scalar(query.where(key == row_id))
    return f"“{what} {name or row_id}”".replace("“ ", "“")
