"""Houses and people out of the rows of an owner register, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import BinaryIO

from engine.imports.result import Finding
from engine.imports.kinds.owners import OwnerRow, read_owner_rows
from engine.imports.kinds.people import (
    PARTY_FACTS,
    PartyEntry,
    Whose,
    differ,
    find_contradiction,
    first_of,
    identities,
    party_of,
)
from engine.imports.table import Table

HOUSE_FACTS = ("floor", "house_kind", "area", "status")
LINK_FACTS = ("contract_no", "handed_over_on", "share")


@dataclass(frozen=True)
class Ownership:
    """``share`` of 1; ``since`` the day the house was handed to this owner."""

    party: PartyEntry
    share: Fraction | None
    contract_no: str | None
    since: date | None
    remark: str | None


@dataclass(frozen=True)
class HouseEntry:
    """A house with its owners in the order of their rows. ``loose_remark``: a row without
    an owner has a remark, which belongs to nobody."""

    code: str
    building: str
    unit: str
    room: str
    floor: int | None
    kind: str | None
    area: Decimal | None
    status: str | None
    handed_over_on: date | None
    owners: tuple[Ownership, ...]
    loose_remark: bool


@dataclass(frozen=True)
class Register:
    houses: tuple[HouseEntry, ...]
    findings: tuple[Finding, ...]


def read_owners(
    file: BinaryIO, states: Mapping[str, str], room_width: int | None = None
) -> Register:
    """Arguments and refusals are those of ``read_owner_rows``."""
    table, rows = read_owner_rows(file, states, room_width)
    whose = identities(rows)
    rows = _without_repeats(table, rows, whose)
    people: dict[Whose, list[OwnerRow]] = {}
    houses: dict[str, list[OwnerRow]] = {}
    for row in rows:
        houses.setdefault(row.code, []).append(row)
        if row.name is not None:
            people.setdefault(whose[row.number], []).append(row)
    parties = {key: party_of(table, same) for key, same in people.items()}
    owners = {row.number: parties[whose[row.number]] for row in rows if row.name}
    entries = tuple(_house(table, same, owners) for same in houses.values())
    return Register(entries, tuple(sorted(table.findings)))


def _without_repeats(
    table: Table, rows: Iterable[OwnerRow], whose: Mapping[int, Whose]
) -> list[OwnerRow]:
    first: dict[tuple[str, Whose], OwnerRow] = {}
    kept = []
    for row in rows:
        twin = first.setdefault((row.code, whose[row.number]), row)
        if twin is row:
            kept.append(row)
        else:
            _find_repeat(table, twin, row)
    return kept


def _find_repeat(table: Table, twin: OwnerRow, row: OwnerRow) -> None:
    facts = (*HOUSE_FACTS, *PARTY_FACTS, *LINK_FACTS)
    differing = [key for key in facts if differ(twin, row, key)]
    sentence = f"与第 {twin.number} 行是同一房屋同一业主，重复了一行"
    if differing:
        titles = "、".join(table.title(key) for key in differing)
        sentence += f"，且{titles}不一致"
    table.find(row.number, differing[0] if differing else "room", sentence)


def _house(
    table: Table, rows: Sequence[OwnerRow], owners: Mapping[int, PartyEntry]
) -> HouseEntry:
    for key in HOUSE_FACTS:
        find_contradiction(table, rows, key, "同一房屋")
    _check_shares(table, rows)
    dates = [row.handed_over_on for row in rows if row.handed_over_on is not None]
    return HouseEntry(
        code=rows[0].code,
        building=rows[0].building,
        unit=rows[0].unit,
        room=rows[0].room,
        floor=first_of(rows, "floor"),
        kind=first_of(rows, "house_kind"),
        area=first_of(rows, "area"),
        status=first_of(rows, "status"),
        handed_over_on=min(dates, default=None),
        owners=tuple(_ownership(row, owners[row.number]) for row in rows if row.name),
        loose_remark=any(row.remark and row.name is None for row in rows),
    )


def _ownership(row: OwnerRow, party: PartyEntry) -> Ownership:
    return Ownership(party, row.share, row.contract_no, row.handed_over_on, row.remark)


def _check_shares(table: Table, rows: Sequence[OwnerRow]) -> None:
    sharing = [row for row in rows if row.share is not None]
    total = sum((row.share or Fraction() for row in sharing), Fraction())
    if total <= 1:
        return
    numbers = "、".join(str(row.number) for row in sharing)
    table.find(
        sharing[0].number,
        "share",
        f"第 {numbers} 行同一房屋 {rows[0].code} 的产权份额合计 "
        f"{float(total * 100):.6g}%，超过 100%",
    )
