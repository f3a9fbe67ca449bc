"""Which papers name whom of their house: found by the people who stand in them.

A record keeps its ``people``: each name with the day of the paper, and ``#21`` for whom
a form let choose by id. The triggers of migration 0016 join them to who belonged to the
house on that day, and to the chosen, in the statement that writes the record; a batch
change of that table must make them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base
from engine.store.terms import ZONE

PERSON = "person"  # the type in records.json
_BETWEEN = re.compile(r"[、，,;；]")
_ID = re.compile(r"[0-9]{1,9}")
CHOSEN = "#"  # begins whom was chosen by id
LONGEST = 100  # signs of a party's name


class RecordParty(Base):
    """A paper that names a person or company of its house."""

    __tablename__ = "record_party"
    __table_args__ = (Index(None, "party_id", "record_id"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)


def people_of(row: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, str]:
    """The names in a record's row, each with the paper's day; ``types`` are those of its
    kind's columns. Owners of one house are joined by 、 in one column."""
    day = row["created_at"].astimezone(ZONE).date().isoformat()
    chosen = {f"{CHOSEN}{own}": day for own in _chosen(row["data"])}
    if not row.get("house_code"):
        return chosen
    named = [name for name, kind in types.items() if kind == PERSON]
    found = (each for name in named for each in _names(row["data"].get(name)))
    return chosen | {name: day for name in found if not name.startswith(CHOSEN)}


def _chosen(value: Any) -> Iterator[str]:
    """Ids of the people that stand in some data with name and id."""
    if isinstance(value, list):
        for each in value:
            yield from _chosen(each)
    elif isinstance(value, dict):
        if value.keys() == {"party_id", "name"} and _ID.fullmatch(
            str(value["party_id"])
        ):
            yield str(value["party_id"])
        for each in value.values():
            yield from _chosen(each)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        for part in _BETWEEN.split(value):
            name = part.replace("\0", "").strip()
            if 0 < len(name) <= LONGEST:
                yield name
