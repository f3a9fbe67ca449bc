"""Hand the keys of a house to its owner at the handover."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.operations.act import Act
from engine.operations.estate.key_moves import check_quantity, move_key
from engine.operations.estate.refusals import KeyElsewhere, KeyRefused
from engine.operations.estate.registry import find_house, name_of
from engine.store.estate import KEY_STATES, HouseKey

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
    the office keeps none.
    """
    house, receiver = find_house(act, unit_no), name_of(who, "领取人")
    query = select(HouseKey).where(
        HouseKey.house_id == house.id,
        HouseKey.kind.in_(KINDS),
        HouseKey.state.in_(("in_cabinet", "lent", "lost")),
    )
    query = query.order_by(HouseKey.id).execution_options(populate_existing=True)
    keys = list(act.session.scalars(query))
    for key in keys:
        if key.state != "in_cabinet":
            raise KeyElsewhere(key=key.code, state=KEY_STATES[key.state])
    total = sum(key.quantity for key in keys)
    if quantity is not None and check_quantity(quantity) != total:
        raise KeyRefused(reason=f"清点 {quantity} 把，清册登记 {total} 把。")
    for key in keys:
        move_key(act, key, "handed_over", who=receiver, on=on)
    return {"keys": [key.code for key in keys], "quantity": total}
