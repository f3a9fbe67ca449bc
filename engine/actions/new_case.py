"""The row of a new case, numbered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import AlreadyDone
from engine.operations.act import SITE_ZONE
from engine.people import Person
from engine.runtime import Published
from engine.store.cases import Case
from engine.store.database import now
from engine.store.records import next_numbers
from engine.store.staff import Site
from engine.workflow.library import SPIFF_VERSION


class AlreadyStarted(AlreadyDone):
    """这张表已经提交过，案件 {number} 已经发起，没有重复办理。"""


def new_case(
    session: Session,
    version: Published,
    site: Site,
    person: Person | None,
    data: dict[str, Any],
    once: str | None = None,
    parent: tuple[int, str] | None = None,
) -> Case:
    """A case not yet run; ``parent`` is the case and element that started it."""
    at = now()
    year = at.astimezone(SITE_ZONE).year
    # one series for all sites: a number alone says which case is meant
    oldest = session.scalar(select(func.min(Site.id))) or site.id
    serial = next_numbers(session, oldest, year, {"case": 1})["case"]
    if once is not None:  # now that its number is ours, no other can be half started
        _refuse_second(session, once)
    case = Case(
        number=f"{year}-{serial:06d}",
        site_id=site.id,
        site=site,
        process_id=version.process_id,
        version_id=version.id,
        house_code=data.get("unit_no"),
        title=version.name,
        data=data,
        state=b"",
        spiff_version=SPIFF_VERSION,
        parent_id=parent[0] if parent else None,
        parent_element=parent[1] if parent else None,
        started_by=person.id if person else None,
        started_at=at,
        version=1,
        history_seq=0,
        status="running",
        once=once,
    )
    session.add(case)
    session.flush()
    return case


def _refuse_second(session: Session, once: str) -> None:
    number = session.scalar(select(Case.number).where(Case.once == once))
    if number is not None:
        raise AlreadyStarted(number=number)
