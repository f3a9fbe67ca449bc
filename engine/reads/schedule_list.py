"""What the clock starts when, site by site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotYours
from engine.people import Person, operates
from engine.store.cases import Case, Process, ProcessVersion
from engine.store.schedules import Schedule
from engine.store.staff import Site


@dataclass(frozen=True)
class ScheduleRow:
    """``due_at`` is None where nothing is due any more; ``failure`` says why the last
    start did not come about."""

    id: int
    process: str
    site: str
    due_at: datetime | None
    last_at: datetime | None
    last_case_id: int | None
    last_number: str | None
    paused: bool
    failure: str | None


def schedule_list(session: Session, person: Person) -> list[ScheduleRow]:
    """The next one first. One statement. Raises ``NotYours``."""
    if not operates(person):
        raise NotYours()
    query = (
        select(Schedule, ProcessVersion.name, Site.name, Case.number)
        .join(Process, Process.id == Schedule.process_id)
        .join(ProcessVersion, ProcessVersion.id == Process.current_id)
        .join(Site, Site.id == Schedule.site_id)
        .outerjoin(Case, Case.id == Schedule.last_case_id)
        .order_by(Schedule.paused, Schedule.due_at, Schedule.id)
    )
    if person.sites:
        query = query.where(Schedule.site_id.in_(sorted(person.sites)))
    return [
        ScheduleRow(
            id=row.id,
            process=process,
            site=site,
            due_at=row.due_at,
            last_at=row.last_at,
            last_case_id=row.last_case_id,
            last_number=number,
            paused=row.paused,
            failure=row.failure,
        )
        for row, process, site, number in session.execute(query)
    ]
