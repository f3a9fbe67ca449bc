"""Processes, cases, and what a case waits for, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.database import Base, Json, UtcDateTime, now
from engine.store.staff import Site


class ProcessVersion(Base):
    """A published process with its forms, kept by the hash of its content.

    ``spec`` is SpiffWorkflow's own form of the model (opaque bytes), ``elements`` what
    people, inbox and history need to know of each element, ``forms`` the form files,
    ``note`` why it was published.
    """

    __tablename__ = "process_version"
    __table_args__ = (UniqueConstraint("process_id", "number"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    process_id: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    bpmn: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    decisions: Mapped[dict[str, str]] = mapped_column(Json, deferred=True)
    spec: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    elements: Mapped[dict[str, Any]] = mapped_column(Json, deferred=True)
    forms: Mapped[dict[str, Any]] = mapped_column(Json, deferred=True)
    spiff_version: Mapped[str] = mapped_column(String(20))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")


class Process(Base):
    """A process and the version that new cases start on."""

    __tablename__ = "process"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    current_id: Mapped[str] = mapped_column(ForeignKey("process_version.id"))
    current: Mapped[ProcessVersion] = relationship(lazy="joined")


class Case(Base):
    """One run of a process. ``state`` is opaque; pages read the other columns.

    ``data`` holds the process variables (money in fen, dates and times ISO 8601),
    ``version`` counts the acts: the second of two writers matches no row. ``once`` is
    the mark of the page it was started from: the same page sent twice starts one case.
    At ``purged_at`` its identity papers were destroyed.
    """

    __tablename__ = "case"
    __table_args__ = (
        Index(None, "process_id", "status"),
        Index(None, "house_code"),
        Index(None, "started_by"),
        Index(None, "once", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    process_id: Mapped[str] = mapped_column(String(60))
    version_id: Mapped[str] = mapped_column(ForeignKey("process_version.id"))
    house_code: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    context: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(20), default="running")
    outcome: Mapped[str | None] = mapped_column(String(60))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    spiff_version: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    history_seq: Mapped[int] = mapped_column(default=0)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    parent_element: Mapped[str | None] = mapped_column(String(100))
    started_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    once: Mapped[str | None] = mapped_column(String(64))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    site: Mapped[Site] = relationship()


class Task(Base):
    """What waits, or waited, for a person: one row a work item.

    ``id`` is SpiffWorkflow's own task id; ``role`` the lane, ``worked_by`` the role
    that acts in it (staff at the counter act for an owner, who has no account).
    ``item`` holds the variables of one turn of a multi-instance; ``due_rule`` how a
    limit in working days was made, to be made anew when the calendar changes.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index(None, "case_id"),
        Index(
            "ix_task_open_role",
            "worked_by",
            "due_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_task_open_assignee",
            "assignee_id",
            "due_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "ended_by", "ended_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    element: Mapped[str] = mapped_column(String(100))
    step: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(40))
    worked_by: Mapped[str] = mapped_column(String(40))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    form: Mapped[str | None] = mapped_column(String(100))
    item: Mapped[dict[str, Any] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), default="open")
    priority: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_rule: Mapped[dict[str, Any] | None] = mapped_column(Json)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)
    draft_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    case: Mapped[Case] = relationship()


class Wait(Base):
    """A timer, message, signal or call that a case waits for.

    ``correlation`` tells messages of one name apart; ``leased_until`` keeps two workers
    from one timer, and lets it go again when a worker died.
    """

    __tablename__ = "wait"
    __table_args__ = (Index(None, "due_at"), Index(None, "kind", "name"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    element: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(Text, default="")
    correlation: Mapped[str | None] = mapped_column(String(200))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_rule: Mapped[dict[str, Any] | None] = mapped_column(Json)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
