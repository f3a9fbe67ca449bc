"""What a gate is asked with, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.calendar import ZONE
from engine.errors import Refused

MOST_ROWS = 50  # of evidence kept with an answer; the sentence counts them all


class UnknownGate(Refused):
    """没有名为“{name}”的核查。"""

    status = 422


class GateAsked(Refused):
    """核查“{name}”的问法不对：{reason}"""

    status = 422


@dataclass(frozen=True)
class Question:
    """Who asks what is not of interest, only where and when. ``case_id`` is the case that
    asks (None: a form before its case), ``filing`` the kinds of papers that the act under
    way is about to write, ``param`` the numbers of the site."""

    session: Session
    site_id: int
    at: datetime
    param: Callable[[str], Any]
    case_id: int | None = None
    filing: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        return self.at.astimezone(ZONE).date()

    def day(self, text: str | None) -> date:
        """A day as an expression gives it, today without one. Raises ``ValueError``."""
        return self.today if text is None else date.fromisoformat(str(text)[:10])


@dataclass(frozen=True)
class Answer:
    """``reason`` is a sentence in Chinese; ``rows`` what it rests on, plain JSON values;
    ``as_of`` the day or time they hold for (ISO), None: the moment of asking."""

    answer: str
    reason: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    as_of: str | None = None

    @classmethod
    def ok(cls, reason: str, *rows: dict[str, Any]) -> Answer:
        return cls("ok", reason, list(rows))

    @classmethod
    def not_ok(cls, reason: str, *rows: dict[str, Any]) -> Answer:
        return cls("not_ok", reason, list(rows))

    @classmethod
    def unknown(cls, reason: str, *rows: dict[str, Any]) -> Answer:
        return cls("unknown", reason, list(rows))

    @classmethod
    def no_house(cls, unit_no: str) -> Answer:
        return cls.unknown(f"登记中没有房号“{unit_no}”。")
