"""What is stored of a site's houses and owners, and which party a register means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from engine.imports.register import PartyEntry
from engine.sealing import Seal
from engine.store.estate import House, HouseParty, Party

OWNER = "owner"


class StoredOwners:
    """Houses by code, parties by id, the current owners of each house: three statements."""

    def __init__(self, session: Session, site_id: int) -> None:
        self.site_id = site_id
        houses = session.scalars(select(House).where(House.site_id == site_id))
        self.houses = {house.code: house for house in houses}
        parties = select(Party).where(Party.site_id == site_id).order_by(Party.id)
        self.parties = {party.id: party for party in session.scalars(parties)}
        self._links: dict[int, list[HouseParty]] = {}
        current = (
            select(HouseParty)
            .join(House, House.id == HouseParty.house_id)
            .where(House.site_id == site_id, HouseParty.relation == OWNER)
            .where(HouseParty.until.is_(None))
            .order_by(HouseParty.id)
        )
        for link in session.scalars(current):
            self._links.setdefault(link.house_id, []).append(link)

    def room_width(self) -> int | None:
        """How many digits the room numbers have, where all have as many."""
        rooms = (house.room for house in self.houses.values())
        widths = {len(room) for room in rooms if room.isdigit()}
        return widths.pop() if len(widths) == 1 else None

    def owners(self, code: str) -> list[HouseParty]:
        house = self.houses.get(code)
        return [] if house is None else self._links.get(house.id, [])


def add_rows(session: Session, rows: Sequence[House | Party | HouseParty]) -> None:
    """Adds new rows of one table, which get their ids but stay outside the session.

    Statements are few, however many rows: the ORM would take one for each run of rows
    with the same columns filled.
    """
    if not rows:
        return
    table = cast(Table, type(rows[0]).__table__)
    names = [column.key for column in table.columns if column.key != "id"]
    values = [{name: getattr(row, name) for name in names} for row in rows]
    for row, id_ in zip(rows, _insert(session, table, values), strict=True):
        row.id = id_


def _insert(
    session: Session, table: Table, values: list[dict[str, Any]]
) -> Sequence[int]:
    """The new ids in order. SQLite returns them only one row at a time, so there they are
    given; its one writer, or the primary key, lets nobody else give the same."""
    if session.get_bind().dialect.name != "sqlite":
        returning = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        return session.scalars(returning, values).all()
    last = session.scalar(select(func.max(table.c.id))) or 0
    ids = range(last + 1, last + 1 + len(values))
    numbered = [{"id": id_, **row} for id_, row in zip(ids, values, strict=True)]
    session.execute(insert(table), numbered)
    return ids


class PartyMatcher:
    """Finds the stored party that an entry means; none is taken by two entries."""

    def __init__(self, stored: StoredOwners, seal: Seal) -> None:
        self._stored, self._seal = stored, seal
        self._free = dict(stored.parties)
        self._by_digest: dict[str | None, int] = {}
        self._by_contact: dict[tuple[str, str | None], int] = {}
        for party in stored.parties.values():
            self._by_digest.setdefault(party.id_digest, party.id)
            self._by_contact.setdefault((party.name, party.phone), party.id)

    def match(self, entry: PartyEntry, codes: Iterable[str]) -> Party | None:
        """By certificate; else by name and phone; else by name among the owners of the
        same houses. Two different certificates are never one party."""
        digest = self._seal.digest(entry.id_no) if entry.id_no else None
        for party_id in self._candidates(entry, digest, codes):
            party = self._free.get(party_id)
            if party is None or digest and party.id_digest not in (None, digest):
                continue
            return self._free.pop(party.id)
        return None

    def _candidates(
        self, entry: PartyEntry, digest: str | None, codes: Iterable[str]
    ) -> Iterator[int]:
        if digest in self._by_digest and digest is not None:
            yield self._by_digest[digest]
        contact = (entry.name, entry.phone)
        if entry.phone is not None and contact in self._by_contact:
            yield self._by_contact[contact]
        for code in codes:
            for link in self._stored.owners(code):
                if self._stored.parties[link.party_id].name == entry.name:
                    yield link.party_id
