"""What a lease says. That somebody lives in a house as its tenant, from when to when, is a
row of ``house_party``; this is the paper behind it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.database import Base
from engine.store.estate.houses import HouseParty


class Tenancy(Base):
    """One lease. ``ends_on`` is what was agreed; the day the tenant left is ``until`` of
    the link. ``has_agreement`` 租赁协议 and ``owner_consents`` 业主承诺书: None where
    nobody knows. ``members`` are the names of those who live there too, joined by 、."""

    __tablename__ = "tenancy"

    house_party_id: Mapped[int] = mapped_column(
        ForeignKey("house_party.id"), primary_key=True
    )
    ends_on: Mapped[str | None] = mapped_column(String(10))
    has_agreement: Mapped[bool | None]
    owner_consents: Mapped[bool | None]
    purpose: Mapped[str | None] = mapped_column(String(20))
    members: Mapped[str | None] = mapped_column(String(200))
    member_count: Mapped[int | None]
    link: Mapped[HouseParty] = relationship()
