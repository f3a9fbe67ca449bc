"""Water, power and gas meters and what they read when."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.database import Base


class Meter(Base):
    """``kind`` is water, power or gas; an open ``until`` means it still hangs there."""

    __tablename__ = "meter"
    __table_args__ = (UniqueConstraint("site_id", "number"), Index(None, "house_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    house_id: Mapped[int] = mapped_column(ForeignKey("house.id"))
    kind: Mapped[str] = mapped_column(String(8))
    number: Mapped[str] = mapped_column(String(30))
    until: Mapped[str | None] = mapped_column(String(10))
    source: Mapped[str | None] = mapped_column(String(60))
    readings: Mapped[list[MeterReading]] = relationship(back_populates="meter")


class MeterReading(Base):
    """``value`` in hundredths of the meter's unit (m³, kWh); one a meter and day."""

    __tablename__ = "meter_reading"
    __table_args__ = (UniqueConstraint("meter_id", "read_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey("meter.id"))
    read_on: Mapped[str] = mapped_column(String(10))
    value: Mapped[int]
    reader: Mapped[str | None] = mapped_column(String(60))
    remark: Mapped[str | None] = mapped_column(String(500))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    source: Mapped[str | None] = mapped_column(String(60))
    meter: Mapped[Meter] = relationship(back_populates="readings")
