"""Take the owner register in: houses, owners, and who owned what from when to when.

The register is compared with what is stored; what it leaves empty is left alone, and the
same file a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import BinaryIO

from sqlalchemy.orm import Session

from engine.actions.owner_links import LINKS, LinkPlan
from engine.actions.party_plan import PartyPlan
from engine.actions.register_plan import Plan, RegisterPlan
from engine.actions.stored_owners import OWNER, StoredOwners
from engine.imports.kinds.people import PartyEntry
from engine.imports.kinds.register import HouseEntry, read_owners
from engine.imports.result import ImportResult
from engine.runtime import Runtime
from engine.sealing import Seal
from engine.store.estate import HOUSE_STATES, House

REGISTER, HOUSES, PARTIES = "业主清册", "房屋", "业主"


def plan_owners(
    session: Session, runtime: Runtime, site_id: int, file: BinaryIO, source: str
) -> tuple[ImportResult, Plan | None]:
    """``source``, the file's name, is kept with each ownership. Raises a kind of
    ``WorkbookRefused`` where the file cannot be read."""
    stored = StoredOwners(session, site_id)
    register = read_owners(file, HOUSE_STATES, stored.room_width())
    if register.findings:
        return ImportResult(REGISTER, findings=register.findings), None
    plan = _Plan(stored, runtime.seal, runtime.today(), source)
    plan.take(register.houses)
    return plan.result(written=False), plan


class _Plan(RegisterPlan):
    def __init__(
        self, stored: StoredOwners, seal: Seal, today: date, source: str
    ) -> None:
        super().__init__(REGISTER, (HOUSES, PARTIES, LINKS), source)
        self._stored = stored
        self._links = LinkPlan(self, today)
        self._parties = PartyPlan(self, stored, seal, OWNER, PARTIES)

    def take(self, entries: Sequence[HouseEntry]) -> None:
        codes: dict[PartyEntry, list[str]] = {}
        for entry in entries:
            for owner in entry.owners:
                codes.setdefault(owner.party, []).append(entry.code)
        parties = self._parties.take(codes)
        names = {id_: party.name for id_, party in self._stored.parties.items()}
        for entry in entries:
            self._links.take(
                self._take_house(entry),
                self._stored.owners(entry.code),
                [(owner, parties[owner.party]) for owner in entry.owners],
                names,
            )
        self._notice(entries)

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
            self.edits.compare(HOUSES, house, facts, house.code)
            return house
        place = {
            key: getattr(entry, key) for key in ("code", "building", "unit", "room")
        }
        house = House(site_id=self._stored.site_id, **place, **facts)
        self.additions.add(house)
        owners = "、".join(owner.party.name for owner in entry.owners)
        self.ledger.new(HOUSES, f"新增房屋 {entry.code}：{owners or '无业主'}")
        return house

    def _notice(self, entries: Sequence[HouseEntry]) -> None:
        absent = self._stored.houses.keys() - {entry.code for entry in entries}
        if absent:
            self.notices.append(f"系统里另有 {len(absent)} 套房屋不在清册中，未作改动")
        loose = sum(entry.loose_remark for entry in entries)
        if loose:
            self.notices.append(f"{loose} 套房屋没有业主，备注没有地方保存，未写入")
