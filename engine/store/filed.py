"""Which papers there are of a case or a house."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.estate import House
from engine.store.records import Record


def filed_kinds(
    session: Session,
    site_id: int,
    kinds: Collection[str],
    case_id: int | None,
    house_code: str | None = None,
) -> dict[str, str]:
    """The number of the newest valid paper of each kind: of the house where one is given,
    else of the case. One statement."""
    if house_code is None and case_id is None:
        return {}
    query = select(Record.kind, Record.number).where(
        Record.site_id == site_id, Record.kind.in_(kinds), Record.voided_at.is_(None)
    )
    if house_code is not None:
        query = query.where(Record.house_code == str(house_code))
    else:
        query = query.where(Record.case_id == case_id)
    found = session.execute(query.order_by(Record.id)).all()
    return {kind: number for kind, number in found}


def newest_of_house(
    session: Session, site_id: int, house_code: str, kind: str
) -> Record | None:
    """The newest valid paper of a kind about a house."""
    query = select(Record).where(
        Record.site_id == site_id,
        Record.house_code == house_code,
        Record.kind == kind,
        Record.voided_at.is_(None),
    )
    return session.scalar(query.order_by(Record.id.desc()).limit(1))


def house_state(session: Session, site_id: int, code: str) -> str | None:
    """The state of a house, "" where it has none; None where there is no such house."""
    query = select(House.status).where(House.site_id == site_id, House.code == code)
    found = session.execute(query).first()
    return None if found is None else found[0] or ""
