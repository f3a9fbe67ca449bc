"""Papers for tests of registers: written as an act writes them, without a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.records import Paper, Record, file_papers
from engine.store.terms import ZONE
from tests.cast import Office

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def slip(
    data: Mapping[str, Any],
    house: str | None = None,
    at: datetime = NOON,
    kind: str = "R38",
    key: str | None = None,
    by: int | None = None,
) -> Paper:
    facts = {
        "task_id": None,
        "element": None,
        "form": None,
        "house_code": house,
        "created_by": by,
        "created_at": at,
    }
    return Paper(kind, "物品放行条", dict(data), key, facts=facts)


def file_slips(
    office: Office, session: Session, papers: Sequence[Paper], site_id: int = 0
) -> None:
    """As ``Act.file_papers`` does; papers of one year."""
    year = papers[0].facts["created_at"].astimezone(ZONE).year
    columns = office.runtime.record_columns
    file_papers(session, site_id or office.site_id, year, papers, columns)


def write(office: Office, *papers: Paper) -> list[int]:
    """Ids of all records there are then, in order."""
    with office.sessions.begin() as session:
        for paper in papers:
            file_slips(office, session, [paper])
    with office.sessions() as session:
        return list(session.scalars(select(Record.id).order_by(Record.id)))
