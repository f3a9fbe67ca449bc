"""Who owns which house from when to when: rows are ended and begun, never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.actions.register_edits import change_of
from engine.actions.register_plan import RegisterPlan
from engine.actions.stored_owners import OWNER
from engine.imports.kinds.register import Ownership
from engine.store.estate import House, HouseParty, Party

LINKS = "产权关系"
# what was true stays on record: a new value of these is a new row
DATED = ("share", "contract_no")


@dataclass(frozen=True)
class Turn:
    """When a house changes hands; ISO dates. ``latest``: since when the last owner is
    there, empty where nobody is or nobody knows."""

    day: str
    eve: str
    latest: str
    vacant: bool

    @classmethod
    def of(
        cls, current: Sequence[HouseParty], newcomers: Iterable[Ownership], today: date
    ) -> Turn:
        """The new owners' day of handover, where it lies after the present owners'; a
        register often keeps the first handover's date: then it is today."""
        latest = max((link.since or "" for link in current), default="")
        days = [owner.since for owner in newcomers if owner.since is not None]
        later = [day for day in days if day.isoformat() > latest]
        if not later:
            now = max(today.isoformat(), latest)
            return cls(now, now, latest, not current)
        day = min(later)
        eve = (day - timedelta(days=1)).isoformat()
        return cls(day.isoformat(), eve, latest, not current)

    def since(self, owner: Ownership) -> str | None:
        own = None if owner.since is None else owner.since.isoformat()
        if self.vacant or own is not None and own > self.latest:
            return own
        return self.day


class LinkPlan:
    def __init__(self, plan: RegisterPlan, today: date) -> None:
        self._plan, self._today = plan, today
        self._ledger, self._edits = plan.ledger, plan.edits

    def take(
        self,
        house: House,
        current: Sequence[HouseParty],
        owners: Sequence[tuple[Ownership, Party]],
        names: dict[int, str],
    ) -> None:
        """``names``: of stored parties, by id. A house that the file gives no owner keeps
        those it has."""
        if not owners:
            return
        held = {link.party_id: link for link in current}
        new = [owner for owner, party in owners if party.id not in held]
        turn = Turn.of(current, new, self._today)
        for owner, party in owners:
            link = held.pop(party.id, None)
            if link is None:
                self._begin(house, party, owner, turn)
            else:
                self._continue(house, party, link, owner, turn)
        for link in held.values():
            self._edits.plan(link, {"until": turn.eve})
            words = f"{house.code} 原业主 {names[link.party_id]} 至 {turn.eve} 止"
            self._ledger.ended(LINKS, words)

    def _begin(self, house: House, party: Party, owner: Ownership, turn: Turn) -> None:
        values = _facts(owner) | {"since": turn.since(owner)}
        self._add(house, party, values)
        since = f"，自 {values['since']} 起" if values["since"] else ""
        words = f"{house.code} 新业主 {owner.party.name}{since}"
        # the owners of a new house are told with the house
        self._ledger.new(LINKS, None if house.id is None else words)

    def _add(self, house: House, party: Party, values: dict[str, Any]) -> None:
        link = HouseParty(relation=OWNER, source=self._plan.source, **values)
        self._plan.additions.add(link, house_id=house, party_id=party)

    def _continue(
        self,
        house: House,
        party: Party,
        link: HouseParty,
        owner: Ownership,
        turn: Turn,
    ) -> None:
        facts = _facts(owner)
        who = f"{house.code} {owner.party.name}"
        stored = {name: getattr(link, name) for name in facts}
        changed = [
            name
            for name in DATED
            if None not in (facts[name], stored[name]) and facts[name] != stored[name]
        ]
        if not changed:
            if link.since is None and owner.since is not None:
                facts["since"] = owner.since.isoformat()
            self._edits.compare(LINKS, link, facts, who)
            return
        given = {name: value for name, value in facts.items() if value is not None}
        self._edits.plan(link, {"until": turn.eve})
        self._add(house, party, stored | given | {"since": turn.day})
        words = (change_of(name, stored[name], facts[name]) for name in changed)
        self._ledger.changed(
            LINKS, *(f"{who} {change}，自 {turn.day} 起" for change in words)
        )


def _facts(owner: Ownership) -> dict[str, Any]:
    """Shares are kept in hundredths of a percent, cut off: thirds stay within the whole."""
    return {
        "share": None if owner.share is None else int(owner.share * 10_000),
        "contract_no": owner.contract_no,
        "remark": owner.remark,
    }
