"""The register's side of a handover: the house now belongs to its owner's hands."""

from __future__ import annotations

from sqlalchemy import case, or_, update

from engine.operations.act import Act, OperationFailed
from engine.store.database import changed_rows
from engine.store.estate import House


def run(act: Act, unit_no: str, handed_over_on: str) -> None:
    """A unit that was never handed over becomes vacant; one lived in stays as it is."""
    never = or_(House.status.is_(None), House.status.in_(("unsold", "not_handed_over")))
    changed = changed_rows(
        act.session,
        update(House)
        .where(House.site_id == act.site_id, House.code == unit_no)
        .values(
            handed_over_on=handed_over_on,
            status=case((never, "vacant"), else_=House.status),
        ),
    )
    if changed != 1:
        raise OperationFailed(name="hand_over_house", reason=f"没有房号“{unit_no}”")
