"""Take the tenant register in: who rents which house from when, and what the lease says.

Links are ended and begun, never overwritten; a tenant without the owner's consent is taken
in as such and told.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.party_plan import PartyPlan
from engine.actions.register_plan import Plan, RegisterPlan, compared, eve_of, iso
from engine.actions.stored_owners import OWNER, TENANT, StoredOwners
from engine.imports.kinds.people import PartyEntry
from engine.imports.kinds.tenants import TenantRow, read_tenants
from engine.imports.result import ImportResult
from engine.imports.table import Table
from engine.runtime import Runtime
from engine.store.estate import House, HouseParty, Party, Tenancy

REGISTER, PARTIES, LEASES = "租户清册", "租户", "租赁关系"
LET = ("let", "office")
Rows = list[tuple[TenantRow, PartyEntry]]


def plan_tenants(
    session: Session, runtime: Runtime, site_id: int, file: BinaryIO, source: str
) -> tuple[ImportResult, Plan | None]:
    table, rows = read_tenants(file)
    stored = StoredOwners(session, site_id)
    rows = [(row, entry) for row, entry in rows if _fits(table, stored, row)]
    plan = _Plan(stored, _tenancies(session, site_id), runtime, source)
    plan.take(rows)
    return compared(plan, REGISTER, table)


def _tenancies(session: Session, site_id: int) -> dict[int, Tenancy]:
    query = select(Tenancy).join(HouseParty).join(House).where(House.site_id == site_id)
    return {tenancy.house_party_id: tenancy for tenancy in session.scalars(query)}


def _fits(table: Table, stored: StoredOwners, row: TenantRow) -> bool:
    """Whether house and stated owner are those that are stored."""
    house = stored.find_house(table, row.number, row.code)
    if house is None:
        return False
    owners = stored.names(house.code, OWNER)
    if row.owner is None or set(row.owner.split("、")) <= owners.keys():
        return True
    known = f"的业主是{'、'.join(owners)}" if owners else "没有业主"
    sentence = (
        f"系统里 {house.code} {known}，不是“{row.owner}”；请核对房号，或先更新业主清册"
    )
    table.find(row.number, "owner", sentence)
    return False


class _Plan(RegisterPlan):
    def __init__(
        self,
        stored: StoredOwners,
        tenancies: dict[int, Tenancy],
        runtime: Runtime,
        source: str,
    ) -> None:
        super().__init__(REGISTER, (PARTIES, LEASES), source)
        self._stored, self._tenancies = stored, tenancies
        self._today = runtime.today()
        self._parties = PartyPlan(self, stored, runtime.seal, TENANT, PARTIES)

    def take(self, rows: Rows) -> None:
        houses: dict[str, list[tuple[TenantRow, PartyEntry]]] = {}
        codes: dict[PartyEntry, list[str]] = {}
        for row, entry in rows:
            house = self._stored.houses[self._code(row)]
            houses.setdefault(house.code, []).append((row, entry))
            codes.setdefault(entry, []).append(house.code)
        parties = self._parties.take(codes)
        for code, some in houses.items():
            self._take_house(code, [(row, parties[entry]) for row, entry in some])
        self._notice([row for row, _ in rows], houses.keys())

    def _code(self, row: TenantRow) -> str:
        house = self._stored.house(row.code)
        assert house is not None
        return house.code

    def _take_house(self, code: str, rows: list[tuple[TenantRow, Party]]) -> None:
        house = self._stored.houses[code]
        held = {link.party_id: link for link in self._stored.people(code, TENANT)}
        kept = [(row, party, held.pop(party.id, None)) for row, party in rows]
        newcomers = [row.since for row, _, link in kept if link is None and row.since]
        for gone in held.values():
            self._end(code, gone, min(newcomers, default=None))
        for row, party, link in kept:
            self._take(house, party, link, row)

    def _take(
        self, house: House, party: Party, link: HouseParty | None, row: TenantRow
    ) -> None:
        if link is None:
            self._begin(house, party, row)
        elif _renews(link, row):
            self._renew(house, party, link, row)
        else:
            self._continue(link, row)

    def _end(self, code: str, link: HouseParty, since: date | None) -> None:
        """The eve of the next tenant's first day, where that lies after his own."""
        until = eve_of(since, link.since, self._today)
        self.edits.plan(link, {"until": until})
        name = self._stored.parties[link.party_id].name
        self.ledger.ended(LEASES, f"{code} 原租户 {name} 至 {until} 止")

    def _begin(self, house: House, party: Party, row: TenantRow) -> None:
        since = f"，自 {row.since} 起" if row.since else ""
        self.ledger.new(LEASES, f"{house.code} 新租户 {row.name}{since}")
        self._add(house, party, row)

    def _add(self, house: House, party: Party, row: TenantRow) -> None:
        link = HouseParty(
            relation=TENANT,
            since=iso(row.since),
            remark=row.remark,
            source=self.source,
        )
        self.additions.add(link, house_id=house, party_id=party)
        self.additions.add(Tenancy(**_lease(row)), house_party_id=link)

    def _renew(
        self, house: House, party: Party, link: HouseParty, row: TenantRow
    ) -> None:
        assert row.since is not None
        eve = (row.since - timedelta(days=1)).isoformat()
        self.edits.plan(link, {"until": eve})
        self.ledger.changed(LEASES, f"{house.code} {row.name} 续租，自 {row.since} 起")
        self._add(house, party, row)

    def _continue(self, link: HouseParty, row: TenantRow) -> None:
        facts: dict[str, Any] = {"remark": row.remark}
        if link.since is None:
            facts["since"] = iso(row.since)
        pairs: list[tuple[Any, dict[str, Any]]] = [(link, facts)]
        tenancy = self._tenancies.get(link.id)
        if tenancy is None:
            self.additions.add(Tenancy(**_lease(row)), house_party_id=link)
        else:
            pairs.append((tenancy, _lease(row)))
        self.edits.compare_all(LEASES, f"{self._code(row)} {row.name}", *pairs)

    def _notice(self, rows: list[TenantRow], codes: Any) -> None:
        def named(some: list[TenantRow]) -> list[str]:
            return [f"{self._code(row)} {row.name}" for row in some]

        without = [row for row in rows if row.owner_consents is False]
        over = [row for row in rows if row.ends_on and row.ends_on < self._today]
        states = {code: self._stored.houses[code].status for code in codes}
        other = [code for code, state in states.items() if state not in LET]
        self.notice(named(without), "{count} 户租户没有业主承诺书，照此登记")
        self.notice(named(over), "{count} 户租户的租期已经到期，仍按在租登记")
        self.notice(other, "{count} 套房屋有租户，房屋状态却不是出租")
        homes = {self._stored.houses[code].id for code in codes}
        absent = [
            1 for link in self._stored.everybody(TENANT) if link.house_id not in homes
        ]
        self.left_alone(len(absent), "户租户")


def _renews(link: HouseParty, row: TenantRow) -> bool:
    return None not in (link.since, row.since) and (iso(row.since) or "") > (
        link.since or ""
    )


def _lease(row: TenantRow) -> dict[str, Any]:
    return {
        "ends_on": iso(row.ends_on),
        "has_agreement": row.has_agreement,
        "owner_consents": row.owner_consents,
        "purpose": row.purpose,
        "members": row.members,
        "member_count": row.member_count,
    }
