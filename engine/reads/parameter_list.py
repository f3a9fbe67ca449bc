"""The numbers of a site that its manager may set, and who set which when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotYours
from engine.people import Person, manages
from engine.registers import chosen_site, sites_of
from engine.runtime import Runtime
from engine.site_parameters import is_settable
from engine.store.staff import Parameter, Site, Staff

LATEST = 50


@dataclass(frozen=True)
class ParameterRow:
    name: str
    title: str
    value: Any
    default: Any


@dataclass(frozen=True)
class ParameterChange:
    at: datetime
    by: str | None
    name: str
    value: Any


@dataclass(frozen=True)
class ParameterList:
    site: Site
    sites: list[Site]
    rows: list[ParameterRow]
    changes: list[ParameterChange]


def parameter_list(
    session: Session, runtime: Runtime, person: Person, site: str = ""
) -> ParameterList:
    """The latest changes first; one statement beside the sites'. Raises ``NotYours``,
    ``NotFound``."""
    found = chosen_site(session, person, site)
    if not manages(person, found.id):
        raise NotYours()
    rows = [
        ParameterRow(
            name, about["title"], runtime.parameter(found, name), about["value"]
        )
        for name, about in runtime.parameters.items()
        if is_settable(name)
    ]
    query = (
        select(Parameter.set_at, Staff.name, Parameter.name, Parameter.value)
        .outerjoin(Staff, Staff.id == Parameter.set_by)
        .where(Parameter.site_id == found.id)
        .where(Parameter.name.in_([row.name for row in rows]))
        .order_by(Parameter.id.desc())
        .limit(LATEST)
    )
    changes = [ParameterChange(*each) for each in session.execute(query)]
    return ParameterList(found, sites_of(session, person), rows, changes)
