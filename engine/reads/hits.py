"""What a search finds, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from engine.people import Person

MOST = 200  # hits of one group, where no other is asked for


@dataclass(frozen=True)
class Tie:
    """Somebody of a house, or a house of somebody; ``past``: no longer."""

    name: str
    relation: str
    past: bool


@dataclass(frozen=True)
class Hit:
    """``id`` of the party, vehicle, case or record; ``house`` its code where there is
    one, ``party`` the id of whom a vehicle belongs to."""

    id: int
    title: str
    site_id: int
    house: str | None = None
    party: int | None = None
    state: str | None = None
    told: str = ""
    number: str = ""
    past: bool = False
    at: datetime | None = None
    ties: Sequence[Tie] = ()


def here(person: Person, site_id: Any) -> list[ColumnElement[bool]]:
    """Of the sites a person may see."""
    return [site_id.in_(sorted(person.sites))] if person.sites else []
