"""Delete uploaded workbooks that nobody confirmed within a day."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.actions.import_run import import_path
from engine.runtime import Runtime
from engine.store.database import changed_rows, now
from engine.store.estate import PENDING, ImportRun

KEPT = timedelta(days=1)


def forget_imports(session: Session, runtime: Runtime) -> int:
    """How many were given up."""
    old = select(ImportRun.id).where(
        ImportRun.state.in_(PENDING), ImportRun.at <= now() - KEPT
    )
    ids = list(session.scalars(old))
    for run_id in ids:
        import_path(runtime, run_id).unlink(missing_ok=True)
    if ids:
        gone = update(ImportRun).where(ImportRun.id.in_(ids))
        changed_rows(session, gone, state="dropped", leased_until=None)
    return len(ids)
