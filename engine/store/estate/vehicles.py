"""Vehicles, parking spaces and who leases them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.database import Base


class Vehicle(Base):
    """A registered vehicle; an open ``until`` means it still is. ``plate`` is kept in
    capitals without blanks, ``relation`` is owner or tenant. Triggers keep
    ``search_term`` at the plate."""

    __tablename__ = "vehicle"
    __table_args__ = (
        Index(None, "site_id", "plate"),
        Index(None, "house_id"),
        Index(None, "party_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    plate: Mapped[str] = mapped_column(String(20))
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    keeper: Mapped[str | None] = mapped_column(String(100))
    phone: Mapped[str | None] = mapped_column(String(30))
    relation: Mapped[str | None] = mapped_column(String(12))
    brand: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str | None] = mapped_column(String(20))
    colour: Mapped[str | None] = mapped_column(String(20))
    energy: Mapped[str | None] = mapped_column(String(12))
    space_code: Mapped[str | None] = mapped_column(String(20))
    since: Mapped[str | None] = mapped_column(String(10))
    until: Mapped[str | None] = mapped_column(String(10))
    remark: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[str | None] = mapped_column(String(60))


class ParkingSpace(Base):
    """A space. ``tenure`` is owned (产权) or public (公共), ``status`` sold, let or free;
    ``house_id`` is the house of whoever owns or leases it."""

    __tablename__ = "parking_space"
    __table_args__ = (UniqueConstraint("site_id", "code"), Index(None, "house_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(20))
    place: Mapped[str | None] = mapped_column(String(40))
    tenure: Mapped[str | None] = mapped_column(String(12))
    status: Mapped[str | None] = mapped_column(String(12))
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"))
    owner: Mapped[str | None] = mapped_column(String(100))
    remark: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[str | None] = mapped_column(String(60))
    leases: Mapped[list[SpaceLease]] = relationship(back_populates="space")


class SpaceLease(Base):
    """Who uses a space, from when to when: dated, never overwritten. ``ends_on`` is what
    was agreed, ``until`` the day it ended; ``monthly`` in fen, null where it is owned.
    """

    __tablename__ = "space_lease"
    __table_args__ = (Index(None, "space_id"), Index(None, "house_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("parking_space.id"))
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"))
    user: Mapped[str | None] = mapped_column(String(100))
    phone: Mapped[str | None] = mapped_column(String(30))
    plate: Mapped[str | None] = mapped_column(String(20))
    since: Mapped[str | None] = mapped_column(String(10))
    ends_on: Mapped[str | None] = mapped_column(String(10))
    until: Mapped[str | None] = mapped_column(String(10))
    monthly: Mapped[int | None]
    source: Mapped[str | None] = mapped_column(String(60))
    space: Mapped[ParkingSpace] = relationship(back_populates="leases")
