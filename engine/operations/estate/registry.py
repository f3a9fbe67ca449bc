"""Find a house, read a day and a name: what the operations on the registry share."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from engine.expressions.numbers import Exact, exact
from engine.expressions.refusals import Unfit
from engine.operations.act import SITE_ZONE, Act
from engine.operations.estate.refusals import DayRefused, HouseMissing, PersonRefused
from engine.store.estate import House

LONGEST_NAME = 100


def find_house(act: Act, unit_no: object) -> House:
    """The house of that number on the case's site, as it is now; its row is held to the
    end of the act where the database can. Raises ``HouseMissing``."""
    query = select(House).where(
        House.site_id == act.site_id, House.code == str(unit_no)
    )
    query = query.with_for_update().execution_options(populate_existing=True)
    found = act.session.scalar(query)
    if found is None:
        raise HouseMissing(unit_no=unit_no)
    return found


def day_of(act: Act, text: Any) -> str:
    """An ISO day; today without one. Raises ``DayRefused``."""
    if text is None:
        return act.at.astimezone(SITE_ZONE).date().isoformat()
    try:
        return date.fromisoformat(str(text)[:10]).isoformat()
    except ValueError as wrong:
        raise DayRefused(day=str(text)[:20]) from wrong


def number_of(value: Any) -> Exact | None:
    """The exact number, None for what is none."""
    try:
        return None if isinstance(value, bool) else exact(value)
    except Unfit:
        return None


def name_of(value: Any, what: str = "姓名") -> str:
    """Raises ``PersonRefused``."""
    text = str(value or "").strip()
    if not text or "\x00" in text:
        raise PersonRefused(reason=f"请填写{what}。")
    if len(text) > LONGEST_NAME:
        raise PersonRefused(reason=f"{what}最多 {LONGEST_NAME} 个字。")
    return text


def short(value: Any, longest: int) -> str | None:
    """A text as a column holds it."""
    return None if value in (None, "") else str(value).strip()[:longest]
