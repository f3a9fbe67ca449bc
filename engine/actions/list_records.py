"""List in their registers what was written before there were any, or by older columns."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from engine.runtime import Runtime
from engine.store.database import changed_rows
from engine.store.records import Record, listing, row_of

BATCH = 500


def list_records(session: Session, runtime: Runtime, after: int = 0) -> int:
    """List some hundred records anew; the last one's id, 0 where there are no more."""
    query = select(Record).where(Record.id > after).order_by(Record.id).limit(BATCH)
    query = query.options(undefer(Record.terms), undefer(Record.people))
    for record in (records := session.scalars(query).all()):
        found = listing(row_of(record), runtime.record_columns.get(record.kind, {}))
        if found != {"terms": record.terms, "people": record.people}:
            listed = update(Record).where(Record.id == record.id)
            changed_rows(session, listed, **found)
    return records[-1].id if records else 0


def unlisted(session: Session) -> bool:
    """Whether there is a record that no register lists yet."""
    missing = Record.terms.is_(None) | Record.people.is_(None)
    return session.scalar(select(Record.id).where(missing).limit(1)) is not None
