"""List in their registers what was written before there were any, or by older columns."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from engine.runtime import Runtime
from engine.store.database import changed_rows
from engine.store.records import Record, row_of
from engine.store.terms import terms_of

BATCH = 500


def list_records(session: Session, runtime: Runtime, after: int = 0) -> int:
    """List some hundred records anew; the last one's id, 0 where there are no more."""
    query = select(Record).where(Record.id > after).order_by(Record.id).limit(BATCH)
    records = session.scalars(query.options(undefer(Record.terms))).all()
    for record in records:
        columns = runtime.record_columns.get(record.kind, ())
        terms = terms_of(row_of(record), columns)
        if terms != record.terms:
            listed = update(Record).where(Record.id == record.id)
            changed_rows(session, listed, terms=terms)
    return records[-1].id if records else 0


def unlisted(session: Session) -> bool:
    """Whether there is a record that no register lists yet."""
    query = select(Record.id).where(Record.terms.is_(None)).limit(1)
    return session.scalar(query) is not None
