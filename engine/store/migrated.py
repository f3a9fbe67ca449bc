"""Cases carried over to another version, as they were before: for taking that back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base, Json, UtcDateTime, now


class MigratedCase(Base):
    """One carrying over. ``state`` are the case's old bytes, ``waits`` its old wait rows,
    ``released`` who had claimed what until then (task id to staff id).

    It can be taken back as long as the case still has ``case_version``: no act since.
    """

    __tablename__ = "migrated_case"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    from_id: Mapped[str] = mapped_column(ForeignKey("process_version.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("process_version.id"))
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    waits: Mapped[list[dict[str, Any]]] = mapped_column(Json, deferred=True)
    released: Mapped[dict[str, int]] = mapped_column(Json)
    case_version: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
