"""A house changes hands: new owners from a day, the old ones until the day before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from engine.operations.act import Act
from engine.operations.estate.parties import party_of
from engine.operations.estate.refusals import (
    DayTooEarly,
    PersonRefused,
    SharesRefused,
)
from engine.operations.estate.registry import (
    day_of,
    find_house,
    name_of,
    number_of,
    short,
)
from engine.store.estate import HouseParty, Party, links_of

WHOLE = 10_000  # hundredths of a percent
MOST_OWNERS = 50
LEAVING = ("owner", "family", "agent")  # tenants stay: a sale does not end a lease


def run(
    act: Act,
    unit_no: str,
    owners: list[dict[str, Any]],
    on: str | None = None,
    contract_no: str | None = None,
) -> dict[str, Any]:
    """``owners``: each with ``name``, and ``phone``, ``id_no``, ``share`` (percent),
    ``company`` where known; one alone has the whole. ``on`` is the first day of the new
    ones (by default today). Rows are dated, none is overwritten: who stays begins anew.
    Gives ``before`` and ``after`` (names) and ``on``.

    Refuses no owner, one twice, and shares of more than 100 %.
    """
    house, day = find_house(act, unit_no), day_of(act, on)
    shares = _shares(owners)
    before = _end(act, house.code, day)
    for owner, share in zip(owners, shares):
        known = {name: owner.get(name) for name in ("phone", "id_no", "company")}
        party = party_of(act, owner["name"], **known)
        act.session.add(party)
        link = HouseParty(house_id=house.id, party=party, relation="owner", share=share)
        link.since, link.contract_no = day, short(contract_no, 60)
        link.source = "case"
        act.session.add(link)
    act.session.flush()
    told = {"before": before, "after": [owner["name"] for owner in owners], "on": day}
    act.tell("ownership_transferred", unit_no=unit_no, **told)
    return told


def _shares(owners: Any) -> list[int | None]:
    """In hundredths of a percent, cut off: thirds stay within the whole."""
    if not isinstance(owners, list) or not 0 < len(owners) <= MOST_OWNERS:
        raise PersonRefused(reason="新业主应是 1 至 50 人。")
    if not all(isinstance(owner, dict) for owner in owners):
        raise PersonRefused(reason="新业主应逐行填写。")
    known = [(name_of(o.get("name")), str(o.get("id_no") or "")) for o in owners]
    if len(set(known)) < len(known):
        raise PersonRefused(reason="同一位新业主填写了两次。")
    shares = [_share(owner.get("share")) for owner in owners]
    total = sum(share or 0 for share in shares)
    if total > WHOLE:
        raise SharesRefused(total=f"{total / 100:g}")
    return [WHOLE] if len(owners) == 1 and shares == [None] else shares


def _share(percent: Any) -> int | None:
    if percent is None:
        return None
    number = number_of(percent)
    if number is None or not 0 < number:
        raise PersonRefused(reason="产权份额应大于 0。")
    return int(number * 100)


def _end(act: Act, code: str, day: str) -> list[str]:
    """The names of the owners until then; they leave on the eve."""
    eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    names: list[str] = []
    for relation in LEAVING:
        for link, party in links_of(act.session, act.site_id, code, relation) or []:
            _leave(link, party, day, eve)
            names += [party.name] if relation == "owner" else []
    return names


def _leave(link: HouseParty, party: Party, day: str, eve: str) -> None:
    if link.since is not None and day <= link.since:
        raise DayTooEarly(day=day, since=link.since)
    link.until = eve
