"""When each process that starts by the clock starts next, site by site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.database import Base, Json, UtcDateTime, upsert_into


class Schedule(Base):
    """One process on one site. ``rule`` is the expression of its start event and
    ``calendar_version`` the calendar that ``due_at`` was found in; a null ``due_at`` means
    that nothing is due any more. ``paused``: the site does not want it. ``failure`` is
    why the last start did not come about, ``log`` who paused and resumed it when."""

    __tablename__ = "schedule"
    __table_args__ = (UniqueConstraint("process_id", "site_id"), Index(None, "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[str] = mapped_column(ForeignKey("process.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    rule: Mapped[str] = mapped_column(Text)
    calendar_version: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    paused: Mapped[bool] = mapped_column(default=False)
    failure: Mapped[str | None] = mapped_column(Text)
    log: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)


def add_schedules(session: Session, wanted: Sequence[tuple[str, int]]) -> None:
    """A row for each process and site, where two workers add it too; due when its rule
    is first read."""
    insert: Any = upsert_into(session, Schedule)
    rows = [
        {
            "process_id": process_id,
            "site_id": site_id,
            "rule": "",
            "calendar_version": -1,
            "paused": False,
            "log": [],
        }
        for process_id, site_id in wanted
    ]
    session.execute(insert.on_conflict_do_nothing(), rows)
