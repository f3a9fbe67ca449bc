"""What the steps of versions are called, for lists over many cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.cases import Case, ProcessVersion


def element_names(
    session: Session, version_ids: Iterable[str]
) -> dict[tuple[str, str], str]:
    """What the steps of these versions are called; one statement."""
    wanted = set(version_ids)
    if not wanted:
        return {}
    query = select(ProcessVersion.id, ProcessVersion.elements)
    found = session.execute(query.where(ProcessVersion.id.in_(wanted)))
    return {
        (version, own): element["name"] or own
        for version, elements in found
        for own, element in elements.items()
    }


def name_of(
    names: Mapping[tuple[str, str], str], case: Case, element: str | None
) -> str:
    return names.get((case.version_id, element or ""), element or "")
