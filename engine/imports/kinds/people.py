"""Who is meant by the rows of a register.

A person is known by the certificate number, else by name and phone, else by name within
one house; the same person in the rows of two houses is one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.imports.table import Table

PARTY_FACTS = (
    "name",
    "party_kind",
    "gender",
    "phone",
    "id_no",
    "other_phone",
    "emergency_contact",
)

Whose = tuple[str, str]


class PartyRow(Protocol):
    """A row about one person or company at one house."""

    @property
    def number(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def id_no(self) -> str | None: ...


@dataclass(eq=False, frozen=True)
class PartyEntry:
    name: str
    party_kind: str | None
    gender: str | None
    phone: str | None
    id_no: str | None
    other_phone: str | None
    emergency_contact: str | None


def identities(rows: Sequence[PartyRow]) -> dict[int, Whose]:
    """Row number -> whose row it is. Certificates are read first: they are the surest."""
    found: dict[int, Whose] = {}
    known: dict[tuple[str, str], Whose] = {}
    for row in sorted(rows, key=lambda row: row.id_no is None):
        if row.name is None:
            found[row.number] = ("nobody", row.code)
            continue
        contact, home = (row.name, row.phone or row.code), (row.name, row.code)
        if row.id_no is not None:
            whose = ("certificate", row.id_no)
        else:
            whose = known.get(contact, contact)
        known.setdefault(contact, whose)
        known.setdefault(home, whose)
        found[row.number] = whose
    return found


def party_of(table: Table, rows: Sequence[PartyRow]) -> PartyEntry:
    for key in PARTY_FACTS:
        find_contradiction(table, rows, key, "同一业主")
    return PartyEntry(**{key: first_of(rows, key) for key in PARTY_FACTS})


def find_contradiction(
    table: Table, rows: Sequence[PartyRow], key: str, what: str
) -> None:
    """One finding, at the first row that says otherwise than one before it."""
    said = [row for row in rows if getattr(row, key) is not None]
    other = next((row for row in said if differ(said[0], row, key)), None)
    if other is not None:
        sentence = f"与第 {said[0].number} 行是{what}，{table.title(key)}却不一致"
        table.find(other.number, key, sentence)


def differ(one: PartyRow, other: PartyRow, key: str) -> bool:
    values = {getattr(one, key), getattr(other, key)} - {None}
    return len(values) > 1


def first_of(rows: Iterable[PartyRow], key: str) -> Any:
    values = (getattr(row, key) for row in rows)
    return next((value for value in values if value is not None), None)
