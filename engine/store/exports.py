"""Excel files made of registers, and the append-only log of what is done to registers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base, Json, UtcDateTime, now


class Export(Base):
    """One register with a filter, asked for as a workbook; the file is kept a day.

    ``state`` is waiting, running, done, failed or gone; ``leased_until`` tells that a
    worker is at it. ``wanted`` is the filter as its page's address had it.
    """

    __tablename__ = "export"
    __table_args__ = (Index(None, "state"), Index(None, "asked_by"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(20))
    wanted: Mapped[dict[str, Any]] = mapped_column(Json)
    unmasked: Mapped[bool] = mapped_column(default=False)
    lang: Mapped[str] = mapped_column(String(5), default="zh")
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expected: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegisterEvent(Base):
    """One thing done to a register or a paper in it: voided, replaced, exported."""

    __tablename__ = "register_event"
    __table_args__ = (Index(None, "record_id"), Index(None, "site_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    record_kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    actor_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    actor: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(30))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
