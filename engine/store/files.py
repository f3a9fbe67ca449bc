"""Files that belong to a case: their facts; the content is outside the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.database import Base, UtcDateTime, now

Facts = Callable[[str], dict[str, Any] | None]


class StoredFile(Base):
    """A file on a case: facts here, content under a random name outside the web root."""

    __tablename__ = "stored_file"
    __table_args__ = (Index(None, "case_id"), Index(None, "task_id"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def file_facts(
    session: Session, case_id: int | None, file_id: str
) -> dict[str, Any] | None:
    """Name, size (bytes) and type of a file of this case; a foreign id is as good as none."""
    file = session.scalar(
        select(StoredFile).where(
            StoredFile.id == file_id, StoredFile.case_id == case_id
        )
    )
    if file is None:
        return None
    return {"id": file.id, "name": file.name, "size": file.size, "type": file.type}


def facts_of_case(session: Session, case_id: int) -> Facts:
    """As ``file_facts`` of each file, read by one statement when the first is asked for:
    a form may hold ten papers."""
    known: dict[str, dict[str, Any]] | None = None

    def facts(file_id: str) -> dict[str, Any] | None:
        nonlocal known
        if known is None:
            columns = (StoredFile.id, StoredFile.name, StoredFile.size, StoredFile.type)
            rows = session.execute(
                select(*columns).where(StoredFile.case_id == case_id)
            )
            known = {row.id: dict(row._mapping) for row in rows}
        return known.get(file_id)

    return facts
