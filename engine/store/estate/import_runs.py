"""Every import of a workbook, and what it changed, so that it can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.errors import NotFound
from engine.people import Person, may_import
from engine.store.database import Base, Json, UtcDateTime, now

PENDING = ("uploaded", "checking", "checked", "waiting", "writing")
AT_WORK = ("checking", "writing")


class ImportRun(Base):
    """One workbook taken in. ``kind`` is owners, tenants, vehicles, balances, meters, keys
    or staff; ``result`` its counts and words; ``digest`` the file's SHA-256.

    ``state``: uploaded, checking, checked (a dry run is there to be looked at), waiting
    (confirmed), writing, then done, same (nothing to change), refused, dropped or undone.
    One that is checked or written when its lease runs out was interrupted. ``progress``
    in percent.
    """

    __tablename__ = "import_run"
    __table_args__ = (Index(None, "site_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(12))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    progress: Mapped[int] = mapped_column(default=0)
    by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def shown_state(self) -> str:
        """``state``, or interrupted, or wrong where a dry run had findings."""
        if self.interrupted:
            return "interrupted"
        findings = (self.result or {}).get("finding_count", 0)
        return "wrong" if self.state == "checked" and findings else self.state

    @property
    def interrupted(self) -> bool:
        """Whether whoever was at it is gone."""
        lease = self.leased_until
        return self.state in AT_WORK and lease is not None and lease < now()


class ImportChange(Base):
    """One row an import wrote: ``before`` is None where it was new, ``after`` where it was
    taken away; both hold only the columns that were written. What was changed again
    since is not taken back silently."""

    __tablename__ = "import_change"
    __table_args__ = (Index(None, "run_id"), Index(None, "table", "row_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    table: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)


def import_run(session: Session, person: Person, run_id: int) -> ImportRun:
    """An import, for whoever may take such workbooks in. Raises ``NotFound``: also where
    somebody may not see it."""
    run = session.get(ImportRun, run_id, populate_existing=True)
    if run is None or run.site_id is None:
        raise NotFound()
    if not may_import(person, run.site_id, run.kind):
        raise NotFound()
    return run


def last_import(session: Session, site_id: int | None) -> ImportRun | None:
    """The last import of a site that wrote something and still stands."""
    query = select(ImportRun).where(
        ImportRun.site_id == site_id, ImportRun.state == "done"
    )
    newest = query.order_by(ImportRun.finished_at.desc(), ImportRun.id.desc())
    return session.scalar(newest.limit(1))
