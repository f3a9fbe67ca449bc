"""What the registry holds of one house, row by row; one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from engine.store.estate.house_keys import HouseKey, KeyMove
from engine.store.estate.houses import House, HouseParty, Party
from engine.store.estate.import_runs import ImportChange, ImportRun
from engine.store.estate.meters import Meter, MeterReading
from engine.store.estate.tenancies import Tenancy
from engine.store.estate.vehicles import ParkingSpace, SpaceLease, Vehicle

MOST = 200  # rows of one kind that a page shows


def people_of(
    session: Session, house_id: int
) -> Sequence[Row[HouseParty, Party, Tenancy | None]]:
    """Everybody who belongs or belonged to the house, with their lease."""
    query = (
        select(HouseParty, Party, Tenancy)
        .join(Party, Party.id == HouseParty.party_id)
        .outerjoin(Tenancy, Tenancy.house_party_id == HouseParty.id)
        .where(HouseParty.house_id == house_id)
    )
    return session.execute(query.order_by(HouseParty.id).limit(MOST)).all()


def keys_at(session: Session, house_id: int) -> Sequence[Row[HouseKey, KeyMove | None]]:
    """The keys of the house and the last move of each."""
    newest = (
        select(func.max(KeyMove.id))
        .where(KeyMove.key_id == HouseKey.id)
        .correlate(HouseKey)
        .scalar_subquery()
    )
    query = select(HouseKey, KeyMove).outerjoin(KeyMove, KeyMove.id == newest)
    query = query.where(HouseKey.house_id == house_id).order_by(HouseKey.id)
    return session.execute(query.limit(MOST)).all()


def vehicles_of(session: Session, house_id: int) -> Sequence[Vehicle]:
    """Those that are registered first."""
    query = select(Vehicle).where(Vehicle.house_id == house_id)
    order = (Vehicle.until.is_not(None), Vehicle.id)
    return session.scalars(query.order_by(*order).limit(MOST)).all()


def spaces_of(session: Session, house_id: int) -> Sequence[ParkingSpace]:
    """The spaces that belong to the house or that it uses now, with that lease."""
    open_lease = (SpaceLease.space_id == ParkingSpace.id) & SpaceLease.until.is_(None)
    query = (
        select(ParkingSpace)
        .outerjoin(SpaceLease, open_lease)
        .where(
            or_(ParkingSpace.house_id == house_id, SpaceLease.house_id == house_id),
        )
        .options(contains_eager(ParkingSpace.leases))
        .order_by(ParkingSpace.code)
    )
    return session.scalars(query).unique().all()


def meters_at(
    session: Session, house_id: int
) -> Sequence[Row[Meter, MeterReading | None]]:
    """The meters that hang in the house and the last reading of each."""
    newest = (
        select(func.max(MeterReading.read_on))
        .where(MeterReading.meter_id == Meter.id)
        .correlate(Meter)
        .scalar_subquery()
    )
    last = (MeterReading.meter_id == Meter.id) & (MeterReading.read_on == newest)
    query = select(Meter, MeterReading).outerjoin(MeterReading, last)
    query = query.where(Meter.house_id == house_id, Meter.until.is_(None))
    return session.execute(query.order_by(Meter.kind, Meter.id).limit(MOST)).all()


def imported_states(
    session: Session, house: House
) -> list[tuple[datetime, str | None, str | None, str]]:
    """When an import that stands changed the state: from what, to what, and the file."""
    query = (
        select(ImportChange.before, ImportChange.after, ImportRun)
        .join(ImportRun, ImportRun.id == ImportChange.run_id)
        .where(ImportChange.table == "house", ImportChange.row_id == house.id)
        .where(ImportRun.state == "done", ImportRun.site_id == house.site_id)
    )
    found = []
    for before, after, run in session.execute(query.order_by(ImportChange.id)):
        states = _state(before), _state(after)
        if states[0] != states[1]:
            found.append((run.finished_at or run.at, *states, run.file_name))
    return found


def _state(row: dict[str, Any] | None) -> str | None:
    return (row or {}).get("status")
