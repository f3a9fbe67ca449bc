"""Declare a paper void, with a reason: it keeps its number and its place."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engine.actions.settle import save_case
from engine.errors import NotFound, NotYours, Refused
from engine.operations.act import Act
from engine.people import Person, may_void
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.database import now
from engine.store.exports import RegisterEvent
from engine.store.records import Record
from engine.store.voiding import void_paper


class VoidReasonMissing(Refused):
    """请写明作废的原因。"""

    status = 422


class VoidReasonTooLong(Refused):
    """作废的原因太长，最多 {limit} 个字。"""

    status = 422


class VoidAlready(Refused):
    """这份记录已经作废。"""

    status = 409


LONGEST = 500


def void_record(
    session: Session, runtime: Runtime, person: Person, record_id: int, reason: str
) -> Record:
    """Raises ``NotFound``, ``NotYours``, ``VoidAlready``, ``VoidReasonMissing``,
    ``VoidReasonTooLong``."""
    record = record_to_change(session, person, record_id)
    reason = " ".join(reason.replace("\0", "").split())
    if record.voided_at is not None:
        raise VoidAlready()
    if not reason:
        raise VoidReasonMissing()
    if len(reason) > LONGEST:
        raise VoidReasonTooLong(limit=LONGEST)
    columns = runtime.record_columns.get(record.kind, ())
    if not void_paper(session, record, columns, person.id, now(), reason):
        raise VoidAlready()
    tell(session, person, record, "record_voided", {"reason": reason})
    session.refresh(record)
    return record


def record_to_change(session: Session, person: Person, record_id: int) -> Record:
    """Raises ``NotFound``, ``NotYours``."""
    record = session.get(Record, record_id, populate_existing=True)
    if record is None:
        raise NotFound()
    if not may_void(person, record.site_id):
        raise NotYours()
    return record


def tell(
    session: Session, person: Person, record: Record, kind: str, detail: dict[str, Any]
) -> None:
    """Write down what was done to a paper: in its register's log and in its case."""
    at = now()
    session.add(
        RegisterEvent(
            site_id=record.site_id,
            record_kind=record.kind,
            record_id=record.id,
            at=at,
            actor_id=person.id,
            actor=person.name,
            kind=kind,
            detail={"number": record.number, **detail},
        )
    )
    session.flush()
    if record.case_id is None:
        return
    case = session.get_one(Case, record.case_id, populate_existing=True)
    act = Act.on(session, case, person, at)
    line = {"kind": kind, "name": record.number, "detail": detail}
    save_case(act, case, [{**line, "element": record.element}])
