"""Send a message to a waiting case, or a signal to all that wait; or start a case by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.actions.move import post
from engine.actions.waiting import KEPT
from engine.errors import Refused
from engine.people import Person
from engine.runtime import Runtime
from engine.store.outbox import Message


class MessageNameRefused(Refused):
    """消息要有名称，最多 100 个字。"""

    status = 422


def send_message(
    session: Session,
    runtime: Runtime,
    person: Person | None,
    name: str,
    *,
    case_id: int | None = None,
    correlation: str | None = None,
    payload: Any = None,
    kept: timedelta = KEPT,
) -> Message:
    """Deliver a message now, or keep it until somebody waits for it or ``kept`` is over.

    One waiting case takes it (``case_id``, or equal ``correlation``); a process whose
    start event has that message is started by it. ``delivered_to`` tells which case.
    """
    _check(name)
    return post(
        session,
        runtime,
        person,
        name,
        case_id=case_id,
        correlation=correlation,
        payload=payload,
        kept=kept,
    )


def send_signal(
    session: Session, runtime: Runtime, person: Person | None, name: str
) -> Message:
    """Give a signal to every case that waits for it now."""
    _check(name)
    return post(session, runtime, person, name, signal=True)


def _check(name: str) -> None:
    if not name.strip() or len(name) > 100:
        raise MessageNameRefused()
