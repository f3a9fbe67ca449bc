"""A person or company: the houses, vehicles, keys, deposits, cases and papers of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.calendar import ZONE
from engine.errors import NotFound
from engine.people import Person, may_see_estate, may_see_identity, may_see_money
from engine.reads.cases_of import CaseLine, cases_of_party
from engine.reads.papers_of import PaperList, papers_of_party
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.deposits import Deposit, deposits_paid_by
from engine.store.estate import (
    House,
    HouseKey,
    HouseParty,
    KeyMove,
    Party,
    Tenancy,
    Vehicle,
    homes_of,
    keys_lent_to,
    party_vehicles,
)
from engine.store.staff import Site


@dataclass(frozen=True)
class Home:
    """A house somebody belongs to; ``past`` once the last day is over."""

    link: HouseParty
    house: House
    lease: Tenancy | None
    past: bool


@dataclass(frozen=True)
class PartyView:
    """``deposits`` is None for who may not see money; ``identity`` whether the whole
    identity number may be asked for."""

    party: Party
    site: Site
    identity: bool
    homes: list[Home]
    vehicles: Sequence[Vehicle]
    keys: Sequence[tuple[HouseKey, KeyMove, str]]
    deposits: Sequence[Deposit] | None
    cases: list[CaseLine]
    papers: PaperList


def party_seen_by(session: Session, person: Person, party_id: int) -> Party:
    """Raises ``NotFound``: also for who may not see them."""
    party = session.get(Party, party_id)
    if party is None or not may_see_estate(person, party.site_id):
        raise NotFound()
    return party


def party_view(
    session: Session, runtime: Runtime, person: Person, party_id: int
) -> PartyView:
    """One statement a list. Raises ``NotFound``."""
    party = party_seen_by(session, person, party_id)
    homes = _homes(session, party)
    codes = {home.house.code for home in homes}
    money = may_see_money(person, party.site_id)
    return PartyView(
        party=party,
        site=session.get_one(Site, party.site_id),
        identity=may_see_identity(person, party.site_id),
        homes=homes,
        vehicles=party_vehicles(session, party.id),
        keys=[(key, move, code) for key, move, code in keys_lent_to(session, party)],
        deposits=_deposits(session, party, codes) if money else None,
        cases=cases_of_party(session, person, party),
        papers=papers_of_party(session, runtime, person, party.id),
    )


def _homes(session: Session, party: Party) -> list[Home]:
    day = now().astimezone(ZONE).date().isoformat()
    return [
        Home(link, house, lease, link.until is not None and link.until < day)
        for link, house, lease in homes_of(session, party.id)
    ]


def _deposits(session: Session, party: Party, codes: set[str]) -> Sequence[Deposit]:
    return deposits_paid_by(session, party.site_id, party.name, codes)
