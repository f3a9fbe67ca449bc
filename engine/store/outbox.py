"""What goes out and what comes in: calls, messages, and what got stuck on the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base, Json, UtcDateTime, now

_OPEN_CALL = text("state = 'pending'")


class OutboxCall(Base):
    """A call to the outside that a case waits for.

    ``id`` is the waiting task's and the idempotency key; ``state`` is pending, done,
    failed (an incident is open) or dropped (the case no longer waits).
    """

    __tablename__ = "outbox_call"
    __table_args__ = (
        Index(
            "ix_outbox_call_open",
            "due_at",
            sqlite_where=_OPEN_CALL,
            postgresql_where=_OPEN_CALL,
        ),
        Index(None, "case_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    element: Mapped[str] = mapped_column(String(100))
    operation: Mapped[str] = mapped_column(String(60))
    request: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    error: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[Any] = mapped_column(Json, nullable=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Message(Base):
    """A message that came; kept until somebody waits for it, or until it expires.

    ``case_id`` or ``correlation`` say for whom it is; ``kind`` message or signal.
    """

    __tablename__ = "message"
    __table_args__ = (Index(None, "name", "delivered_at"), Index(None, "expires_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    correlation: Mapped[str | None] = mapped_column(String(200))
    payload: Mapped[Any] = mapped_column(Json, nullable=True)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_to: Mapped[int | None] = mapped_column(ForeignKey("case.id"))


class Incident(Base):
    """A background act that failed; the case stays as it was until somebody sees to it.

    ``kind`` is timer or call; ``reference`` the wait's or the call's id.
    """

    __tablename__ = "incident"
    __table_args__ = (Index(None, "case_id"), Index(None, "resolved_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(12))
    element: Mapped[str | None] = mapped_column(String(100))
    reference: Mapped[str | None] = mapped_column(String(32))
    sentence: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
