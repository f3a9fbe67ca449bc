"""A house: who belongs to it, what it owes and holds, its cases and papers, what may be
started from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar import ZONE
from engine.errors import NotFound
from engine.people import Person, may_see_estate, may_see_money
from engine.reads.cases_of import CaseLine, cases_of_house
from engine.reads.house_states import StateChange, house_states
from engine.reads.papers_of import PaperList, papers_of_house
from engine.reads.startable import Offer, offers_at
from engine.registers import chosen_site
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.deposits import Deposit, deposits_of
from engine.store.estate import (
    Balance,
    House,
    HouseKey,
    HouseParty,
    KeyMove,
    Meter,
    MeterReading,
    ParkingSpace,
    Party,
    Tenancy,
    Vehicle,
    balances_of,
    keys_at,
    meters_at,
    people_of,
    spaces_of,
    vehicles_of,
)
from engine.store.staff import Site


@dataclass(frozen=True)
class Member:
    """Somebody of the house; ``past`` once the last day is over."""

    link: HouseParty
    party: Party
    lease: Tenancy | None
    past: bool


@dataclass(frozen=True)
class Owed:
    """What the sheet in force says; ``days`` is its age, None of a day to come. ``stale``
    where it is older than the site's ``balance_max_days``. Sums in fen."""

    as_of: str
    days: int | None
    stale: bool
    rows: list[Balance]
    today: str

    @property
    def overdue(self) -> int:
        return sum(row.owed for row in self.rows if row.is_due(self.today))


@dataclass(frozen=True)
class HouseView:
    """``deposits`` is None for who may not see money, ``owed`` without any sheet."""

    house: House
    site: Site
    people: list[Member]
    owed: Owed | None
    keys: Sequence[tuple[HouseKey, KeyMove | None]]
    vehicles: Sequence[Vehicle]
    spaces: Sequence[ParkingSpace]
    meters: Sequence[tuple[Meter, MeterReading | None]]
    deposits: Sequence[Deposit] | None
    cases: list[CaseLine]
    papers: PaperList
    states: list[StateChange]
    offers: list[Offer]

    def now(self, *relations: str) -> list[Member]:
        return [m for m in self.people if _is(m, relations) and not m.past]

    def earlier(self, *relations: str) -> list[Member]:
        return [m for m in self.people if _is(m, relations) and m.past]


def house_view(
    session: Session, runtime: Runtime, person: Person, code: str, site: str = ""
) -> HouseView:
    """One statement a list. Without ``site`` the first of the person's sites that has a
    house of that code. Raises ``NotFound``: also for who may not see it."""
    house, where = _find(session, person, code, site)
    today = now().astimezone(ZONE).date()
    money = may_see_money(person, where.id)
    return HouseView(
        house=house,
        site=where,
        people=_people(session, house, today),
        owed=_owed(session, runtime, where, house, today),
        keys=[(key, move) for key, move in keys_at(session, house.id)],
        vehicles=vehicles_of(session, house.id),
        spaces=spaces_of(session, house.id),
        meters=[(meter, last) for meter, last in meters_at(session, house.id)],
        deposits=deposits_of(session, where.id, house.code) if money else None,
        cases=cases_of_house(session, person, house),
        papers=papers_of_house(session, runtime, person, house.id),
        states=house_states(session, house),
        offers=offers_at(session, runtime, person, where.id),
    )


def _find(session: Session, person: Person, code: str, site: str) -> tuple[House, Site]:
    query = select(House, Site).join(Site, Site.id == House.site_id)
    query = query.where(House.code == code)
    if site:
        query = query.where(House.site_id == chosen_site(session, person, site).id)
    elif person.sites:
        query = query.where(House.site_id.in_(sorted(person.sites)))
    found = session.execute(query.order_by(House.site_id).limit(1)).first()
    if found is None or not may_see_estate(person, found[1].id):
        raise NotFound()
    return found[0], found[1]


def _people(session: Session, house: House, today: date) -> list[Member]:
    day = today.isoformat()
    return [
        Member(link, party, lease, link.until is not None and link.until < day)
        for link, party, lease in people_of(session, house.id)
    ]


def _is(member: Member, relations: tuple[str, ...]) -> bool:
    return member.link.relation in relations


def _owed(
    session: Session, runtime: Runtime, site: Site, house: House, today: date
) -> Owed | None:
    sheet, rows = balances_of(session, site.id, house.code) or (None, [])
    if sheet is None:
        return None
    age = (today - date.fromisoformat(sheet.as_of)).days
    limit = int(runtime.parameter(site, "balance_max_days"))
    days = age if age >= 0 else None
    return Owed(sheet.as_of, days, not 0 <= age <= limit, rows, today.isoformat())
