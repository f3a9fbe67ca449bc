"""Delete the files of exports whose day is over; that they were made stays written down."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.actions.write_export import export_path
from engine.runtime import Runtime
from engine.store.database import changed_rows, now
from engine.store.exports import Export


def forget_exports(session: Session, runtime: Runtime) -> int:
    over = select(Export.id).where(Export.state != "gone", Export.expires_at <= now())
    ids = list(session.scalars(over))
    for export_id in ids:
        path = export_path(runtime, export_id)
        path.unlink(missing_ok=True)
        path.with_suffix(".part").unlink(missing_ok=True)
    if ids:
        changed_rows(session, update(Export).where(Export.id.in_(ids)), state="gone")
    return len(ids)
