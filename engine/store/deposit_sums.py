"""What is held, as gates and pages ask it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.deposits import Deposit


def deposits_of(
    session: Session, site_id: int, house_code: str, kind: str | None = None
) -> list[Deposit]:
    """The deposits of a house of which something is held, the oldest first."""
    held = Deposit.taken - Deposit.deducted - Deposit.refunded
    query = select(Deposit).where(
        Deposit.site_id == site_id, Deposit.house_code == house_code, held > 0
    )
    if kind is not None:
        query = query.where(Deposit.kind == kind)
    query = query.order_by(Deposit.id).execution_options(populate_existing=True)
    return list(session.scalars(query))
