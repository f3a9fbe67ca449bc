"""What the registry holds of one person or company; one statement each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from engine.store.estate.house_keys import HouseKey, KeyMove
from engine.store.estate.houses import House, HouseParty, Party
from engine.store.estate.of_house import MOST
from engine.store.estate.tenancies import Tenancy
from engine.store.estate.vehicles import Vehicle


def homes_of(
    session: Session, party_id: int
) -> Sequence[Row[HouseParty, House, Tenancy | None]]:
    """Every house the person belongs or belonged to."""
    query = (
        select(HouseParty, House, Tenancy)
        .join(House, House.id == HouseParty.house_id)
        .outerjoin(Tenancy, Tenancy.house_party_id == HouseParty.id)
        .where(HouseParty.party_id == party_id)
    )
    order = (HouseParty.until.is_not(None), House.code, HouseParty.id)
    return session.execute(query.order_by(*order).limit(MOST)).all()


def party_vehicles(session: Session, party_id: int) -> Sequence[Vehicle]:
    query = select(Vehicle).where(Vehicle.party_id == party_id)
    order = (Vehicle.until.is_not(None), Vehicle.id)
    return session.scalars(query.order_by(*order).limit(MOST)).all()


def keys_lent_to(
    session: Session, party: Party
) -> Sequence[Row[HouseKey, KeyMove, str]]:
    """Keys that are out in somebody's hands of that name, with the house's code: a loan
    is written down by name alone."""
    newest = (
        select(func.max(KeyMove.id))
        .where(KeyMove.key_id == HouseKey.id)
        .correlate(HouseKey)
        .scalar_subquery()
    )
    query = (
        select(HouseKey, KeyMove, House.code)
        .join(House, House.id == HouseKey.house_id)
        .join(KeyMove, KeyMove.id == newest)
        .where(HouseKey.site_id == party.site_id, HouseKey.state == "lent")
        .where(KeyMove.who == party.name)
    )
    return session.execute(query.order_by(HouseKey.code).limit(MOST)).all()
