"""The people who work here: accounts, roles, sites, and the numbers a site sets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine.errors import NotFound
from engine.people import Person
from engine.store.database import Base, Json, UtcDateTime, now


class Site(Base):
    """One estate under management. ``parameters`` are its own numbers in force: beside
    the case, so that an act needs no statement more; ``parameter`` rows are their history.
    ``calendar_version`` counts the changes of its calendar, by which it is kept in memory.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    demo: Mapped[bool] = mapped_column(default=False)
    parameters: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    calendar_version: Mapped[int] = mapped_column(default=0, server_default="0")


class Staff(Base):
    """One account. ``session_no`` grows when every session is to end at once."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    badge_no: Mapped[str | None] = mapped_column(String(40), unique=True)
    department: Mapped[str | None] = mapped_column(String(60))
    post: Mapped[str | None] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(30))
    joined_on: Mapped[str | None] = mapped_column(String(10))
    remark: Mapped[str | None] = mapped_column(String(500))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    administrator: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    session_no: Mapped[int] = mapped_column(default=1)
    roles: Mapped[list[StaffRole]] = relationship(
        back_populates="staff", cascade="all, delete-orphan", lazy="joined"
    )


class StaffRole(Base):
    """A role of a person, on one site or (``site_id`` null) on all."""

    __tablename__ = "staff_role"
    __table_args__ = (
        UniqueConstraint("staff_id", "role", "site_id"),
        Index(None, "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(40))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    staff: Mapped[Staff] = relationship(back_populates="roles")


class Parameter(Base):
    """A number of the procedures as a site has set it; the newest row is in force."""

    __tablename__ = "parameter"
    __table_args__ = (Index(None, "site_id", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[Any] = mapped_column(Json)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def colleagues(session: Session, site_id: int) -> dict[str, str]:
    """Everybody active on a site, by id, with name and post; one statement."""
    here = StaffRole.site_id.is_(None) | (StaffRole.site_id == site_id)
    working = select(StaffRole.staff_id).where(here)
    query = select(Staff.id, Staff.name, Staff.post)
    query = query.where(Staff.active.is_(True), Staff.id.in_(working))
    rows = session.execute(query.order_by(Staff.name, Staff.id))
    return {str(own): f"{name}（{post}）" if post else name for own, name, post in rows}


class NoSite(NotFound):
    """系统里还没有项目（小区），请管理员先建立。"""


def site_of(session: Session, person: Person) -> Site:
    """The site this person works on: the first of theirs. Raises ``NoSite``."""
    query = select(Site).order_by(Site.id).limit(1)
    if person.sites:
        query = query.where(Site.id.in_(sorted(person.sites)))
    site = session.scalar(query)
    if site is None:
        raise NoSite()
    return site
