"""Who waits for a message, and which messages came before anybody waited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.people import Person
from engine.progress import Wait
from engine.store.cases import Wait as WaitRow
from engine.store.database import now
from engine.store.outbox import Message

KEPT = timedelta(days=30)


def take_in(
    session: Session,
    person: Person | None,
    name: str,
    *,
    case_id: int | None,
    correlation: str | None,
    payload: Any,
    kept: timedelta,
) -> Message:
    """The row of a message that just came, good for as long as it is ``kept``."""
    at = now()
    message = Message(
        name=name,
        case_id=case_id,
        correlation=correlation,
        payload=payload,
        sent_by=person.id if person else None,
        received_at=at,
        expires_at=at + kept,
    )
    session.add(message)
    session.flush()
    return message


def early_messages(
    session: Session, case_id: int, opened: Iterable[Wait], at: datetime
) -> Sequence[Message]:
    """What came for these waits of a case before they were there, the oldest first."""
    waiting = [
        w for w in opened if w.kind == "message" or (w.kind == "timer" and w.name)
    ]
    if not waiting:
        return ()
    names = [name for wait in waiting for name in wait.name.split("\n") if name]
    query = select(Message).where(
        Message.name.in_(names),
        Message.delivered_at.is_(None),
        Message.expires_at >= at,
        Message.case_id.is_(None) | (Message.case_id == case_id),
    )
    return session.scalars(query.order_by(Message.id)).all()


def waiting_rows(
    session: Session, message: Message, case_id: int | None = None
) -> list[WaitRow]:
    """The waits a message or signal is for, the oldest case first."""
    query = select(WaitRow).where(
        WaitRow.kind.in_(("message", "signal", "timer")), WaitRow.name != ""
    )
    wanted = case_id if case_id is not None else message.case_id
    if wanted is not None:
        query = query.where(WaitRow.case_id == wanted)
    else:
        query = query.where(WaitRow.name.contains(message.name, autoescape=True))
    rows = session.scalars(query.order_by(WaitRow.case_id, WaitRow.id)).all()
    return [row for row in rows if _is_for(row, message)]


def _is_for(row: WaitRow, message: Message) -> bool:
    if message.name not in row.name.split("\n"):
        return False
    if message.case_id is not None:
        return row.case_id == message.case_id
    return row.correlation == message.correlation
