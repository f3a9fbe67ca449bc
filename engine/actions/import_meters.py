"""Take meter readings in: meters by their number, one reading a meter and day."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.register_plan import Plan, RegisterPlan, compared
from engine.actions.stored_owners import StoredOwners
from engine.imports.kinds.meters import KINDS, MeterRow, read_meters
from engine.imports.kinds.values import labels
from engine.imports.result import ImportResult
from engine.imports.table import Table
from engine.runtime import Runtime
from engine.store.estate import Meter, MeterReading

REGISTER, METERS, READINGS = "抄表记录", "表具", "读数"
Readings = dict[tuple[int, str], MeterReading]


def plan_meters(
    session: Session, runtime: Runtime, site_id: int, file: BinaryIO, source: str
) -> tuple[ImportResult, Plan | None]:
    table, rows = read_meters(file)
    stored = StoredOwners(session, site_id)
    for row in rows:
        stored.find_house(table, row.number, row.code)
    here = select(Meter).where(Meter.site_id == site_id)
    meters = {meter.number: meter for meter in session.scalars(here)}
    readings = _readings(session, site_id, rows)
    for row in rows:
        _check(table, stored, meters.get(row.meter), readings, row)
    plan = _Plan(stored, meters, readings, source)
    if not table.findings:
        plan.take(rows)
    return compared(plan, REGISTER, table)


def _readings(session: Session, site_id: int, rows: list[MeterRow]) -> Readings:
    """Those of the days that the file names: a meter is read for years."""
    days = {day.isoformat() for row in rows for day in _days(row)}
    query = (
        select(MeterReading)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .where(Meter.site_id == site_id, MeterReading.read_on.in_(days))
    )
    return {(each.meter_id, each.read_on): each for each in session.scalars(query)}


def _days(row: MeterRow) -> list[date]:
    return [day for day in (row.before_on, row.read_on) if day is not None]


def _check(
    table: Table,
    stored: StoredOwners,
    meter: Meter | None,
    readings: Readings,
    row: MeterRow,
) -> None:
    """What the file says of a known meter must be what is stored, but for new readings."""
    house = stored.house(row.code)
    if meter is None or house is None:
        return
    if (meter.house_id, meter.kind) != (house.id, row.kind):
        sentence = f"表号“{row.meter}”在系统里是另一套房屋的表，或表类型不同"
        table.find(row.number, "meter", sentence)
    if row.before_on is None or row.before is None:
        return
    known = readings.get((meter.id, row.before_on.isoformat()))
    if known is not None and known.value != row.before:
        sentence = (
            f"上期读数与系统里 {row.before_on} 的读数 {known.value / 100:g} 不一致"
        )
        table.find(row.number, "before", sentence)


class _Plan(RegisterPlan):
    def __init__(
        self,
        stored: StoredOwners,
        meters: dict[str, Meter],
        readings: Readings,
        source: str,
    ) -> None:
        super().__init__(REGISTER, (METERS, READINGS), source)
        self._stored, self._meters, self._readings = stored, meters, readings
        self._planned: set[tuple[str, date]] = set()

    def take(self, rows: list[MeterRow]) -> None:
        known = set(self._meters)
        for row in {row.meter: row for row in rows}.values():
            self._take_meter(row)
        # this period's first: they say more of a reading that is another row's last one
        for row in rows:
            if row.value is not None and row.read_on is not None:
                self._take_reading(row, row.read_on, row.value, row.reader, row.remark)
        for row in rows:
            if row.before is not None and row.before_on is not None:
                self._take_reading(row, row.before_on, row.before, None, None)
        fell = [f"{row.code} {row.meter}" for row in rows if row.fell]
        self.notice(fell, "{count} 块表本期读数小于上期，请核对是否抄错或换表")
        self.left_alone(len(known - {row.meter for row in rows}), "块表")

    def _take_meter(self, row: MeterRow) -> None:
        meter, house = self._meters.get(row.meter), self._stored.house(row.code)
        if meter is None and house is not None:
            label = labels(KINDS)[row.kind]
            self.ledger.new(METERS, f"{house.code} 新增{label} {row.meter}")
            meter = self._meters[row.meter] = Meter(
                site_id=house.site_id,
                house_id=house.id,
                kind=row.kind,
                number=row.meter,
                source=self.source,
            )
            self.additions.add(meter)
        else:
            self.ledger.same(METERS)

    def _take_reading(
        self,
        row: MeterRow,
        day: date,
        value: int,
        reader: str | None,
        remark: str | None,
    ) -> None:
        if (row.meter, day) in self._planned:
            return
        self._planned.add((row.meter, day))
        meter = self._meters[row.meter]
        facts = {"value": value, "reader": reader, "remark": remark}
        known = self._readings.get((meter.id, day.isoformat()))
        if known is not None:
            who = f"{row.code} {row.meter} {day}"
            self.edits.compare(READINGS, known, facts, who)
            return
        self.ledger.new(READINGS)
        reading = MeterReading(read_on=day.isoformat(), source=self.source, **facts)
        self.additions.add(reading, meter_id=meter)
