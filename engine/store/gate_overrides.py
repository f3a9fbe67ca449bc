"""Gates that a manager let a case pass although they said no. Append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base, Json, UtcDateTime, now

LONGEST_REASON = 500


class GateOverride(Base):
    """One decision. ``answer`` is what the gate said then, with its rows."""

    __tablename__ = "gate_override"
    __table_args__ = (Index(None, "site_id", "at"), Index(None, "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    house_code: Mapped[str | None] = mapped_column(String(40))
    gate: Mapped[str] = mapped_column(String(40))
    element: Mapped[str] = mapped_column(String(100))
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
