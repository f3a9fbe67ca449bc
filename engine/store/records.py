"""Records (台账): numbered papers, and the files that belong to a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.database import Base, Json, UtcDateTime, now


class NumberSeries(Base):
    """The last number given, per site, kind and year. Unbroken: a rollback gives it back."""

    __tablename__ = "number_series"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Record(Base):
    """A filled, numbered, signed form kept in a register."""

    __tablename__ = "record"
    __table_args__ = (
        UniqueConstraint("site_id", "kind", "year", "serial"),
        Index(None, "case_id"),
        Index(None, "kind", "created_at"),
        Index(None, "house_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[str | None] = mapped_column(String(32))
    element: Mapped[str | None] = mapped_column(String(100))
    form: Mapped[str | None] = mapped_column(String(120))
    house_code: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    key: Mapped[str | None] = mapped_column(String(60))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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


def next_numbers(
    session: Session, site_id: int, kind: str, year: int, count: int
) -> int:
    """Reserve ``count`` numbers in one statement; the first of them is returned.

    The row stays locked until the transaction ends, so numbers are unbroken under
    concurrency and under rollback.
    """
    insert = (
        sqlite.insert
        if session.get_bind().dialect.name == "sqlite"
        else postgresql.insert
    )
    statement = insert(NumberSeries).values(
        site_id=site_id, kind=kind, year=year, last=count
    )
    upsert = statement.on_conflict_do_update(
        index_elements=["site_id", "kind", "year"],
        set_={"last": NumberSeries.last + count},
    ).returning(NumberSeries.last)
    last = session.execute(upsert).scalar_one()
    return int(last) - count + 1


def records_of(session: Session, case_id: int) -> list[Record]:
    return list(
        session.scalars(
            select(Record).where(Record.case_id == case_id).order_by(Record.id)
        )
    )


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
