"""What is stored of a site's houses and their people, and which party a register means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.imports.kinds.people import PartyEntry
from engine.imports.table import Table
from engine.sealing import Seal
from engine.store.estate import House, HouseParty, Party

OWNER, TENANT = "owner", "tenant"


class StoredOwners:
    """Houses by code, parties by id, who belongs to each house now: three statements."""

    def __init__(self, session: Session, site_id: int) -> None:
        self.site_id = site_id
        houses = session.scalars(select(House).where(House.site_id == site_id))
        self.houses = {house.code: house for house in houses}
        parties = select(Party).where(Party.site_id == site_id).order_by(Party.id)
        self.parties = {party.id: party for party in session.scalars(parties)}
        self._links: dict[tuple[int, str], list[HouseParty]] = {}
        current = (
            select(HouseParty)
            .join(House, House.id == HouseParty.house_id)
            .where(House.site_id == site_id, HouseParty.until.is_(None))
            .order_by(HouseParty.id)
        )
        for link in session.scalars(current):
            place = link.house_id, link.relation
            self._links.setdefault(place, []).append(link)
        self._width = self.room_width() or 0

    def room_width(self) -> int | None:
        """How many digits the room numbers have, where all have as many."""
        rooms = (house.room for house in self.houses.values())
        widths = {len(room) for room in rooms if room.isdigit()}
        return widths.pop() if len(widths) == 1 else None

    def house(self, code: str) -> House | None:
        """By its code, also where a spreadsheet took the zeros off its room."""
        place, _, room = code.rpartition("-")
        padded = f"{place}-{room.zfill(self._width)}"
        return self.houses.get(code) or self.houses.get(padded)

    def find_house(self, table: Table, row: int, code: str | None) -> House | None:
        """The house a row names; a finding where there is none of that code."""
        house = None if code is None else self.house(code)
        if house is None and code is not None:
            sentence = f"系统里没有房屋 {code}；请更正房号，或先导入业主清册"
            table.find(row, "room", sentence)
        return house

    def owners(self, code: str) -> list[HouseParty]:
        return self.people(code, OWNER)

    def people(self, code: str, relation: str) -> list[HouseParty]:
        house = self.houses.get(code)
        return [] if house is None else self._links.get((house.id, relation), [])

    def everybody(self, relation: str) -> Iterator[HouseParty]:
        for (_, kind), links in self._links.items():
            yield from links if kind == relation else ()

    def names(self, code: str, relation: str) -> dict[str, Party]:
        """Who belongs to a house so, by name."""
        found = (self.parties[link.party_id] for link in self.people(code, relation))
        return {party.name: party for party in found}


class PartyMatcher:
    """Finds the stored party that an entry means; none is taken by two entries."""

    def __init__(self, stored: StoredOwners, seal: Seal, relation: str = OWNER) -> None:
        self._stored, self._seal, self._relation = stored, seal, relation
        self._free = dict(stored.parties)
        self._by_digest: dict[str | None, int] = {}
        self._by_contact: dict[tuple[str, str | None], int] = {}
        for party in stored.parties.values():
            self._by_digest.setdefault(party.id_digest, party.id)
            self._by_contact.setdefault((party.name, party.phone), party.id)

    def match(self, entry: PartyEntry, codes: Iterable[str]) -> Party | None:
        """By certificate; else by name and phone; else by name among those who belong
        to the same houses alike. Two different certificates are never one party."""
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
            for link in self._stored.people(code, self._relation):
                if self._stored.parties[link.party_id].name == entry.name:
                    yield link.party_id
