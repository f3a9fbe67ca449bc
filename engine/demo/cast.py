"""Who lives and works on the demo site: read once, chosen from by chance that is seeded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum.cn.ric import calc_check_digit

from engine.operations.hand_over_house_keys import KINDS
from engine.people import Person
from engine.reads.signed_in import person_of
from engine.sealing import Seal
from engine.store.estate import (
    Balance,
    BalanceSheet,
    House,
    HouseKey,
    HouseParty,
    Party,
)
from engine.store.staff import Staff

Facts = dict[str, Any]
SURNAMES = "沈方孔白尹康邹熊"
GIVEN = ("清和", "怀瑾", "若水", "知远", "云舒", "景明", "书言", "南星", "予安")


@dataclass
class Cast:
    """``houses`` by state, each as the names that answers may use; none is given twice
    while there is another."""

    staff: Sequence[Person]
    houses: dict[str, list[Facts]]
    random: Random

    def worker(self, role: str, username: str | None = None) -> Person | None:
        """Who does the work of a role: somebody else each time, where there are several."""
        fitting = [p for p in self.staff if role in p.roles or username == p.username]
        named = [person for person in fitting if person.username == username]
        return self.random.choice(named or fitting) if fitting else None

    def house(self, states: Iterable[str]) -> Facts:
        state = self.random.choice([s for s in states if self.houses.get(s)])
        waiting = self.houses[state]
        waiting.append(waiting.pop(0))
        return waiting[-1]


def read_cast(session: Session, seal: Seal, site_id: int, random: Random) -> Cast:
    accounts = session.scalars(select(Staff).order_by(Staff.id)).unique()
    staff = [person_of(each) for each in accounts if each.active]
    here = [p for p in staff if not p.administrator and site_id in p.sites]
    houses = defaultdict(list)
    for facts in _houses(session, seal, site_id):
        houses[facts["state"]].append(facts)
        if facts["owes"]:
            houses[f"{facts['state']} owing"].append(facts)
    for listed in houses.values():
        random.shuffle(listed)
    return Cast(here, dict(houses), random)


def _houses(session: Session, seal: Seal, site_id: int) -> list[Facts]:
    query = (
        select(House, HouseParty.relation, Party)
        .outerjoin(
            HouseParty,
            (HouseParty.house_id == House.id) & HouseParty.until.is_(None),
        )
        .outerjoin(Party, Party.id == HouseParty.party_id)
        .where(House.site_id == site_id)
        .order_by(House.id, HouseParty.id)
    )
    owing, keys = _owing(session, site_id), _keys(session, site_id)
    found: dict[int, Facts] = {}
    for house, relation, party in session.execute(query):
        if house.id not in found:
            found[house.id] = {
                "unit_no": house.code,
                "state": house.status,
                "owes": house.id in owing,
                "keys": keys.get(house.id, 5),
                "owner": None,
                "tenant": None,
            }
        facts = found[house.id]
        if relation in ("owner", "tenant") and facts[relation] is None:
            facts |= _person(relation, party, seal)
    buyers = map(_buyer, range(len(found)))
    for facts in found.values():
        if facts["owner"] is None:  # nobody has come for it yet
            facts |= next(buyers)
    return [each for each in found.values() if each["owner_id_no"]]


def _buyer(number: int) -> Facts:
    """Somebody who comes for a house: a region that does not exist, a valid digit."""
    start = f"990101{1975 + number}0{1 + number % 9}1{number % 9}0{number % 90:02d}"
    id_no = start + calc_check_digit(f"{start}0")
    return {
        "owner": SURNAMES[number % len(SURNAMES)] + GIVEN[number * 7 % len(GIVEN)],
        "owner_phone": f"1540000{7000 + number}",
        "owner_id_no": id_no,
        "owner_tail": id_no[-4:],
        "birthday": f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}",
    }


def _person(relation: str, party: Party, seal: Seal) -> Facts:
    number = seal.open(party.id_no) if party.id_no and party.kind == "person" else None
    return {
        relation: party.name,
        f"{relation}_phone": party.phone,
        f"{relation}_id_no": number,
        f"{relation}_tail": party.id_tail,
    }


def _keys(session: Session, site_id: int) -> dict[int, int]:
    """How many keys the office keeps for the handover of each house."""
    query = select(HouseKey.house_id, func.sum(HouseKey.quantity))
    query = query.where(HouseKey.site_id == site_id, HouseKey.kind.in_(KINDS))
    query = query.where(HouseKey.state == "in_cabinet")
    found = session.execute(query.group_by(HouseKey.house_id))
    return {house_id: int(total) for house_id, total in found}


def _owing(session: Session, site_id: int) -> set[int]:
    query = select(Balance.house_id).join(BalanceSheet)
    query = query.where(BalanceSheet.site_id == site_id, Balance.due > Balance.paid)
    return set(session.scalars(query.where(Balance.due_on <= BalanceSheet.as_of)))
