"""Cases a person may see, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.people import MANAGERS, Person
from engine.store.cases import Case, ProcessVersion
from engine.store.seen import taking_part

PAGE = 50


@dataclass(frozen=True)
class CaseRow:
    id: int
    number: str
    title: str
    context: str
    process: str
    site_id: int
    house: str | None
    status: str
    outcome: str | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class CaseList:
    rows: list[CaseRow]
    more: bool


def case_list(
    session: Session, person: Person, status: str = "", q: str = "", page: int = 1
) -> CaseList:
    """One page of cases; ``q`` looks in title, house and number."""
    query = (
        select(Case, ProcessVersion.name)
        .join(ProcessVersion, ProcessVersion.id == Case.version_id)
        .order_by(Case.id.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    for condition in _conditions(person, status, q.strip()):
        query = query.where(condition)
    found = session.execute(query).all()
    rows = [
        CaseRow(
            case.id,
            case.number,
            case.title,
            case.context,
            name,
            case.site_id,
            case.house_code,
            case.status,
            case.outcome,
            case.started_at,
            case.ended_at,
        )
        for case, name in found
    ]
    return CaseList(rows[:PAGE], len(rows) > PAGE)


def _conditions(person: Person, status: str, q: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if person.sites:
        found.append(Case.site_id.in_(sorted(person.sites)))
    if not (person.administrator or person.roles & MANAGERS):
        found.append(taking_part(person))
    if status:
        found.append(Case.status == status)
    if q:
        escaped = q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = f"%{escaped}%"
        columns = (Case.title, Case.house_code, Case.number)
        found.append(or_(*(column.ilike(like, escape="\\") for column in columns)))
    return found
