"""Houses and who belongs to them. Rows of ``house_party`` are dated, never overwritten."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine.store.database import Base

# the closed list of context.md, "Names and imports"
HOUSE_STATES = {
    "unsold": "未售",
    "not_handed_over": "未交房",
    "vacant": "空置",
    "fitout": "装修中",
    "owner_occupied": "自住",
    "let": "出租",
    "office": "办公",
}

# How somebody belongs to a house: product.md 26. A co-owner is one of several owners, each
# with a share. A vehicle's keeper and a key's holder are told by the same words.
RELATIONS = {
    "owner": "业主",
    "tenant": "租户",
    "family": "家属",
    "agent": "代理人",
}


class House(Base):
    """A unit. ``code`` is building-unit-room (``1-1-1802``), unit 0 a shop; ``area`` is in
    hundredths of a square metre; dates are ISO texts."""

    __tablename__ = "house"
    __table_args__ = (
        UniqueConstraint("site_id", "code"),
        Index(None, "code"),
        Index(None, "building", "unit", "room"),
        Index(None, "room"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(40))
    building: Mapped[str] = mapped_column(String(12))
    unit: Mapped[str] = mapped_column(String(12))
    room: Mapped[str] = mapped_column(String(12))
    floor: Mapped[int | None]
    kind: Mapped[str | None] = mapped_column(String(20))
    area: Mapped[int | None]
    status: Mapped[str | None] = mapped_column(String(20))
    handed_over_on: Mapped[str | None] = mapped_column(String(10))
    parties: Mapped[list[HouseParty]] = relationship(back_populates="house")


class Party(Base):
    """A person or company. ``id_no`` is sealed; ``id_digest`` finds it again. Triggers
    keep ``search_term`` at name and phones."""

    __tablename__ = "party"
    __table_args__ = (
        Index(None, "id_digest"),
        Index(None, "name"),
        Index(None, "phone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(10), default="person")
    name: Mapped[str] = mapped_column(String(100))
    gender: Mapped[str | None] = mapped_column(String(4))
    phone: Mapped[str | None] = mapped_column(String(30))
    other_phone: Mapped[str | None] = mapped_column(String(30))
    emergency_contact: Mapped[str | None] = mapped_column(String(100))
    id_no: Mapped[str | None] = mapped_column(String(300))
    id_digest: Mapped[str | None] = mapped_column(String(64))
    id_tail: Mapped[str | None] = mapped_column(String(4))


class HouseParty(Base):
    """Who belongs to a house how (``RELATIONS``), from when to when. ``share`` in
    hundredths of a percent (100 % = 10,000); an open ``until`` means now."""

    __tablename__ = "house_party"
    __table_args__ = (Index(None, "house_id"), Index(None, "party_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    house_id: Mapped[int] = mapped_column(ForeignKey("house.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    relation: Mapped[str] = mapped_column(String(12))
    share: Mapped[int | None]
    contract_no: Mapped[str | None] = mapped_column(String(60))
    since: Mapped[str | None] = mapped_column(String(10))
    until: Mapped[str | None] = mapped_column(String(10))
    remark: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[str | None] = mapped_column(String(60))
    house: Mapped[House] = relationship(back_populates="parties")
    party: Mapped[Party] = relationship()


def house_facts(session: Session, site_id: int, code: str) -> dict[str, Any] | None:
    """What a diagram or form may know of a house; ``None`` where there is no such house.

    Owners' names are joined by 、; of ID numbers only the tails. One statement.
    """
    rows = session.execute(
        select(House, HouseParty, Party)
        .outerjoin(
            HouseParty,
            (HouseParty.house_id == House.id)
            & (HouseParty.until.is_(None))
            & (HouseParty.relation == "owner"),
        )
        .outerjoin(Party, Party.id == HouseParty.party_id)
        .where(House.site_id == site_id, House.code == code)
        .order_by(HouseParty.id)
    ).all()
    if not rows:
        return None
    house = rows[0][0]
    owners = [(link, party) for _, link, party in rows if party is not None]
    return {
        "unit_no": house.code,
        "building": house.building,
        "status": house.status,
        "status_label": HOUSE_STATES.get(house.status or "", ""),
        "area_m2": None if house.area is None else house.area / 100,
        "handed_over_on": house.handed_over_on,
        "owner_name": "、".join(party.name for _, party in owners),
        "id_tail": "、".join(party.id_tail or "" for _, party in owners),
        "phone": owners[0][1].phone if owners else None,
        "contract_no": owners[0][0].contract_no if owners else None,
    }


def house_list(
    session: Session, site_id: int, statuses: list[str] | None = None
) -> list[dict[str, Any]]:
    """Every house of the site with the names of its owners. One statement."""
    query = (
        select(House.code, House.building, House.status, Party.name)
        .outerjoin(
            HouseParty,
            (HouseParty.house_id == House.id)
            & (HouseParty.until.is_(None))
            & (HouseParty.relation == "owner"),
        )
        .outerjoin(Party, Party.id == HouseParty.party_id)
        .where(House.site_id == site_id)
        .order_by(House.code, HouseParty.id)
    )
    if statuses is not None:
        query = query.where(House.status.in_([str(status) for status in statuses]))
    found: dict[str, dict[str, Any]] = {}
    for code, building, status, owner in session.execute(query):
        house = {"unit_no": code, "building": building, "status": status, "owner": ""}
        known = found.setdefault(code, house)
        known["owner"] = "、".join(filter(None, (known["owner"], owner)))
    return list(found.values())


def residents(session: Session, site_id: int, codes: Collection[str]) -> dict[str, str]:
    """Who belongs to these houses now, by id; one statement, none without a house."""
    if not codes:
        return {}
    query = (
        select(Party.id, Party.name)
        .join(HouseParty, HouseParty.party_id == Party.id)
        .join(House, House.id == HouseParty.house_id)
        .where(House.site_id == site_id, House.code.in_(codes))
        .where(HouseParty.until.is_(None))
        .order_by(HouseParty.id)
    )
    return {str(own): name for own, name in session.execute(query)}


def party_facts(session: Session, site_id: int, own: str) -> dict[str, Any] | None:
    """What a diagram or form may know of a person or company; ``None`` for nobody."""
    if not (own.isascii() and own.isdigit() and len(own) < 10):
        return None
    found = session.get(Party, int(own))
    if found is None or found.site_id != site_id:
        return None
    return {"name": found.name, "phone": found.phone, "id_tail": found.id_tail or ""}
