"""Houses, people and vehicles by what somebody typed."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.people import Person
from engine.reads.hits import Hit, Tie, here
from engine.store.estate import House, HouseParty, Party, Vehicle, houses_meant
from engine.store.search_terms import (
    NAME,
    PART,
    PLATE,
    TAIL,
    TAIL_DIGITS,
    SearchTerm,
    beginning,
    small,
)

LEAST_OF_A_PLATE = 3
_PLATE = re.compile(r"[\u3400-\u9fff]?[A-Z0-9]{1,9}[\u3400-\u9fff]?")
_DOTS = re.compile(r"[•‧∙・･.．・·\s-]")


def find_houses(session: Session, person: Person, text: str, most: int) -> list[Hit]:
    meant = houses_meant(text)
    if meant is None:
        return []
    query = select(House).where(meant, *here(person, House.site_id))
    houses = session.scalars(
        query.order_by(House.code, House.site_id).limit(most + 1)
    ).all()
    ties = _ties(session, HouseParty.house_id, [house.id for house in houses])
    return [
        Hit(
            id=house.id,
            title=house.code,
            site_id=house.site_id,
            house=house.code,
            state=house.status,
            ties=[
                Tie(tie.name, tie.relation, False)
                for tie in ties.get(house.id, ())
                if tie.until is None
            ],
        )
        for house in houses
    ]


def find_people(session: Session, person: Person, text: str, most: int) -> list[Hit]:
    parties = _parties(session, person, text, most)
    ties = _ties(session, HouseParty.party_id, [party.id for party in parties])
    return [
        Hit(
            id=party.id,
            title=party.name,
            site_id=party.site_id,
            told=_phone(party, text),
            state=party.kind,
            ties=[
                Tie(tie.code, tie.relation, tie.until is not None)
                for tie in ties.get(party.id, ())
            ],
        )
        for party in parties
    ]


def _phone(party: Party, text: str) -> str:
    """Of two phones the one that was meant."""
    other, digits = party.other_phone or "", _digits(text)
    return other if digits and other.endswith(digits) else party.phone or ""


def _digits(text: str) -> str:
    """The end of a phone number; "" for what is none."""
    given = unicodedata.normalize("NFKC", text).replace("-", "").replace(" ", "")
    return given if given.isascii() and given.isdigit() else ""


def _parties(session: Session, person: Person, text: str, most: int) -> list[Party]:
    """Those whose name begins so first, that very name before all."""
    digits = _digits(text)
    if digits and len(digits) < TAIL_DIGITS:
        return []
    listed = (
        [_tailed(person, digits, most)]
        if digits
        else [_named(person, kind, text, most) for kind in (NAME, PART)]
    )
    terms = union_all(*(select(each.subquery()) for each in listed)).subquery()
    query = select(Party).join(terms, terms.c.row_id == Party.id)
    query = query.order_by(terms.c.kind, terms.c.term, Party.id)
    # a name may stand under several of its ends
    found = {party.id: party for party in session.scalars(query)}
    return [*found.values()][: most + 1]


Listed = Select[str, str, int]


def _named(person: Person, kind: str, text: str, most: int) -> Listed:
    found = _listed(person, beginning(kind, small(text)))
    order = (SearchTerm.term, SearchTerm.site_id, SearchTerm.row_id)
    return found.order_by(*order).limit(2 * (most + 1))


def _tailed(person: Person, digits: str, most: int) -> Listed:
    """By the last digits of a phone, or by more of its end."""
    last = SearchTerm.term == digits[-TAIL_DIGITS:]
    phones = (Party.phone, Party.other_phone)
    ends = or_(*(phone.endswith(digits) for phone in phones))
    found = _listed(person, (SearchTerm.kind == TAIL) & last)
    found = found.join(Party, Party.id == SearchTerm.row_id).where(ends)
    return found.order_by(SearchTerm.row_id).limit(most + 1)


def _listed(person: Person, condition: ColumnElement[bool]) -> Listed:
    query = select(SearchTerm.kind, SearchTerm.term, SearchTerm.row_id)
    return query.where(condition, *here(person, SearchTerm.site_id))


Ties = dict[int, list[Any]]


def _ties(session: Session, by: InstrumentedAttribute[int], ids: list[int]) -> Ties:
    """Who belongs to which house of these, by house or by party; one statement."""
    if not ids:
        return {}
    query = (
        select(by, HouseParty.relation, HouseParty.until, Party.name, House.code)
        .join(Party, Party.id == HouseParty.party_id)
        .join(House, House.id == HouseParty.house_id)
        .where(by.in_(ids))
        .order_by(HouseParty.until.is_not(None), HouseParty.id)
    )
    found: Ties = {}
    for row in session.execute(query):
        found.setdefault(row[0], []).append(row)
    return found


def find_vehicles(session: Session, person: Person, text: str, most: int) -> list[Hit]:
    plate = _DOTS.sub("", unicodedata.normalize("NFKC", text).upper())
    if not _PLATE.fullmatch(plate) or len(plate) < LEAST_OF_A_PLATE:
        return []
    query = (
        select(Vehicle, House.code)
        .join(SearchTerm, SearchTerm.row_id == Vehicle.id)
        .outerjoin(House, House.id == Vehicle.house_id)
        .where(beginning(PLATE, plate), *here(person, SearchTerm.site_id))
        .order_by(SearchTerm.term, SearchTerm.site_id, SearchTerm.row_id)
        .limit(2 * (most + 1))
    )
    hits = {
        vehicle.id: Hit(
            id=vehicle.id,
            title=vehicle.plate,
            site_id=vehicle.site_id,
            house=code,
            party=vehicle.party_id,
            told=vehicle.keeper or "",
            past=vehicle.until is not None,
        )
        for vehicle, code in session.execute(query)
    }
    return sorted(hits.values(), key=lambda hit: hit.past)[: most + 1]
