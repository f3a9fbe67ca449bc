"""Readings go up, unless the meter was changed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.operations.estate.refusals import (
    DayRefused,
    HouseMissing,
    MeterMissing,
    ReadingRefused,
)
from engine.store.tables import Meter, MeterReading
from tests.cast import Office
from tests.estate import HOUSE, add_meter
from tests.holding import do, fitting_out


def read(office: Office, case_id: int, value: Any, **more: Any) -> Any:
    values = {"unit_no": HOUSE, "kind": "water", "on": "2026-03-10", **more}
    return do(office, case_id, "read_meter", value=value, **values)


@pytest.fixture
def metered(desk: Office) -> int:
    add_meter(desk, "W1", "water", ("2026-01-31", 10000), ("2026-02-28", 10850))
    add_meter(desk, "E1", "power", ("2026-02-28", 5))
    return fitting_out(desk)


def test_what_was_used(desk: Office, metered: int) -> None:
    found = read(desk, metered, 121.25)
    told = {"meter": "W1", "previous": 108.5, "value": 121.25, "used": 12.75}
    assert found == told
    with desk.sessions() as session:
        query = select(MeterReading).where(MeterReading.read_on == "2026-03-10")
        (row,) = session.scalars(query).all()
    assert (row.value, row.case_id, row.reader) == (12125, metered, "贾惠玲")


@pytest.mark.parametrize(
    "value, on, good",
    [
        (108.49, "2026-03-10", False),
        (108.5, "2026-03-10", True),
        (108.51, "2026-02-20", False),
        (108.5, "2026-02-20", True),
        (100, "2026-02-20", True),
        (99.99, "2026-02-20", False),
        (0, "2026-01-01", True),
        (9_999_999.99, "2026-03-10", True),
        (10_000_000, "2026-03-10", False),
        (-0.01, "2025-12-31", False),
        (1.005, "2025-12-31", False),
        ("121", "2026-03-10", False),
        (True, "2025-12-31", False),
        (None, "2026-03-10", False),
    ],
)
def test_a_reading_lies_between_its_neighbours(
    desk: Office, metered: int, value: Any, on: str, good: bool
) -> None:
    if good:
        read(desk, metered, value, on=on)
        return
    with pytest.raises(ReadingRefused):
        read(desk, metered, value, on=on)


def test_the_same_day_is_corrected(desk: Office, metered: int) -> None:
    read(desk, metered, 130)
    assert read(desk, metered, 120)["used"] == 11.5
    with pytest.raises(ReadingRefused):
        read(desk, metered, 108)


def test_a_meter_that_was_changed(desk: Office, metered: int) -> None:
    read(desk, metered, 110, new_meter="W2", new_value=0.5)
    with desk.sessions() as session:
        hung = {m.number: m.until for m in session.scalars(select(Meter))}
    assert hung == {"W1": "2026-03-10", "E1": None, "W2": None}
    found = read(desk, metered, 3, on="2026-04-10")
    assert (found["meter"], found["used"]) == ("W2", 2.5)
    with pytest.raises(ReadingRefused):
        read(desk, metered, 5, on="2026-05-10", new_meter="E1")


def test_a_first_meter_is_hung_by_its_number(desk: Office, metered: int) -> None:
    with pytest.raises(MeterMissing):
        read(desk, metered, 1, kind="gas")
    found = read(desk, metered, 1, kind="gas", meter="G1")
    assert (found["previous"], found["used"]) == (None, None)
    assert read(desk, metered, 2, kind="gas", on="2026-03-11")["used"] == 1
    for nonsense in (
        {"kind": "steam", "meter": "S1"},
        {"meter": "W9", "kind": "steam"},
    ):
        with pytest.raises(MeterMissing):
            read(desk, metered, 1, **nonsense)


def test_of_two_meters_of_a_kind_one_is_named(desk: Office, metered: int) -> None:
    add_meter(desk, "W2", "water")
    with pytest.raises(MeterMissing):
        read(desk, metered, 120)
    assert read(desk, metered, 120, meter="W2")["meter"] == "W2"


def test_what_is_not_there(desk: Office, metered: int) -> None:
    with pytest.raises(HouseMissing):
        read(desk, metered, 1, unit_no="9-9-9999")
    with pytest.raises(DayRefused):
        read(desk, metered, 120, on="2026-13-01")
