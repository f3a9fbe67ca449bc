"""The keys of the site as a list: those that are out, say, for the check of the day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from engine.operations.act import Act, OperationFailed
from engine.operations.estate.registry import day_of
from engine.store.estate import House, HouseKey, KeyMove


def run(
    act: Act, states: list[str] | None = None, due_by: str | None = None
) -> list[dict[str, Any]]:
    """``key``, ``unit_no``, ``kind``, ``quantity``, ``state``, ``who``, ``since`` and
    ``due_on`` of each, in the order of their numbers; ``states`` (by default lent) and
    ``due_by`` (a day: what was due back on it or before) choose among them."""
    if states is not None and not isinstance(states, list):
        raise OperationFailed(name="list_keys", reason="states 应是列表")
    newest = (
        select(func.max(KeyMove.id))
        .where(KeyMove.key_id == HouseKey.id)
        .correlate(HouseKey)
        .scalar_subquery()
    )
    query = (
        select(HouseKey, House.code, KeyMove)
        .join(House, House.id == HouseKey.house_id)
        .outerjoin(KeyMove, KeyMove.id == newest)
        .where(HouseKey.site_id == act.site_id)
        .where(HouseKey.state.in_(states if states is not None else ["lent"]))
    )
    if due_by is not None:
        query = query.where(KeyMove.due_on <= day_of(act, due_by))
    rows = act.session.execute(query.order_by(HouseKey.code))
    return [_row(key, unit_no, move) for key, unit_no, move in rows]


def _row(key: HouseKey, unit_no: str, move: KeyMove | None) -> dict[str, Any]:
    return {
        "key": key.code,
        "unit_no": unit_no,
        "kind": key.kind,
        "quantity": move.quantity if move else key.quantity,
        "state": key.state,
        "who": move.who if move else None,
        "since": move.on if move else key.received_on,
        "due_on": move.due_on if move else None,
    }
