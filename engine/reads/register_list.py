"""The registers a person may read, with how many papers were numbered this year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.people import Person, may_read_register
from engine.registers import chosen_site, sites_of
from engine.runtime import Runtime
from engine.store.records import NumberSeries
from engine.store.staff import Site
from engine.store.terms import ZONE


@dataclass(frozen=True)
class RegisterLine:
    kind: str
    about: Mapping[str, Any]
    this_year: int
    ever: bool


@dataclass(frozen=True)
class RegisterList:
    """``groups``: the registers by the group of the registry, in its order."""

    groups: dict[str, list[RegisterLine]]
    site: Site
    sites: list[Site]


def register_list(
    session: Session, runtime: Runtime, person: Person, site: str = ""
) -> RegisterList:
    """Raises ``NotFound`` for a site that is not the person's."""
    chosen = chosen_site(session, person, site)
    year, counts, ever = datetime.now(ZONE).year, {}, set()
    query = select(NumberSeries).where(NumberSeries.site_id == chosen.id)
    for series in session.scalars(query):
        ever.add(series.kind)
        if series.year == year:
            counts[series.kind] = series.last
    groups: dict[str, list[RegisterLine]] = {}
    for kind, about in runtime.record_kinds.items():
        if may_read_register(person, about, chosen.id):
            line = RegisterLine(kind, about, counts.get(kind, 0), kind in ever)
            groups.setdefault(about.get("group", ""), []).append(line)
    return RegisterList(groups, chosen, sites_of(session, person))
