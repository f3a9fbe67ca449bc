"""The inbox: open tasks a person may do, and what they did lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from engine.people import Person
from engine.store.database import now
from engine.store.cases import Case, Task

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One line of the inbox; times are aware; ``late`` as of the asking."""

    task_id: str
    name: str
    case_id: int
    number: str
    title: str
    context: str
    site_id: int
    house: str | None
    role: str
    mine: bool
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    late: bool


@dataclass(frozen=True)
class Worklist:
    rows: list[Row]
    counts: dict[str, int]
    more: bool


def worklist(
    session: Session, person: Person, box: str = "todo", q: str = "", page: int = 1
) -> Worklist:
    """One page of a box: ``todo`` (mine and my roles'), ``mine``, ``open`` (my roles',
    unclaimed) or ``done``. ``q`` looks in title, house, number and task name."""
    where = _box(person, box)
    if q.strip():
        where = and_(where, _matching(q.strip()))
    order = Task.ended_at.desc() if box == "done" else Task.due_at.asc().nulls_last()
    query = (
        select(
            Task, Case.number, Case.title, Case.context, Case.site_id, Case.house_code
        )
        .join(Case, Case.id == Task.case_id)
        .where(where, *_sites(person))
        .order_by(order, Task.created_at.desc(), Task.id)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    rows = [_row(person, *found) for found in session.execute(query).all()]
    return Worklist(rows[:PAGE], _counts(session, person), len(rows) > PAGE)


def _box(person: Person, box: str) -> ColumnElement[bool]:
    mine = and_(Task.state == "open", Task.assignee_id == person.id)
    unclaimed = and_(
        Task.state == "open",
        Task.assignee_id.is_(None),
        Task.worked_by.in_(sorted(person.roles)),
    )
    if box == "mine":
        return mine
    if box == "open":
        return unclaimed
    if box == "done":
        return and_(Task.state == "done", Task.ended_by == person.id)
    return or_(mine, unclaimed)


def _sites(person: Person) -> list[ColumnElement[bool]]:
    return [Case.site_id.in_(sorted(person.sites))] if person.sites else []


def _matching(q: str) -> ColumnElement[bool]:
    escaped = q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = f"%{escaped}%"
    columns = (Case.title, Case.house_code, Case.number, Case.context, Task.name)
    return or_(*(column.ilike(like, escape="\\") for column in columns))


def _counts(session: Session, person: Person) -> dict[str, int]:
    query = select(
        func.count().filter(Task.assignee_id == person.id),
        func.count().filter(Task.assignee_id.is_(None)),
    ).where(_box(person, "todo"))
    if person.sites:
        query = query.join(Case, Case.id == Task.case_id).where(*_sites(person))
    mine, unclaimed = session.execute(query).one()
    return {"todo": mine + unclaimed, "mine": mine, "open": unclaimed}


def _row(person: Person, task: Task, *of_case: Any) -> Row:
    number, title, context, site_id, house = of_case
    return Row(
        task_id=task.id,
        name=task.name,
        case_id=task.case_id,
        number=number,
        title=title,
        context=context,
        site_id=site_id,
        house=house,
        role=task.role,
        mine=task.assignee_id == person.id,
        created_at=task.created_at,
        due_at=task.due_at,
        ended_at=task.ended_at,
        late=task.due_at is not None and (task.ended_at or now()) > task.due_at,
    )
