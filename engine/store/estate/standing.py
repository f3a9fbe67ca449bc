"""How a house stands: what it owes, who belongs to it, its keys and meters; one statement
each. None where there is no such house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from engine.store.estate.balances import Balance, BalanceSheet, newest_sheet
from engine.store.estate.house_keys import HouseKey, KeyMove
from engine.store.estate.houses import House, HouseParty, Party
from engine.store.estate.meters import Meter, MeterReading
from engine.store.estate.tenancies import Tenancy


def balances_of(
    session: Session, site_id: int, code: str
) -> tuple[BalanceSheet | None, list[Balance]] | None:
    """The sheet in force and what it says of a house."""
    newest = newest_sheet(site_id).scalar_subquery()
    owed = and_(Balance.sheet_id == newest, Balance.house_id == House.id)
    query = (
        _houses(site_id, code, BalanceSheet, Balance)
        .outerjoin(BalanceSheet, BalanceSheet.id == newest)
        .outerjoin(Balance, owed)
    )
    rows = session.execute(query.order_by(Balance.id)).all()
    if not rows:
        return None
    return rows[0][1], [balance for _, _, balance in rows if balance is not None]


def links_of(
    session: Session, site_id: int, code: str, relation: str
) -> list[tuple[HouseParty, Party]] | None:
    """Who belongs to a house that way now."""
    query = _now_linked(_houses(site_id, code, HouseParty, Party), relation)
    rows = session.execute(query.order_by(HouseParty.id)).all()
    return _beside(rows)


def tenants_of(
    session: Session, site_id: int, code: str
) -> list[dict[str, Any]] | None:
    """The tenants of a house now, with what is known of their leases."""
    query = _now_linked(_houses(site_id, code, HouseParty, Party, Tenancy), "tenant")
    query = query.outerjoin(Tenancy, Tenancy.house_party_id == HouseParty.id)
    found = _beside(session.execute(query.order_by(HouseParty.id)).all())
    if found is None:
        return None
    return [
        {
            "tenant": party.name,
            "since": link.since,
            "ends_on": lease.ends_on if lease else None,
            "owner_consents": lease.owner_consents if lease else None,
        }
        for link, party, lease in found
    ]


def keys_of(session: Session, site_id: int, code: str) -> list[dict[str, Any]] | None:
    """The keys of a house and in whose hands each is."""
    newest = (
        select(func.max(KeyMove.id))
        .where(KeyMove.key_id == HouseKey.id)
        .correlate(HouseKey)
        .scalar_subquery()
    )
    query = (
        _houses(site_id, code, HouseKey, KeyMove)
        .outerjoin(HouseKey, HouseKey.house_id == House.id)
        .outerjoin(KeyMove, KeyMove.id == newest)
    )
    found = _beside(session.execute(query.order_by(HouseKey.id)).all())
    if found is None:
        return None
    return [
        {
            "key": key.code,
            "quantity": key.quantity,
            "state": key.state,
            "who": move.who if move else None,
            "since": move.on if move else key.received_on,
        }
        for key, move in found
    ]


def meters_of(session: Session, site_id: int, code: str) -> list[dict[str, Any]] | None:
    """The meters that hang in a house and when each was read last."""
    newest = (
        select(func.max(MeterReading.read_on))
        .where(MeterReading.meter_id == Meter.id)
        .correlate(Meter)
        .scalar_subquery()
    )
    hangs = and_(Meter.house_id == House.id, Meter.until.is_(None))
    last = and_(MeterReading.meter_id == Meter.id, MeterReading.read_on == newest)
    query = _houses(site_id, code, Meter, MeterReading).outerjoin(Meter, hangs)
    query = query.outerjoin(MeterReading, last)
    found = _beside(session.execute(query.order_by(Meter.kind, Meter.id)).all())
    if found is None:
        return None
    return [
        {
            "kind": meter.kind,
            "meter": meter.number,
            "read_on": reading.read_on if reading else None,
            "reading": reading.value / 100 if reading else None,
        }
        for meter, reading in found
    ]


def _houses(site_id: int, code: str, *more: Any) -> Select[Any]:
    """The house, and beside it what is joined to it."""
    query = select(House.id, *more).select_from(House)
    return query.where(House.site_id == site_id, House.code == code)


def _now_linked(query: Select[Any], relation: str) -> Select[Any]:
    linked = and_(
        HouseParty.house_id == House.id,
        HouseParty.relation == relation,
        HouseParty.until.is_(None),
    )
    query = query.outerjoin(HouseParty, linked)
    return query.outerjoin(Party, Party.id == HouseParty.party_id)


def _beside(rows: Sequence[Row[Any]]) -> list[Any] | None:
    """What was joined to the house, row by row."""
    found = [list(row) for row in rows]
    return [row[1:] for row in found if row[1] is not None] if found else None
