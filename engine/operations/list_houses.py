"""The houses of the site as a list, for a task that asks each household."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act, OperationFailed
from engine.store.estate import house_list


def run(act: Act, statuses: list[str] | None = None) -> list[dict[str, Any]]:
    """``unit_no``, ``building``, ``status`` and ``owner`` (names joined by 、) of every
    house, in the order of their numbers; ``statuses`` chooses among them."""
    if statuses is not None and not isinstance(statuses, list):
        raise OperationFailed(name="list_houses", reason="statuses 应是列表")
    return house_list(act.session, act.site_id, statuses)
