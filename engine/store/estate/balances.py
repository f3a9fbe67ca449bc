"""What is owed, as the billing system said on one day. Read-only here: a new sheet takes
the place of the one before, and every sheet is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base, UtcDateTime, now


class BalanceSheet(Base):
    """One imported table of balances. ``as_of`` is the day its figures hold for (ISO);
    the newest that was not taken back is in force."""

    __tablename__ = "balance_sheet"
    __table_args__ = (Index(None, "site_id", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    as_of: Mapped[str] = mapped_column(String(10))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str | None] = mapped_column(String(60))


class Balance(Base):
    """One item and period of one house: ``due`` and ``paid`` in fen, ``due_on`` the day
    it had to be paid. What is not yet due on ``as_of`` is not an arrear."""

    __tablename__ = "balance"
    __table_args__ = (Index(None, "sheet_id", "house_id"), Index(None, "house_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("balance_sheet.id"))
    house_id: Mapped[int] = mapped_column(ForeignKey("house.id"))
    item: Mapped[str] = mapped_column(String(40))
    begins: Mapped[str | None] = mapped_column(String(10))
    ends: Mapped[str | None] = mapped_column(String(10))
    due: Mapped[int] = mapped_column(BigInteger)
    paid: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[str | None] = mapped_column(String(10))
    remark: Mapped[str | None] = mapped_column(String(500))

    @property
    def owed(self) -> int:
        """Fen; too much paid for one item does not make up for another."""
        return max(self.due - self.paid, 0)

    def is_due(self, day: str) -> bool:
        """On that day (ISO). Without a day to pay by, it counts from the end of its
        period, or at once."""
        due = self.due_on or self.ends
        return due is None or due <= day


def newest_sheet(site_id: int) -> Select[int]:
    """The id of the sheet in force: the newest day's that was not taken back."""
    return (
        select(BalanceSheet.id)
        .where(BalanceSheet.site_id == site_id, BalanceSheet.withdrawn.is_(False))
        .order_by(BalanceSheet.as_of.desc(), BalanceSheet.id.desc())
        .limit(1)
    )
