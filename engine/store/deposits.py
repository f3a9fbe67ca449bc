"""Money held for others: deposits, and every fen that came in or went out of each.

An entry is never changed; what was wrong is reversed by another. A deposit's row carries
the sums of its entries, moved by the statement that checks them: of two acts at once
neither can take what the other took.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Update,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.database import Base, Json, UtcDateTime, now

ACTS = ("taken", "deducted", "refunded")
LONGEST_REASON = 500


class Deposit(Base):
    """One deposit: ``taken``, ``deducted`` and ``refunded`` are sums in fen.

    Its receipt is the paper of ``receipt_kind`` that its case wrote at ``task_id``;
    ``once`` is the act that took it, so that the same act takes it once.
    """

    __tablename__ = "deposit"
    __table_args__ = (
        Index(None, "site_id", "house_code"),
        Index(None, "case_id"),
        CheckConstraint("deducted >= 0 AND refunded >= 0", name="no_less_than_none"),
        CheckConstraint("taken >= deducted + refunded", name="no_more_than_held"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    house_code: Mapped[str | None] = mapped_column(String(40))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(20))
    payer: Mapped[str] = mapped_column(String(100))
    taken: Mapped[int] = mapped_column(BigInteger)
    deducted: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    task_id: Mapped[str | None] = mapped_column(String(32))
    receipt_kind: Mapped[str | None] = mapped_column(String(20))
    once: Mapped[str] = mapped_column(String(200), unique=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @property
    def held(self) -> int:
        return self.taken - self.deducted - self.refunded


class DepositEntry(Base):
    """``amount`` in fen is what it adds to the money held: taken +, deducted and refunded
    -. One that ``reverses_id`` another has the act of that and the opposite amount.
    ``evidence`` are ids of files and numbers of records."""

    __tablename__ = "deposit_entry"
    __table_args__ = (Index(None, "deposit_id"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"))
    act: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    element: Mapped[str] = mapped_column(String(100))
    task_id: Mapped[str | None] = mapped_column(String(32))
    once: Mapped[str] = mapped_column(String(200), unique=True)
    reverses_id: Mapped[int | None] = mapped_column(
        ForeignKey("deposit_entry.id"), unique=True
    )
    evidence: Mapped[list[Any] | None] = mapped_column(Json)
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def deposits_of(session: Session, site_id: int, code: str) -> Sequence[Deposit]:
    """The deposits of a house, those that are held first."""
    query = select(Deposit).where(
        Deposit.site_id == site_id, Deposit.house_code == code
    )
    return session.scalars(query.order_by(_HELD == 0, Deposit.id.desc())).all()


def deposits_paid_by(
    session: Session, site_id: int, payer: str, codes: Collection[str]
) -> Sequence[Deposit]:
    """Of these houses alone: elsewhere somebody else may have the same name."""
    query = select(Deposit).where(Deposit.site_id == site_id, Deposit.payer == payer)
    query = query.where(Deposit.house_code.in_(sorted(codes)))
    return session.scalars(query.order_by(_HELD == 0, Deposit.id.desc())).all()


def add_once(session: Session, table: type[Base], row: dict[str, Any]) -> int | None:
    """Insert a row with its mark ``once``; its id, None where that act wrote it before
    (or the entry was reversed before)."""
    dialect = session.get_bind().dialect.name
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table).values(row).on_conflict_do_nothing()
    session.flush()
    found = session.execute(statement.returning(table.__table__.c.id)).first()
    return None if found is None else int(found[0])


_HELD = Deposit.taken - Deposit.deducted - Deposit.refunded


def take_out(session: Session, deposit_id: int, act: str, amount: int) -> int | None:
    """Deduct or refund where as much is held; no deduction once a refund was made. What
    is held then, None where nothing was done."""
    column = getattr(Deposit, act)
    wanted = update(Deposit).where(Deposit.id == deposit_id, _HELD >= amount)
    if act == "deducted":
        wanted = wanted.where(Deposit.refunded == 0)
    return _held_then(session, wanted.values({column: column + amount}))


def put_back(session: Session, deposit_id: int, act: str, amount: int) -> int | None:
    """Take back an act of so much (fen); what was taken only as far as it is held. What
    is held then, None where nothing was done."""
    column = getattr(Deposit, act)
    wanted = update(Deposit).where(Deposit.id == deposit_id, column >= amount)
    if act == "taken":
        wanted = wanted.where(_HELD >= amount)
    return _held_then(session, wanted.values({column: column - amount}))


def _held_then(session: Session, statement: Update) -> int | None:
    session.flush()
    # not by the session: it would look for objects to bring up to date
    return session.connection().execute(statement.returning(_HELD)).scalar()
