"""Which task of a case this person goes on with, and the name over every page."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.people import Person
from engine.store.cases import Task
from engine.store.staff import Site


def next_task(session: Session, person: Person, case_id: int) -> str | None:
    """The id of the case's first open task that this person may do."""
    theirs = or_(
        Task.assignee_id == person.id,
        Task.assignee_id.is_(None) & Task.worked_by.in_(sorted(person.roles)),
    )
    query = select(Task.id).where(Task.case_id == case_id, Task.state == "open", theirs)
    return session.scalar(query.order_by(Task.created_at, Task.id).limit(1))


def site_name(session: Session) -> str:
    return session.scalar(select(Site.name).order_by(Site.id).limit(1)) or ""
