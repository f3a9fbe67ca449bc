"""Somebody stops a start by the clock on a site, or lets it go on."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engine.actions.schedule_starts import next_start
from engine.errors import NotFound, NotYours
from engine.people import Person, operates
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.schedules import Schedule
from engine.store.staff import Site


def pause_schedule(session: Session, person: Person, schedule_id: int) -> None:
    """Nothing is started until it goes on. Twice is once. Raises ``NotFound``,
    ``NotYours``."""
    found = _theirs(session, person, schedule_id)
    if not found.paused:
        found.paused = True
        _tell(found, person, "paused")


def resume_schedule(
    session: Session, runtime: Runtime, person: Person, schedule_id: int
) -> None:
    """It goes on with the next moment: what was due while it was paused is not made up.
    Raises ``NotFound``, ``NotYours``, ``StartRuleWrong``."""
    found = _theirs(session, person, schedule_id)
    if found.paused:
        site = session.get_one(Site, found.site_id)
        functions = runtime.functions(session, site)
        found.due_at = next_start(found.rule, functions, now())
        found.paused = False
        _tell(found, person, "resumed")


def _theirs(session: Session, person: Person, schedule_id: int) -> Schedule:
    found = session.get(Schedule, schedule_id)
    if found is None:
        raise NotFound()
    if not (operates(person) and person.on_site(found.site_id)):
        raise NotYours()
    return found


def _tell(found: Schedule, person: Person, act: str) -> None:
    line: dict[str, Any] = {"act": act, "by": person.name, "at": now().isoformat()}
    found.log = [*found.log, line]
