"""Take the owner register in: houses, owners, and who owned what from when to when.

The register is compared with what is stored; what it leaves empty is left alone, and the
same file a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine.actions.owner_links import LINKS, LinkPlan
from engine.actions.register_edits import Edits
from engine.actions.stored_owners import PartyMatcher, StoredOwners, add_rows
from engine.imports.identity import PERSON, kind_of
from engine.imports.register import HouseEntry, PartyEntry, read_owners
from engine.imports.result import ImportResult, Ledger
from engine.runtime import Runtime
from engine.sealing import Seal
from engine.store.estate import HOUSE_STATES, House, Party

REGISTER, HOUSES, PARTIES = "业主清册", "房屋", "业主"


def preview_owners(
    session: Session, runtime: Runtime, site_id: int, file: BinaryIO
) -> ImportResult:
    """What ``import_owners`` would do; writes nothing."""
    return _compare(session, runtime, site_id, file, REGISTER)[0]


def import_owners(
    session: Session,
    runtime: Runtime,
    site_id: int,
    file: BinaryIO,
    source: str = REGISTER,
) -> ImportResult:
    """Write the register: all of it or, with any finding, nothing.

    ``file`` can seek. ``source``, the file's name, is kept with each ownership. Raises a
    kind of ``WorkbookRefused`` where the file cannot be read.
    """
    result, plan = _compare(session, runtime, site_id, file, source)
    if plan is None:
        return result
    plan.write(session)
    return plan.result(written=True)


def _compare(
    session: Session, runtime: Runtime, site_id: int, file: BinaryIO, source: str
) -> tuple[ImportResult, _Plan | None]:
    stored = StoredOwners(session, site_id)
    register = read_owners(file, HOUSE_STATES, stored.room_width())
    if register.findings:
        return ImportResult(REGISTER, findings=register.findings), None
    today = datetime.now(ZoneInfo(runtime.settings.zone)).date()
    plan = _Plan(stored, runtime.seal, today, source)
    plan.take(register.houses)
    return plan.result(written=False), plan


class _Plan:
    def __init__(
        self, stored: StoredOwners, seal: Seal, today: date, source: str
    ) -> None:
        self._stored, self._seal = stored, seal
        self._ledger = Ledger(REGISTER, HOUSES, PARTIES, LINKS)
        self._edits = Edits(self._ledger)
        self._links = LinkPlan(self._ledger, self._edits, today, source)
        self._new_houses: list[House] = []
        self._new_parties: list[Party] = []
        self._notices: list[str] = []

    def result(self, written: bool) -> ImportResult:
        return self._ledger.result(self._notices, written)

    def take(self, entries: Sequence[HouseEntry]) -> None:
        parties = self._take_parties(entries)
        names = {id_: party.name for id_, party in self._stored.parties.items()}
        for entry in entries:
            self._links.take(
                self._take_house(entry),
                self._stored.owners(entry.code),
                [(owner, parties[owner.party]) for owner in entry.owners],
                names,
            )
        self._notice(entries)

    def write(self, session: Session) -> None:
        self._edits.write(session)
        add_rows(session, self._new_houses)
        add_rows(session, self._new_parties)
        self._links.write(session)
        session.expire_all()

    def _take_house(self, entry: HouseEntry) -> House:
        handed_over = entry.handed_over_on
        facts = {
            "floor": entry.floor,
            "kind": entry.kind,
            "area": None if entry.area is None else int(entry.area * 100),
            "status": entry.status,
            "handed_over_on": None if handed_over is None else handed_over.isoformat(),
        }
        house = self._stored.houses.get(entry.code)
        if house is not None:
            self._edits.compare(HOUSES, house, facts, house.code)
            return house
        place = {
            key: getattr(entry, key) for key in ("code", "building", "unit", "room")
        }
        house = House(site_id=self._stored.site_id, **place, **facts)
        self._new_houses.append(house)
        owners = "、".join(owner.party.name for owner in entry.owners)
        self._ledger.new(HOUSES, f"新增房屋 {entry.code}：{owners or '无业主'}")
        return house

    def _take_parties(self, entries: Sequence[HouseEntry]) -> dict[PartyEntry, Party]:
        codes: dict[PartyEntry, list[str]] = {}
        for entry in entries:
            for owner in entry.owners:
                codes.setdefault(owner.party, []).append(entry.code)
        matcher = PartyMatcher(self._stored, self._seal)
        # those with a certificate first: they are the surest
        order = sorted(codes, key=lambda entry: entry.id_no is None)
        return {
            entry: self._take_party(entry, matcher.match(entry, codes[entry]))
            for entry in order
        }

    def _take_party(self, entry: PartyEntry, party: Party | None) -> Party:
        facts: dict[str, Any] = {
            "kind": entry.party_kind,
            "name": entry.name,
            "gender": entry.gender,
            "phone": entry.phone,
            "other_phone": entry.other_phone,
            "emergency_contact": entry.emergency_contact,
            **self._certificate(entry.id_no, party),
        }
        if party is not None:
            self._edits.compare(PARTIES, party, facts, party.name)
            return party
        facts["kind"] = entry.party_kind or kind_of(entry.id_no or "") or PERSON
        party = Party(site_id=self._stored.site_id, **facts)
        self._new_parties.append(party)
        self._ledger.new(PARTIES)
        return party

    def _certificate(self, number: str | None, party: Party | None) -> dict[str, Any]:
        if number is None:
            return {}
        digest = self._seal.digest(number)
        if party is not None and party.id_digest == digest:
            return {}  # sealed anew it would look changed
        return {
            "id_no": self._seal.close(number),
            "id_digest": digest,
            "id_tail": number[-4:],
        }

    def _notice(self, entries: Sequence[HouseEntry]) -> None:
        absent = self._stored.houses.keys() - {entry.code for entry in entries}
        if absent:
            self._notices.append(f"系统里另有 {len(absent)} 套房屋不在清册中，未作改动")
        loose = sum(entry.loose_remark for entry in entries)
        if loose:
            self._notices.append(f"{loose} 套房屋没有业主，备注没有地方保存，未写入")
