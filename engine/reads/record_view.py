"""One record (台账) with the form it was written by, for who may see its case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.forms import Form
from engine.people import Person
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.records import Record
from engine.store.seen import record_seen_by
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
    record, case = record_seen_by(session, person, record_id)
    kind = runtime.record_kinds.get(record.kind, {})
    site = session.get(Site, record.site_id)
    form = form_of(session, runtime, case, record)
    return RecordView(
        record, case, site.name if site else "", form, dict(record.data), kind
    )


def form_of(
    session: Session, runtime: Runtime, case: Case | None, record: Record
) -> Form | None:
    """The form a record was written by, None for one that an operation wrote."""
    if case is None:
        return None
    version = runtime.published(session, case.version_id)
    element = version.elements.get(record.element or "")
    return version.forms.get(element.form or "") if element else None
