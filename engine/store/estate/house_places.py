"""Which houses somebody means who writes 1-1-0101, 1-1-101, 1栋1单元101 or 0101."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, true

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


def houses_meant(text: str) -> ColumnElement[bool] | None:
    """Which houses a text may mean: a whole code, a room of a building without units, a
    unit, a building, a room anywhere. None where it means none."""
    given = unicodedata.normalize("NFKC", text).upper().replace(" ", "")
    given = re.sub("[—–－_/]", "-", given)
    found = _PLACE.fullmatch(given)
    if found:
        building, unit, room, alone = found.groups()
        return House.building.in_(_plain(building)) & _within(unit, room, alone)
    bare = _BARE.fullmatch(given)
    if bare is None or not any(sign.isdigit() for sign in given) or len(bare[1]) < 2:
        return None
    return House.room.in_(_wide(bare[1]))


def _within(
    unit: str | None, room: str | None, alone: str | None
) -> ColumnElement[bool]:
    """Of a building; ``alone`` is what stands behind it by itself: 3-1 is a unit, 3-101 a
    room of a building without units."""
    if alone is not None:
        return House.unit.in_(_plain(alone)) | House.room.in_(_wide(alone))
    if unit is None:
        return true()
    here = House.unit.in_(_plain(unit))
    return here if room is None else here & House.room.in_(_wide(room))


def _plain(part: str) -> list[str]:
    return sorted({part, part.lstrip("0") or "0"})


def _wide(room: str) -> list[str]:
    """A room as registers may write it: with more zeros before it, or fewer."""
    if not room.isdigit():
        return [room]
    bare = room.lstrip("0") or "0"
    return sorted({room, *(bare.zfill(width) for width in range(1, WIDEST + 1))})
