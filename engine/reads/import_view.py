"""One import: what it would do or did, or how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.people import Person
from engine.store.estate import ImportRun, import_run, last_import
from engine.store.staff import Site, Staff


@dataclass(frozen=True)
class ImportView:
    """``state`` is the one to show; ``result`` the counts and words of the dry
    run or of what was written."""

    run: ImportRun
    state: str
    site: Site
    by: str
    result: Mapping[str, Any]
    undoable: bool

    @property
    def at_work(self) -> bool:
        return self.state in ("uploaded", "checking", "waiting", "writing")

    @property
    def refused(self) -> Mapping[str, Any] | None:
        """Template and values of the sentence it was refused with."""
        found: Mapping[str, Any] | None = self.result.get("refused")
        return found


def import_view(session: Session, person: Person, run_id: int) -> ImportView:
    """Raises ``NotFound``: also where somebody may not see it."""
    run = import_run(session, person, run_id)
    last = last_import(session, run.site_id)
    by = session.get(Staff, run.by) if run.by else None
    return ImportView(
        run=run,
        state=run.shown_state,
        site=session.get_one(Site, run.site_id),
        by="" if by is None else by.name,
        result=run.result or {},
        undoable=last is not None and last.id == run.id,
    )
