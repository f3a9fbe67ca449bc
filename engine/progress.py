"""The plain values that cross the walls between workflow, actions and store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Element:
    """What people, inbox and history need to know of one BPMN element.

    ``role`` is the lane's id, ``worked_by`` the role that acts in that lane; texts of
    ``properties`` are as drawn (expressions not yet evaluated).
    """

    id: str
    kind: str
    name: str = ""
    role: str = ""
    worked_by: str = ""
    step: str = ""
    form: str | None = None
    outcome: str | None = None
    instructions: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """Something a case waits for: a task for a person, a call, a timer, a message, a signal.

    ``item`` are the variables of one turn of a multi-instance, ``due_at`` is aware.
    """

    id: str
    element: str
    kind: str
    name: str = ""
    due_at: datetime | None = None
    item: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Step:
    """A BPMN element that ended in this act: ``done`` or ``cancelled``.

    ``source`` is the element before it, so that the flow taken is known.
    """

    id: str
    element: str
    state: str
    source: str | None = None


@dataclass(frozen=True)
class Effect:
    """An operation on our own tables that the diagram asks for, in order."""

    element: str
    operation: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """A call to the outside, waited for; ``id`` is its idempotency key."""

    id: str
    element: str
    operation: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Thrown:
    """A message or signal that nobody inside the case caught."""

    kind: str
    name: str
    payload: Any


@dataclass(frozen=True)
class Progress:
    """What one act did to a case: its new state, and all that changed.

    ``data`` are the changed variables, ``opened`` what it waits for since this act,
    ``closed`` what it no longer waits for, ``missed`` how many repetitions of a timer
    fired as one. Of ``effects`` the first ``performed`` are done already.
    """

    state: bytes
    steps: tuple[Step, ...]
    opened: tuple[Wait, ...]
    closed: tuple[Wait, ...]
    data: Mapping[str, Any]
    effects: tuple[Effect, ...]
    calls: tuple[Call, ...]
    thrown: tuple[Thrown, ...]
    missed: Mapping[str, int]
    ended: bool
    performed: int = 0
