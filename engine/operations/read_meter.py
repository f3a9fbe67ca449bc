"""Write down what a meter shows, or that it was changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.operations.act import Act
from engine.operations.estate.refusals import MeterMissing, ReadingRefused
from engine.operations.estate.registry import day_of, find_house, number_of, short
from engine.store.estate import House, Meter, MeterReading

KINDS = ("water", "power", "gas")
HIGHEST = 10_000_000_00  # hundredths; the column is an integer


def run(
    act: Act,
    unit_no: str,
    kind: str,
    value: Any,
    on: str | None = None,
    meter: str | None = None,
    new_meter: str | None = None,
    new_value: Any = 0,
    reader: str | None = None,
) -> dict[str, Any]:
    """``value`` in m³ or kWh of the house's meter of that ``kind`` (water, power, gas) on
    a day (by default today); ``meter``, its number, where there are several, or none yet.
    With ``new_meter`` it was changed: ``value`` is its last, ``new_value`` the first of
    the new one.

    Gives ``meter``, ``previous``, ``value`` and ``used`` (None for a first reading).
    Refuses less than the reading before and more than the one after.
    """
    house, day = find_house(act, unit_no), day_of(act, on)
    hung = _meter(act, house, kind, meter)
    previous = _write(act, hung, day, _hundredths(hung.number, value), reader)
    now = _hundredths(hung.number, value)
    if new_meter is not None:
        hung.until = day
        fresh = _hang(act, house, kind, new_meter)
        _write(act, fresh, day, _hundredths(new_meter, new_value), reader)
    told = {
        "meter": hung.number,
        "previous": None if previous is None else previous / 100,
        "value": now / 100,
        "used": None if previous is None else (now - previous) / 100,
    }
    act.tell("meter_read", unit_no=unit_no, on=day, new_meter=new_meter, **told)
    return told


def _meter(act: Act, house: House, kind: str, number: str | None) -> Meter:
    """The one that hangs there; a first one is hung where its number is given."""
    query = select(Meter).where(
        Meter.house_id == house.id, Meter.kind == kind, Meter.until.is_(None)
    )
    found = list(act.session.scalars(query.order_by(Meter.id)))
    if number is not None:
        found = [each for each in found if each.number == str(number).strip()]
    if len(found) == 1:
        return found[0]
    if found or number is None or kind not in KINDS:
        raise MeterMissing(unit_no=house.code)
    return _hang(act, house, kind, number)


def _hang(act: Act, house: House, kind: str, number: str) -> Meter:
    own = short(number, 30)
    taken = select(Meter.id).where(Meter.site_id == act.site_id, Meter.number == own)
    if own is None or act.session.scalar(taken) is not None:
        raise ReadingRefused(meter=number, reason="这个表号已经用过。")
    meter = Meter(site_id=act.site_id, house_id=house.id, kind=kind, number=own)
    act.session.add(meter)
    act.session.flush()
    return meter


def _write(
    act: Act, meter: Meter, day: str, value: int, reader: str | None
) -> int | None:
    """The reading before, in hundredths. One of the same day is corrected."""
    readings = select(MeterReading).where(MeterReading.meter_id == meter.id)
    known = list(act.session.scalars(readings.order_by(MeterReading.read_on)))
    before = [each.value for each in known if each.read_on < day]
    after = [each.value for each in known if each.read_on > day]
    if before and value < before[-1]:
        told = f"上次是 {before[-1] / 100:g}，不能比它小；换过表的请填写新表号。"
        raise ReadingRefused(meter=meter.number, reason=told)
    if after and value > after[0]:
        told = f"之后已有读数 {after[0] / 100:g}，不能比它大。"
        raise ReadingRefused(meter=meter.number, reason=told)
    same = next((each for each in known if each.read_on == day), None)
    reading = same or MeterReading(meter_id=meter.id, read_on=day)
    reading.value, reading.case_id = value, act.case_id
    reading.reader = short(reader, 60) or (act.person.name if act.person else None)
    act.session.add(reading)
    act.session.flush()
    return before[-1] if before else None


def _hundredths(meter: str, value: Any) -> int:
    number = number_of(value)
    if number is None or number < 0 or number * 100 >= HIGHEST:
        raise ReadingRefused(meter=meter, reason="应是不小于 0 的数字。")
    if number * 100 != int(number * 100):
        raise ReadingRefused(meter=meter, reason="最多两位小数。")
    return int(number * 100)
