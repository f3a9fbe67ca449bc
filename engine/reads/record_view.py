"""One record (台账) with the form it was written by, for who may see its case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.forms import Form
from engine.people import Person, manages, may_see
from engine.runtime import Runtime
from engine.store.cases import Case, Task
from engine.store.records import Record
from engine.store.staff import Site


@dataclass(frozen=True)
class RecordView:
    record: Record
    case: Case | None  # None: a report of the whole site
    site: str
    form: Form | None
    data: dict[str, Any]
    kind: Mapping[str, Any]


def record_view(
    session: Session, runtime: Runtime, person: Person, record_id: int
) -> RecordView:
    """Raises ``NotFound``, ``NotYours``."""
    record = session.get(Record, record_id)
    if record is None:
        raise NotFound()
    case = session.get(Case, record.case_id) if record.case_id else None
    if not _may_read(session, person, record, case):
        raise NotYours()
    kind = runtime.record_kinds.get(record.kind, {})
    site = session.get(Site, record.site_id)
    form = _form(session, runtime, case, record) if case else None
    return RecordView(
        record, case, site.name if site else "", form, dict(record.data), kind
    )


def _may_read(
    session: Session, person: Person, record: Record, case: Case | None
) -> bool:
    if case is None:
        return manages(person, record.site_id)
    tasks = session.scalars(select(Task).where(Task.case_id == case.id)).all()
    return may_see(person, case, tasks)


def _form(
    session: Session, runtime: Runtime, case: Case, record: Record
) -> Form | None:
    version = runtime.published(session, case.version_id)
    element = version.elements.get(record.element or "")
    return version.forms.get(element.form or "") if element else None
