"""Confirm, give up, or try again an import that was looked at."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.actions.import_run import (
    RunMovedOn,
    at_once,
    import_path,
    log,
)
from engine.errors import Refused
from engine.people import Person
from engine.runtime import Runtime
from engine.store.database import changed_rows, note_due, now
from engine.store.estate import ImportRun, import_run

BACK = {"checking": "uploaded", "writing": "waiting"}


class StillWrong(Refused):
    """表中还有 {count} 处需要改正，改好后重新上传。"""

    status = 422


def confirm_import(
    session: Session, runtime: Runtime, person: Person, run_id: int
) -> ImportRun:
    """Have it written. Raises ``NotFound``, ``RunMovedOn``, ``StillWrong``."""
    run = import_run(session, person, run_id)
    if run.state != "checked":
        raise RunMovedOn()
    if count := (run.result or {}).get("finding_count", 0):
        raise StillWrong(count=count)
    _move(session, run, "checked", "waiting")
    log(session, person, run, "import_confirmed")
    _nudge_for(session, runtime, run)
    return run


def drop_import(
    session: Session, runtime: Runtime, person: Person, run_id: int
) -> ImportRun:
    """Give it up: the file goes, nothing is written. Raises ``NotFound``, ``RunMovedOn``."""
    run = import_run(session, person, run_id)
    if run.state not in ("uploaded", "checked") and not run.interrupted:
        raise RunMovedOn()
    _move(session, run, run.state, "dropped")
    import_path(runtime, run.id).unlink(missing_ok=True)
    log(session, person, run, "import_dropped")
    return run


def repeat_import(
    session: Session, runtime: Runtime, person: Person, run_id: int
) -> ImportRun:
    """Try an interrupted one again. Raises ``NotFound``, ``RunMovedOn``."""
    run = import_run(session, person, run_id)
    if not run.interrupted:
        raise RunMovedOn()
    _move(session, run, run.state, BACK[run.state])
    log(session, person, run, "import_repeated")
    _nudge_for(session, runtime, run)
    return run


def _move(session: Session, run: ImportRun, old: str, new: str) -> None:
    """Of two people at once one gets through."""
    mine = update(ImportRun).where(ImportRun.id == run.id, ImportRun.state == old)
    if changed_rows(session, mine, state=new, progress=0, leased_until=None) != 1:
        raise RunMovedOn()
    session.refresh(run)


def _nudge_for(session: Session, runtime: Runtime, run: ImportRun) -> None:
    if not at_once(runtime, run.id):
        note_due(session, now())
