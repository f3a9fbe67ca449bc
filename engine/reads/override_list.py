"""Gates that were overridden: which, for which house, by whom and why; for managers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import NotYours
from engine.people import Person, operates
from engine.store.cases import Case
from engine.store.gate_overrides import GateOverride
from engine.store.staff import Staff

PAGE = 50


@dataclass(frozen=True)
class OverrideRow:
    """``answer`` is what the gate said then."""

    at: datetime
    by: str
    gate: str
    house: str | None
    reason: str
    answer: dict[str, Any]
    case_id: int
    case: str
    title: str


@dataclass(frozen=True)
class OverrideList:
    rows: list[OverrideRow]
    more: bool


def override_list(
    session: Session, person: Person, gate: str = "", q: str = "", page: int = 1
) -> OverrideList:
    """One page, the last decision first; ``gate`` chooses one, ``q`` is sought in houses,
    names, reasons and numbers. Raises ``NotYours``."""
    if not operates(person):
        raise NotYours()
    query = (
        select(
            GateOverride.at,
            Staff.name.label("by"),
            GateOverride.gate,
            GateOverride.house_code.label("house"),
            GateOverride.reason,
            GateOverride.answer,
            GateOverride.case_id,
            Case.number.label("case"),
            Case.title,
        )
        .join(Staff, Staff.id == GateOverride.by)
        .join(Case, Case.id == GateOverride.case_id)
        .order_by(GateOverride.id.desc())
    )
    if person.sites:
        query = query.where(GateOverride.site_id.in_(sorted(person.sites)))
    if gate:
        query = query.where(GateOverride.gate == gate)
    if q:
        sought = (GateOverride.house_code, GateOverride.reason, Staff.name, Case.number)
        has = (column.contains(q, autoescape=True) for column in sought)
        query = query.where(or_(*has))
    found = session.execute(query.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    rows = [OverrideRow(**row._mapping) for row in found[:PAGE]]
    return OverrideList(rows, len(found) > PAGE)
