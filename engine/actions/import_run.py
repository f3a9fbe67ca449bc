"""Where the file of an import waits, and the log of what is done to an import."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.people import Person
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.estate import ImportRun
from engine.store.exports import RegisterEvent

AT_ONCE = 200_000  # bytes of a workbook that is worked on while the page is waited for


class RunMovedOn(Refused):
    """这次导入的状态已经变化，请刷新后查看。"""

    status = 409


def import_path(runtime: Runtime, run_id: int) -> Path:
    """Where an uploaded workbook waits: outside the web root, by its number."""
    return runtime.settings.var / "imports" / f"{run_id}.xlsx"


def at_once(runtime: Runtime, run_id: int) -> bool:
    """Whether a file is small enough to be worked on while the page is waited for."""
    path = import_path(runtime, run_id)
    return path.exists() and path.stat().st_size <= AT_ONCE


def log(session: Session, person: Person, run: ImportRun, kind: str) -> None:
    """Who did what to which import, in the append-only log of the registers."""
    assert run.site_id is not None
    detail = {"run": run.id, "file": run.file_name, "digest": run.digest}
    session.add(
        RegisterEvent(
            site_id=run.site_id,
            record_kind=run.kind,
            at=now(),
            actor_id=person.id,
            actor=person.name,
            kind=kind,
            detail=detail,
        )
    )
