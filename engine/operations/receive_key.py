"""Take a key into the office's keeping."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.operations.estate.key_moves import (
    MOVES,
    add_move,
    check_quantity,
    find_key,
    move_key,
)
from engine.operations.estate.refusals import KeyMissing, KeyRefused, KeyThere
from engine.operations.estate.registry import day_of, find_house, short
from engine.store.estate import KEY_STATES, HouseKey

KINDS = ("not_handed_over", "developer", "entrusted", "retained")


def run(
    act: Act,
    key: str,
    unit_no: str,
    kind: str = "entrusted",
    quantity: int = 1,
    vacant: bool | None = None,
    place: str | None = None,
    on: str | None = None,
    who: str | None = None,
) -> dict[str, Any] | None:
    """The bunch ``key`` of a house, from ``who``; ``kind``: not_handed_over, developer,
    entrusted or retained. One that was given back before comes in again. With a quantity
    of 0 nothing is received. Gives ``key``, ``state`` and ``quantity``."""
    if quantity == 0:
        return None
    code = str(key or "").strip()
    if not 0 < len(code) <= 20 or "\x00" in code:
        raise KeyRefused(reason="钥匙编号应是 1 至 20 个字。")
    if kind not in KINDS:
        raise KeyRefused(reason=f"没有“{kind}”这类钥匙。")
    count, house = check_quantity(quantity), find_house(act, unit_no)
    facts = {
        "house_id": house.id,
        "kind": kind,
        "quantity": count,
        "vacant": vacant,
        "place": short(place, 60),
        "received_on": day_of(act, on),
    }
    again = _known(act, code)
    if again is None:
        return _first(act, code, facts, who)
    for name, value in facts.items():
        setattr(again, name, value)
    return move_key(act, again, "received", who=who, on=on)


def _known(act: Act, code: str) -> HouseKey | None:
    """The key of that number, where it was here before and is not any more."""
    try:
        found = find_key(act, code)
    except KeyMissing:
        return None
    if found.state not in MOVES["received"][1]:
        raise KeyThere(key=code, state=KEY_STATES.get(found.state, found.state))
    return found


def _first(
    act: Act, code: str, facts: dict[str, Any], who: str | None
) -> dict[str, Any]:
    key = HouseKey(site_id=act.site_id, code=code, state="in_cabinet", **facts)
    act.session.add(key)
    act.session.flush()
    on = facts["received_on"]
    add_move(act, key.id, "received", key.quantity, on=on, who=who)
    found = {"key": code, "state": "in_cabinet", "quantity": key.quantity}
    act.tell("key_moved", before=None, what="received", who=who, **found)
    return found
