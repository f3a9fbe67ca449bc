"""How the state of a house changed: by which case or import, when, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.cases import Case
from engine.store.estate import House, imported_states
from engine.store.history import Event


@dataclass(frozen=True)
class StateChange:
    """``case`` and who acted in it, or the ``file`` of an import."""

    at: datetime
    before: str | None
    after: str | None
    by: str = ""
    case_id: int | None = None
    case: str = ""
    file: str = ""


def house_states(session: Session, house: House) -> list[StateChange]:
    """The last change first; two statements."""
    query = (
        select(Event.at, Event.actor, Event.detail, Case.id, Case.number)
        .join(Case, Case.id == Event.case_id)
        .where(Case.site_id == house.site_id, Case.house_code == house.code)
        .where(Event.kind == "house_state_set")
    )
    found = [
        StateChange(at, told.get("before"), told.get("after"), by, case_id, number)
        for at, by, told, case_id, number in session.execute(query)
        if told and told.get("unit_no") == house.code
    ]
    found += [
        StateChange(at, before, after, file=file)
        for at, before, after, file in imported_states(session, house)
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)
