"""Give a key in the cabinet back to whoever entrusted it."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.operations.estate.key_moves import find_key, move_key
from engine.operations.estate.registry import name_of


def run(
    act: Act,
    key: str,
    who: str,
    approved_by: str | None = None,
    remark: str | None = None,
    on: str | None = None,
) -> dict[str, Any]:
    """To ``who``, for good (a borrower's coming back is ``take_back_key``). Gives ``key``,
    ``state`` and ``quantity``."""
    facts = {"approved_by": approved_by, "remark": remark, "on": on}
    return move_key(
        act, find_key(act, key), "returned", who=name_of(who, "领取人"), **facts
    )
