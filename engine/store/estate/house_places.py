"""Which houses somebody means who writes 1-1-0101, 1-1-101, 1栋1单元101 or 0101."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import CompoundSelect, Select, select, union

from engine.store.estate.houses import House

WIDEST = 6  # digits of a room
_BUILDING, _UNIT = r"(?:号楼|[栋幢座楼#])", r"(?:单元|门)"
_PART = r"[A-Z0-9]{1,8}"
_ROOM = rf"({_PART})(?:号房|[室房号])?"
_PLACE = re.compile(
    rf"第?({_PART})(?:-|{_BUILDING}-?)"
    rf"(?:第?({_PART})(?:-|{_UNIT}-?)(?:{_ROOM})?|{_ROOM})?"
)
_BARE = re.compile(_ROOM)


def houses_meant(text: str) -> Select[int] | CompoundSelect[int] | None:
    """The ids of the houses a text may mean: a whole code, a room of a building without
    unit, a unit, a building, a room anywhere. None where it means none."""
    given = unicodedata.normalize("NFKC", text).upper().replace(" ", "")
    given = re.sub("[—–－_/]", "-", given)
    found = _PLACE.fullmatch(given)
    if found:
        building, unit, room, alone = found.groups()
        return _placed(building, unit, room, alone)
    bare = _BARE.fullmatch(given)
    if bare is None or not any(sign.isdigit() for sign in given) or len(bare[1]) < 2:
        return None
    return select(House.id).where(House.room.in_(_wide(bare[1])))


def _placed(
    building: str, unit: str | None, room: str | None, alone: str | None
) -> Select[int] | CompoundSelect[int]:
    there = select(House.id).where(House.building.in_(_plain(building)))
    if unit is not None:
        there = there.where(House.unit.in_(_plain(unit)))
        return there if room is None else there.where(House.room.in_(_wide(room)))
    if alone is None:
        return there
    # 3-1 is a unit, 3-101 a room of a building
    rooms = there.where(House.room.in_(_wide(alone)))
    return union(there.where(House.unit.in_(_plain(alone))), rooms)


def _plain(part: str) -> list[str]:
    return sorted({part, part.lstrip("0") or "0"})


def _wide(room: str) -> list[str]:
    """A room as registers may write it: with more zeros before it, or fewer."""
    if not room.isdigit():
        return [room]
    bare = room.lstrip("0") or "0"
    return sorted({room, *(bare.zfill(width) for width in range(1, WIDEST + 1))})
