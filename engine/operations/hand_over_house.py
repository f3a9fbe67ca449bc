"""The register's side of a handover: the house now belongs to its owner's hands."""

from __future__ import annotations

from sqlalchemy import select

from engine.operations.act import Act, OperationFailed
from engine.store.estate import House

# a unit that was never handed over becomes vacant; one that is lived in stays as it is
BEFORE_HANDOVER = ("unsold", "not_handed_over", None)


def run(act: Act, unit_no: str, handed_over_on: str) -> None:
    house = act.session.scalar(
        select(House).where(House.site_id == act.site_id, House.code == unit_no)
    )
    if house is None:
        raise OperationFailed(name="hand_over_house", reason=f"没有房号“{unit_no}”")
    house.handed_over_on = handed_over_on
    if house.status in BEFORE_HANDOVER:
        house.status = "vacant"
