"""Keys in the office's keeping, and every hand they pass through."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.database import Base, UtcDateTime, now

KEY_STATES = {
    "in_cabinet": "在柜",
    "lent": "借出",
    "handed_over": "已移交",
    "returned": "已退还",
    "lost": "遗失",
}


class HouseKey(Base):
    """One bunch of keys of one house. ``kind``: not_handed_over 未交房, developer
    开发商移交, entrusted 业主委托, retained (kept for rectification, P01.10)."""

    __tablename__ = "house_key"
    __table_args__ = (UniqueConstraint("site_id", "code"), Index(None, "house_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(20))
    house_id: Mapped[int] = mapped_column(ForeignKey("house.id"))
    kind: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int] = mapped_column(default=1)
    vacant: Mapped[bool | None]
    received_on: Mapped[str | None] = mapped_column(String(10))
    place: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12), default="in_cabinet")
    remark: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[str | None] = mapped_column(String(60))
    moves: Mapped[list[KeyMove]] = relationship(back_populates="key")


class KeyMove(Base):
    """A key changed hands; append-only. ``act`` is received, lent, back, handed_over,
    returned or lost; ``who`` and ``company`` have it now; dates are ISO texts."""

    __tablename__ = "key_move"
    __table_args__ = (Index(None, "key_id"), Index(None, "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("house_key.id"))
    act: Mapped[str] = mapped_column(String(12))
    quantity: Mapped[int] = mapped_column(default=1)
    who: Mapped[str | None] = mapped_column(String(100))
    company: Mapped[str | None] = mapped_column(String(100))
    on: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[str | None] = mapped_column(String(10))
    approved_by: Mapped[str | None] = mapped_column(String(60))
    remark: Mapped[str | None] = mapped_column(String(500))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    source: Mapped[str | None] = mapped_column(String(60))
    key: Mapped[HouseKey] = relationship(back_populates="moves")
