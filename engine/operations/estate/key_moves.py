"""A key changes hands: its state by the statement that checks it, its move beside it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from engine.operations.act import Act
from engine.operations.estate.refusals import KeyElsewhere, KeyMissing, KeyRefused
from engine.operations.estate.registry import day_of, short
from engine.store.database import changed_rows
from engine.store.estate import KEY_STATES, HouseKey, KeyMove

# what an act leads to, and the states it starts from
MOVES = {
    "received": ("in_cabinet", ("returned", "handed_over")),
    "lent": ("lent", ("in_cabinet",)),
    "back": ("in_cabinet", ("lent",)),
    "handed_over": ("handed_over", ("in_cabinet",)),
    "returned": ("returned", ("in_cabinet",)),
    "lost": ("lost", ("in_cabinet", "lent")),
}


def find_key(act: Act, code: object) -> HouseKey:
    """Raises ``KeyMissing``."""
    query = select(HouseKey).where(
        HouseKey.site_id == act.site_id, HouseKey.code == str(code).strip()
    )
    found = act.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise KeyMissing(key=code)
    return found


def move_key(act: Act, key: HouseKey, what: str, **facts: Any) -> dict[str, Any]:
    """``facts``: on, who, company, due_on, approved_by, remark, quantity. Of two who take
    the same key at once the second is refused. Raises ``KeyElsewhere``, ``KeyRefused``.
    """
    state, before = MOVES[what]
    quantity = check_quantity(facts.pop("quantity", None) or key.quantity)
    if quantity > key.quantity:
        raise KeyRefused(reason=f"“{key.code}”只有 {key.quantity} 把。")
    wanted = update(HouseKey).where(HouseKey.id == key.id, HouseKey.state.in_(before))
    if changed_rows(act.session, wanted.values(state=state)) != 1:
        raise KeyElsewhere(key=key.code, state=KEY_STATES.get(key.state, key.state))
    add_move(act, key.id, what, quantity, **facts)
    found = {"key": key.code, "state": state, "quantity": quantity}
    act.tell("key_moved", before=key.state, what=what, who=facts.get("who"), **found)
    return found


def add_move(
    act: Act, key_id: int, what: str, quantity: int, on: Any = None, **facts: Any
) -> None:
    limits = {"who": 100, "company": 100, "approved_by": 60, "remark": 500}
    told = {name: short(facts.get(name), limit) for name, limit in limits.items()}
    due = facts.get("due_on")
    act.session.add(
        KeyMove(
            key_id=key_id,
            act=what,
            quantity=quantity,
            on=day_of(act, on),
            due_on=None if due is None else day_of(act, due),
            case_id=act.case_id,
            by=act.person.id if act.person else None,
            at=act.at,
            **told,
        )
    )
    act.session.flush()


def check_quantity(quantity: Any) -> int:
    """Raises ``KeyRefused``."""
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        raise KeyRefused(reason="数量应是整数。")
    if not 0 < quantity <= 200:
        raise KeyRefused(reason="数量应是 1 至 200。")
    return quantity
