"""Hand the keys of a house to its owner at the handover."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from engine.operations.act import Act
from engine.operations.estate.key_moves import check_quantity, move_keys
from engine.operations.estate.refusals import HouseMissing, KeyRefused
from engine.operations.estate.registry import name_of
from engine.store.estate import House, HouseKey

KINDS = ("not_handed_over", "developer")


def run(
    act: Act,
    unit_no: str,
    who: str,
    quantity: int | None = None,
    on: str | None = None,
) -> dict[str, Any]:
    """All that the office keeps of the house for its handover, to ``who``; ``quantity``
    is what was counted at the counter, refused where the register has another number.

    Refuses while one of them is lent or lost. Gives ``keys`` and ``quantity``: none where
    the office keeps none (the developer may hand them over without it).
    """
    receiver = name_of(who, "领取人")
    counted = None if quantity is None else check_quantity(quantity)
    keys = _kept(act, unit_no)
    total = sum(key.quantity for key in keys)
    if keys and counted not in (None, total):
        raise KeyRefused(reason=f"清点 {counted} 把，清册登记 {total} 把。")
    bunches = [(key, key.quantity) for key in keys]
    move_keys(act, bunches, "handed_over", who=receiver, on=on)
    return {"keys": [key.code for key in keys], "quantity": total}


def _kept(act: Act, unit_no: object) -> list[Row[int, str, int, str]]:
    """The house's keys that wait for its handover: one question finds house and keys.
    Raises ``HouseMissing``."""
    query = (
        select(HouseKey.id, HouseKey.code, HouseKey.quantity, HouseKey.state)
        .select_from(House)
        .outerjoin(
            HouseKey,
            (HouseKey.house_id == House.id)
            & HouseKey.kind.in_(KINDS)
            & HouseKey.state.in_(("in_cabinet", "lent", "lost")),
        )
        .where(House.site_id == act.site_id, House.code == str(unit_no))
        .order_by(HouseKey.id)
    )
    found = act.session.execute(query).all()
    if not found:
        raise HouseMissing(unit_no=unit_no)
    return [row for row in found if row.id is not None]
