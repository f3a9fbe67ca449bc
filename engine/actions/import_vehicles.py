"""Take the workbook of vehicles and parking spaces in: what is registered where, who uses
which space from when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.register_plan import Plan, RegisterPlan, compared, eve_of, iso
from engine.actions.space_plan import LEASES, SPACES, SpacePlan
from engine.actions.stored_owners import StoredOwners
from engine.imports.kinds.vehicles import SpaceRow, VehicleRow, read_vehicles
from engine.imports.result import ImportResult
from engine.imports.table import Table
from engine.runtime import Runtime
from engine.store.estate import House, ParkingSpace, SpaceLease, Vehicle

REGISTER, VEHICLES = "车辆车位", "车辆"


def plan_vehicles(
    session: Session, runtime: Runtime, site_id: int, file: BinaryIO, source: str
) -> tuple[ImportResult, Plan | None]:
    cars, vehicles, places, spaces = read_vehicles(file)
    stored = StoredOwners(session, site_id)
    _find_houses(cars, stored, vehicles)
    _find_houses(places, stored, spaces)
    plan = _Plan(session, stored, runtime.today(), source)
    if not any(table and table.findings for table in (cars, places)):
        plan.take(vehicles)
        plan.spaces.take(spaces)
        plan.notice_spaces(vehicles, {row.space for row in spaces})
    return compared(plan, REGISTER, cars, places)


def _find_houses(
    table: Table | None, stored: StoredOwners, rows: Sequence[VehicleRow | SpaceRow]
) -> None:
    if table is not None:
        for row in rows:
            stored.find_house(table, row.number, row.code)


class _Plan(RegisterPlan):
    def __init__(
        self, session: Session, stored: StoredOwners, today: date, source: str
    ) -> None:
        super().__init__(REGISTER, (VEHICLES, SPACES, LEASES), source)
        self._stored, self._today = stored, today
        site_id = stored.site_id
        here = select(Vehicle).where(Vehicle.site_id == site_id)
        now = session.scalars(here.where(Vehicle.until.is_(None)).order_by(Vehicle.id))
        self._vehicles = {vehicle.plate: vehicle for vehicle in now}
        spaces = session.scalars(
            select(ParkingSpace).where(ParkingSpace.site_id == site_id)
        )
        open_ = (
            select(SpaceLease)
            .join(ParkingSpace, ParkingSpace.id == SpaceLease.space_id)
            .where(ParkingSpace.site_id == site_id, SpaceLease.until.is_(None))
            .order_by(SpaceLease.id)
        )
        leases = {lease.space_id: lease for lease in session.scalars(open_)}
        self.known = {space.code: space for space in spaces}
        self.spaces = SpacePlan(self, stored, self.known, leases, today)

    def take(self, rows: list[VehicleRow]) -> None:
        strangers = []
        for row in rows:
            house = self._stored.house(row.code)
            assert house is not None
            facts = self._facts(row, house)
            if row.keeper is not None and facts["party_id"] is None:
                strangers.append(f"{row.plate} {row.keeper}")
            self._take(row, house, facts)
        self.notice(strangers, "{count} 辆车的车主不在该房屋的业主、租户之中，只记姓名")
        absent = self._vehicles.keys() - {row.plate for row in rows}
        if rows:
            self.left_alone(len(absent), "辆车")

    def _take(self, row: VehicleRow, house: House, facts: dict[str, Any]) -> None:
        vehicle = self._vehicles.get(row.plate)
        if vehicle is not None and vehicle.house_id == house.id:
            self.edits.compare(VEHICLES, vehicle, facts, row.plate)
            return
        if vehicle is None:
            self.ledger.new(VEHICLES, f"{house.code} 新增车辆 {row.plate}")
        else:
            eve = eve_of(row.since, vehicle.since, self._today)
            self.edits.plan(vehicle, {"until": eve})
            self.ledger.changed(VEHICLES, f"{row.plate} 转到 {house.code}")
        site_id, plate = self._stored.site_id, row.plate
        added = Vehicle(site_id=site_id, plate=plate, source=self.source, **facts)
        self.additions.add(added, house_id=house)

    def _facts(self, row: VehicleRow, house: House) -> dict[str, Any]:
        relations = (row.relation,) if row.relation else ("owner", "tenant")
        people = (
            self._stored.names(house.code, relation).get(row.keeper or "")
            for relation in relations
        )
        party = next(filter(None, people), None)
        return {
            "party_id": None if party is None else party.id,
            "keeper": row.keeper,
            "phone": row.phone,
            "relation": row.relation,
            "brand": row.brand,
            "kind": row.kind,
            "colour": row.colour,
            "energy": row.energy,
            "space_code": row.space_code,
            "since": iso(row.since),
            "remark": row.remark,
        }

    def notice_spaces(self, rows: list[VehicleRow], said: set[str]) -> None:
        known = self.known.keys() | said
        unknown = [
            f"{row.plate} {row.space_code}"
            for row in rows
            if row.space_code and row.space_code not in known
        ]
        self.notice(unknown, "{count} 辆车的车位编号不在车位表里")
