"""How many papers a filter of a register finds, and the sums of its money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.forms import Field
from engine.people import Person
from engine.registers import Register, Wanted, chosen_site, register_of, search_for
from engine.runtime import Runtime
from engine.store.register_search import beginning_with, count_of, sums_of
from engine.store.terms import place


@dataclass(frozen=True)
class RegisterTotals:
    """How many papers a filter finds, and by column the sum in fen of those not void."""

    register: Register
    wanted: Wanted
    count: int
    sums: list[tuple[Field, int]]


def register_totals(
    session: Session,
    runtime: Runtime,
    person: Person,
    kind: str,
    args: Mapping[str, str],
) -> RegisterTotals:
    """Asked for by itself, after the page: it reads every paper the filter finds."""
    site = chosen_site(session, person, args.get("site", ""))
    register = register_of(session, runtime, person, kind, site.id)
    wanted = Wanted.read(register, args)
    search = search_for(register, wanted, site.id)
    columns = register.totals
    ranges = [beginning_with(place(site.id, kind, c.name)) for c in columns]
    sums = (total for _, total in sums_of(session, search, ranges))
    return RegisterTotals(
        register,
        wanted,
        count_of(session, search),
        list(zip(columns, sums, strict=True)),
    )
