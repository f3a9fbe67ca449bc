"""The items of a task: rows that are answered one by one, by anybody who may do the task."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base, Json, UtcDateTime


class TaskItem(Base):
    """One entry of a task's list. ``facts`` were known when the task opened, ``answers``
    are what was filled in since; ``version`` counts how often that was, so that the
    second of two people at one item is told. ``place`` is its place in the list.
    """

    __tablename__ = "task_item"
    __table_args__ = (
        UniqueConstraint("task_id", "key"),
        Index(None, "task_id", "state", "place"),
        Index(None, "task_id", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"))
    place: Mapped[int]
    key: Mapped[str] = mapped_column(String(100))
    label: Mapped[str] = mapped_column(String(200))
    house_code: Mapped[str | None] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    answers: Mapped[dict[str, Any] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), default="open")
    version: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)
    draft_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    draft_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
