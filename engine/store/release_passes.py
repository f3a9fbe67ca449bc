"""What a printed release slip opens at the gate: once, in its window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.errors import NotFound, NotYours
from engine.people import Person, may_check_gate
from engine.sealing import Seal
from engine.store.cases import Case
from engine.store.database import Base, Json, UtcDateTime, now
from engine.store.records import Record


class PassUnknown(NotFound):
    """这不是本系统开出的放行条，不能放行。"""


class ReleasePass(Base):
    """One slip's pass. ``state`` is issued, used, mismatch or void.

    The token in the QR code is random; ``token_hash`` (keyed) finds it, ``sealed`` lets
    the slip be printed again. ``checked`` is what the guard ticked.
    """

    __tablename__ = "release_pass"
    __table_args__ = (Index(None, "case_id"), Index(None, "record_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default="issued")
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    used_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(500))
    checked: Mapped[list[Any] | None] = mapped_column(Json)


def standing(found: ReleasePass, void: bool, at: datetime) -> str:
    """What a pass is worth at a time: valid, used, mismatch, void, not_yet or expired.
    ``void``: its record was voided or its case cancelled. The last moment counts."""
    if found.state != "issued":
        return found.state
    if void:
        return "void"
    if at < found.valid_from:
        return "not_yet"
    return "valid" if at <= found.valid_until else "expired"


def items_of(record: Record) -> list[dict[str, Any]]:
    """The goods on a slip."""
    listed = record.data.get("items")
    return [item for item in listed or () if isinstance(item, dict)]


@dataclass(frozen=True)
class Found:
    """A pass with its slip and its case, shown to somebody who stands at the gate."""

    release: ReleasePass
    record: Record
    case: Case


def pass_shown(session: Session, seal: Seal, person: Person, token: str) -> Found:
    """Raises ``PassUnknown``, ``NotYours``."""
    query = (
        select(ReleasePass, Record, Case)
        .join(Record, Record.id == ReleasePass.record_id)
        .join(Case, Case.id == ReleasePass.case_id)
        .where(ReleasePass.token_hash == seal.digest(token))
        .execution_options(populate_existing=True)
    )
    row = session.execute(query).first()
    if "gate_guard" not in person.roles:
        raise NotYours()  # the same for a pass that there is and one that is not
    if row is None:
        raise PassUnknown()
    found = Found(*row)
    if not may_check_gate(person, found.release.site_id):
        raise NotYours()
    return found
