"""Parking spaces and who uses them: leases are ended and begun, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.actions.register_plan import RegisterPlan, eve_of, iso
from engine.actions.stored_owners import StoredOwners
from engine.imports.kinds.vehicles import SpaceRow
from engine.store.estate import House, ParkingSpace, SpaceLease

SPACES, LEASES = "车位", "车位使用"
FREE = "free"
OF_A_LEASE = ("user", "plate", "since", "ends_on", "monthly")


class SpacePlan:
    """``leases``: the open one of each space, by the space's id."""

    def __init__(
        self,
        plan: RegisterPlan,
        stored: StoredOwners,
        known: Mapping[str, ParkingSpace],
        leases: Mapping[int, SpaceLease],
        today: date,
    ) -> None:
        self._plan, self._stored, self._today = plan, stored, today
        self._known, self._leases = known, leases

    def take(self, rows: list[SpaceRow]) -> None:
        for row in rows:
            house = None if row.code is None else self._stored.house(row.code)
            space = self._take_space(row, house)
            lease = self._leases.get(space.id) if space.id else None
            self._take_lease(space, lease, row, house)
        if rows:
            absent = self._known.keys() - {row.space for row in rows}
            self._plan.left_alone(len(absent), "个车位")

    def _take_space(self, row: SpaceRow, house: House | None) -> ParkingSpace:
        facts: dict[str, Any] = {
            "place": row.place,
            "tenure": row.tenure,
            "status": row.status,
            "house_id": None if house is None else house.id,
            "owner": row.owner,
            "remark": row.remark,
        }
        space = self._known.get(row.space)
        if space is None:
            site_id, source = self._stored.site_id, self._plan.source
            space = ParkingSpace(
                site_id=site_id, code=row.space, source=source, **facts
            )
            self._plan.additions.add(space)
            self._plan.ledger.new(SPACES, f"新增车位 {row.space}")
            return space
        self._plan.edits.compare(SPACES, space, facts, row.space)
        if row.status == FREE and house is None and space.house_id is not None:
            self._plan.edits.plan(space, {"house_id": None})
        return space

    def _take_lease(
        self,
        space: ParkingSpace,
        lease: SpaceLease | None,
        row: SpaceRow,
        house: House | None,
    ) -> None:
        if row.status == FREE:
            if lease is not None:
                self._end(lease, row)
            return
        if not any(getattr(row, key) is not None for key in OF_A_LEASE):
            return
        facts = _facts(row, house)
        if lease is None:
            self._begin(space, facts, row)
        elif _another(lease, facts):
            self._end(lease, row)
            self._begin(space, facts, row)
        else:
            if lease.since is not None:
                del facts["since"]
            self._plan.edits.compare(LEASES, lease, facts, row.space)

    def _begin(self, space: ParkingSpace, facts: dict[str, Any], row: SpaceRow) -> None:
        lease = SpaceLease(source=self._plan.source, **facts)
        self._plan.additions.add(lease, space_id=space)
        words = f"{row.space} 新使用人 {row.user or row.plate or ''}".rstrip()
        # the user of a new space is told with the space
        self._plan.ledger.new(LEASES, None if space.id is None else words)

    def _end(self, lease: SpaceLease, row: SpaceRow) -> None:
        until = eve_of(row.since, lease.since, self._today)
        self._plan.edits.plan(lease, {"until": until})
        who = lease.user or lease.plate or ""
        self._plan.ledger.ended(LEASES, f"{row.space} 原使用人 {who} 至 {until} 止")


def _another(lease: SpaceLease, facts: Mapping[str, Any]) -> bool:
    """Somebody else, or the same on a later lease."""
    if None not in (facts["user"], lease.user) and facts["user"] != lease.user:
        return True
    return (facts["since"] or "") > (lease.since or "") and lease.since is not None


def _facts(row: SpaceRow, house: House | None) -> dict[str, Any]:
    return {
        "house_id": None if house is None else house.id,
        "user": row.user,
        "phone": row.phone,
        "plate": row.plate,
        "since": iso(row.since),
        "ends_on": iso(row.ends_on),
        "monthly": row.monthly,
    }
