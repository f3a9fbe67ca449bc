"""What the registry of an estate holds in tests: balances, keys, meters, tenants."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.tables import (
    Balance,
    BalanceSheet,
    House,
    HouseKey,
    HouseParty,
    Meter,
    MeterReading,
    Party,
    Site,
    Tenancy,
)
from tests.cast import Office

HOUSE = "1-1-0102"


def house_id(session: Session, code: str = HOUSE) -> int:
    return session.scalars(select(House.id).where(House.code == code)).one()


def add_sheet(
    office: Office, as_of: str, *owed: tuple[str, int, int, str | None], **more: Any
) -> None:
    """A balance sheet of the house; ``owed``: item, due, paid (fen), due_on."""
    with office.sessions.begin() as session:
        sheet = BalanceSheet(site_id=office.site_id, as_of=as_of, **more)
        session.add(sheet)
        session.flush()
        own = house_id(session)
        session.add_all(
            Balance(
                sheet_id=sheet.id,
                house_id=own,
                item=item,
                due=due,
                paid=paid,
                due_on=due_on,
            )
            for item, due, paid, due_on in owed
        )


def add_key(
    office: Office,
    code: str,
    state: str = "in_cabinet",
    house: str = HOUSE,
    **more: Any,
) -> None:
    with office.sessions.begin() as session:
        of_house = house_id(session, house)
        values = {"kind": "entrusted", "state": state, **more}
        key = HouseKey(site_id=office.site_id, code=code, house_id=of_house, **values)
        session.add(key)


def add_meter(
    office: Office, number: str, kind: str, *readings: tuple[str, int], **more: Any
) -> None:
    """``readings``: day and value in hundredths."""
    with office.sessions.begin() as session:
        meter = Meter(
            site_id=office.site_id,
            house_id=house_id(session),
            kind=kind,
            number=number,
            **more,
        )
        meter.readings = [MeterReading(read_on=on, value=v) for on, v in readings]
        session.add(meter)


def add_tenant(
    office: Office, name: str, consents: bool | None, until: str | None = None
) -> None:
    with office.sessions.begin() as session:
        party = Party(site_id=office.site_id, name=name, phone="15400000299")
        link = HouseParty(
            house_id=house_id(session),
            party=party,
            relation="tenant",
            since="2026-01-01",
            until=until,
        )
        session.add(Tenancy(link=link, owner_consents=consents))


def set_parameters(office: Office, **values: Any) -> None:
    with office.sessions.begin() as session:
        site = session.get_one(Site, office.site_id)
        site.parameters = {**site.parameters, **values}
