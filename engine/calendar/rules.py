"""How a deadline was made, so that it can be made again when the calendar changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.calendar.deadlines import Deadlines
from engine.calendar.working_days import Calendar

# JSON: {"function": "workdays", "args": [1, "17:10"], "from": "2026-03-10T09:05+08:00"}
Rule = dict[str, Any]
_AGAIN: dict[str, Callable[..., datetime]] = {
    "workdays": Deadlines.workdays,
    "week_friday": Deadlines.week_friday,
}


@dataclass(frozen=True)
class Deadline:
    """An open deadline: what it is of (``id``), when, and how it was made."""

    id: str
    due_at: datetime
    rule: Mapping[str, Any]


@dataclass(frozen=True)
class Moved:
    """A deadline that another calendar puts elsewhere."""

    id: str
    before: datetime
    after: datetime


def recompute(rule: Mapping[str, Any], calendar: Calendar) -> datetime:
    """The deadline a rule comes to in this calendar. Raises KeyError for a rule of
    another kind: only working days make a deadline move."""
    again = _AGAIN[rule["function"]]
    start = datetime.fromisoformat(rule["from"])
    return again(Deadlines(calendar), *rule["args"], start=start)


def moved(deadlines: Iterable[Deadline], calendar: Calendar) -> tuple[Moved, ...]:
    """Those of the deadlines that are no longer where they were."""
    found = (
        Moved(deadline.id, deadline.due_at, recompute(deadline.rule, calendar))
        for deadline in deadlines
    )
    return tuple(move for move in found if move.after != move.before)
