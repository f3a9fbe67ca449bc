"""The append-only history: every state change with who, when, what.

A trigger in the database refuses DELETE, and every UPDATE but one that takes expired
personal data out of ``detail`` and says so (see the migrations).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base, Json, UtcDateTime


class Event(Base):
    """One thing that happened. ``element`` is the BPMN id, ``step`` its clause; at
    ``purged_at`` personal data was taken out of ``detail``, its time being over."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    actor: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(30))
    element: Mapped[str | None] = mapped_column(String(100))
    step: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(String(200))
    task_id: Mapped[str | None] = mapped_column(String(32))
    detail: Mapped[dict[str, Any] | None] = mapped_column(Json)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
