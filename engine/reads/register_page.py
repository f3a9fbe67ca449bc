"""One page of a register: the papers a filter asks for, as cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.people import Person, may_reveal
from engine.registers import (
    Register,
    Wanted,
    cell_text,
    chosen_site,
    records_at,
    register_of,
    search_for,
    sites_of,
)
from engine.registers.wanted import address_of, place_of
from engine.runtime import Runtime
from engine.store.records import NumberSeries, Record
from engine.store.register_search import Place, Search, page_of
from engine.store.staff import Site

PAGE = 50


@dataclass(frozen=True)
class RegisterRow:
    id: int
    number: str
    house: str
    created_at: datetime
    voided: bool
    cells: list[str]


@dataclass(frozen=True)
class RegisterPage:
    """``before`` and ``after`` are the places where the pages beside this one end and
    begin, "" where there is none."""

    register: Register
    wanted: Wanted
    site: Site
    sites: list[Site]
    years: list[int]
    rows: list[RegisterRow]
    before: str
    after: str
    may_reveal: bool


def register_page(
    session: Session,
    runtime: Runtime,
    person: Person,
    kind: str,
    args: Mapping[str, str],
    lang: str = "zh",
    size: int = PAGE,
) -> RegisterPage:
    """Raises ``NotFound``: also where a person may not read the register."""
    sites = sites_of(session, person)
    first = str(sites[0].id) if sites else ""
    site = chosen_site(session, person, args.get("site", "") or first)
    register = register_of(session, runtime, person, kind, site.id)
    wanted = Wanted.read(register, args)
    search = search_for(register, wanted, site.id)
    places, before, after = _places(session, search, wanted, size)
    rows = [
        _row(register, record, lang)
        for record in records_at(session, [record_id for _, record_id in places])
    ]
    years = session.scalars(
        select(NumberSeries.year)
        .where(NumberSeries.site_id == site.id, NumberSeries.kind == kind)
        .order_by(NumberSeries.year.desc())
    )
    return RegisterPage(
        register,
        wanted,
        site,
        sites,
        list(years),
        rows,
        before,
        after,
        may_reveal(person, site.id),
    )


def _places(
    session: Session, search: Search, wanted: Wanted, size: int
) -> tuple[list[Place], str, str]:
    """The page's places, and where the pages beside it are."""
    back = place_of(wanted.before, search.order) if wanted.before else None
    start = place_of(wanted.after, search.order) if wanted.after else None
    if back is not None:
        backwards = replace(search, descending=not search.descending)
        found = page_of(session, backwards, back, size + 1)
        places, earlier, later = found[:size][::-1], len(found) > size, True
    else:
        found = page_of(session, search, start, size + 1)
        places, earlier, later = found[:size], start is not None, len(found) > size
    if not places:
        return [], "", ""
    return (
        places,
        address_of(places[0], search.order) if earlier else "",
        address_of(places[-1], search.order) if later else "",
    )


def _row(register: Register, record: Record, lang: str) -> RegisterRow:
    return RegisterRow(
        record.id,
        record.number,
        record.house_code or "",
        record.created_at,
        record.voided_at is not None,
        [cell_text(c, record.data.get(c.name), lang) for c in register.columns],
    )
