"""Somebody prints a record: counted, and told in the case's history where it is money."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions.settle import save_case
from engine.operations.act import Act
from engine.people import Person
from engine.prints import layout_of
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.database import changed_rows, now
from engine.store.records import Record, RecordPrint
from engine.store.seen import record_seen_by


def print_record(
    session: Session, runtime: Runtime, person: Person, record_id: int
) -> int:
    """Which print of the record this is, counted from 1.

    Raises ``NotFound``, ``NotYours``, ``LayoutRefused``.
    """
    record, case = record_seen_by(session, person, record_id, runtime.record_kinds)
    layout = layout_of(runtime.settings.forms / "prints", record.kind)
    one_more = update(Record).where(Record.id == record.id)
    changed_rows(session, one_more.values(prints=Record.prints + 1))
    session.refresh(record, ["prints"])
    printed = RecordPrint(record_id=record.id, n=record.prints, at=now(), by=person.id)
    session.add(printed)
    if case is not None and layout is not None and layout.money:
        _tell(session, person, case, record, printed)
    return printed.n


def _tell(
    session: Session, person: Person, case: Case, record: Record, printed: RecordPrint
) -> None:
    act = Act.on(session, case, person, printed.at)
    detail = {"record": record.id, "number": record.number, "n": printed.n}
    line = {"kind": "printed", "name": record.title, "detail": detail}
    session.refresh(case, ["version", "history_seq"])
    save_case(act, case, [line])
