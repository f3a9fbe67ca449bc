"""Who looked at a masked personal datum, when and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base, UtcDateTime


class Reveal(Base):
    """One look at one value; append-only like the history. The value is not kept.

    ``field`` is its path in the case's or record's data, ``label`` what people call it.
    """

    __tablename__ = "reveal"
    __table_args__ = (Index(None, "site_id", "at"), Index(None, "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    field: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
