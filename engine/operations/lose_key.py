"""Put down that a key is lost (P23.08)."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.operations.estate.key_moves import find_key, move_key
from engine.operations.estate.registry import name_of


def run(act: Act, key: str, remark: str, on: str | None = None) -> dict[str, Any]:
    """``remark`` says how and who answers for it. Gives ``key``, ``state`` and
    ``quantity``."""
    why = name_of(remark, "遗失说明")
    return move_key(act, find_key(act, key), "lost", remark=why, on=on)
