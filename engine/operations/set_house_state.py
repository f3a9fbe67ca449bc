"""Set the state of a house."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.operations.estate.refusals import HouseStateUnknown
from engine.operations.estate.registry import find_house
from engine.store.estate import HOUSE_STATES


def run(act: Act, unit_no: str, state: str) -> dict[str, Any]:
    """``state`` is one of unsold, not_handed_over, vacant, fitout, owner_occupied, let,
    office. Gives ``before`` and ``after``; the history keeps a change."""
    if state not in HOUSE_STATES:
        raise HouseStateUnknown(state=state)
    house = find_house(act, unit_no)
    before, house.status = house.status, state
    act.session.flush()
    if before != state:
        act.tell("house_state_set", unit_no=unit_no, before=before, after=state)
    return {"before": before, "after": state}
