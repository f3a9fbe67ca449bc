"""Lend a key that is in the cabinet."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.operations.estate.key_moves import find_key, move_key
from engine.operations.estate.registry import name_of


def run(
    act: Act,
    key: str,
    who: str,
    due_on: str | None = None,
    quantity: int | None = None,
    company: str | None = None,
    approved_by: str | None = None,
    remark: str | None = None,
    on: str | None = None,
) -> dict[str, Any]:
    """``who`` has it until ``due_on``; ``quantity`` of the bunch, by default all. Gives
    ``key``, ``state`` and ``quantity``. A key that is out cannot be lent."""
    return move_key(
        act,
        find_key(act, key),
        "lent",
        who=name_of(who, "借用人"),
        due_on=due_on,
        quantity=quantity,
        company=company,
        approved_by=approved_by,
        remark=remark,
        on=on,
    )
