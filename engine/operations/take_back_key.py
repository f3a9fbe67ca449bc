"""A lent key comes back into the cabinet."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.operations.estate.key_moves import find_key, move_key


def run(
    act: Act,
    key: str,
    who: str | None = None,
    remark: str | None = None,
    on: str | None = None,
) -> dict[str, Any]:
    """``who`` brought it. Gives ``key``, ``state`` and ``quantity``."""
    return move_key(act, find_key(act, key), "back", who=who, remark=remark, on=on)
