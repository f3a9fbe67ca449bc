"""A key changes hands: its state by the statement that checks it, its move beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from engine.operations.act import Act
from engine.operations.estate.refusals import KeyElsewhere, KeyMissing, KeyRefused
from engine.operations.estate.registry import day_of, short
from engine.store.database import insert_rows
from engine.store.estate import KEY_STATES, HouseKey, KeyMove
from engine.store.writes import Change, Rows, write_all

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
    quantity = check_quantity(facts.pop("quantity", None) or key.quantity)
    if quantity > key.quantity:
        raise KeyRefused(reason=f"“{key.code}”只有 {key.quantity} 把。")
    move_keys(act, [(key, quantity)], what, **facts)
    return {"key": key.code, "state": MOVES[what][0], "quantity": quantity}


_MOVE = update(HouseKey).where(
    HouseKey.id.in_(bindparam("of_keys", expanding=True)),
    HouseKey.state.in_(bindparam("from_states", expanding=True)),
)


def move_keys(
    act: Act, keys: Sequence[tuple[Any, int]], what: str, **facts: Any
) -> None:
    """Keys as they were just read, with how many of each bunch: one statement for all.

    Raises ``KeyElsewhere``; ``StaleCase`` where another act took one since it was read:
    the act runs once more and is refused then.
    """
    state, before = MOVES[what]
    for key, _ in keys:
        if key.state not in before:
            raise KeyElsewhere(key=key.code, state=KEY_STATES.get(key.state, key.state))
    if not keys:
        return
    matching = {"of_keys": [key.id for key, _ in keys], "from_states": before}
    moves = [_move(act, key.id, what, quantity, **facts) for key, quantity in keys]
    taken = Change(_MOVE, matching, {"state": state}, rows=len(keys))
    write_all(act.session, [taken, Rows(KeyMove, moves)])
    for key, quantity in keys:
        found = {"key": key.code, "state": state, "quantity": quantity}
        told = {"before": key.state, "what": what, "who": facts.get("who")}
        act.tell("key_moved", **told, **found)


def add_move(act: Act, key_id: int, what: str, quantity: int, **facts: Any) -> None:
    insert_rows(act.session, KeyMove, [_move(act, key_id, what, quantity, **facts)])


def _move(
    act: Act, key_id: int, what: str, quantity: int, on: Any = None, **facts: Any
) -> dict[str, Any]:
    limits = {"who": 100, "company": 100, "approved_by": 60, "remark": 500}
    told = {name: short(facts.get(name), limit) for name, limit in limits.items()}
    due = facts.get("due_on")
    return {
        "key_id": key_id,
        "act": what,
        "quantity": quantity,
        "on": day_of(act, on),
        "due_on": None if due is None else day_of(act, due),
        "case_id": act.case_id,
        "by": act.person.id if act.person else None,
        "at": act.at,
        **told,
    }


def check_quantity(quantity: Any) -> int:
    """Raises ``KeyRefused``."""
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        raise KeyRefused(reason="数量应是整数。")
    if not 0 < quantity <= 200:
        raise KeyRefused(reason="数量应是 1 至 200。")
    return quantity
