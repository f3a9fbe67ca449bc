"""Write down that somebody looked at whole numbers: who, when, at what, why."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.actions.settle import save_case
from engine.errors import Refused
from engine.operations.act import Act
from engine.people import Person
from engine.store.cases import Case
from engine.store.database import now
from engine.store.reveals import Reveal


class RevealReasonMissing(Refused):
    """请写明查看的原因（2 到 200 个字）。"""

    status = 422


def reason_of(text: str) -> str:
    """Raises ``RevealReasonMissing``."""
    why = " ".join(text.replace("\0", "").split())
    if not 2 <= len(why) <= 200:
        raise RevealReasonMissing()
    return why


def note_look(
    session: Session,
    person: Person,
    site_id: int,
    case: Case | None,
    record_id: int | None,
    field: str,
    label: str,
    why: str,
) -> None:
    """In the list of looks, and in the history of the case where there is one."""
    at = now()
    look = Reveal(site_id=site_id, record_id=record_id, reason=why, by=person.id, at=at)
    look.case_id = case.id if case is not None else None
    look.field, look.label = field[:200], label[:200]
    session.add(look)
    if case is not None:
        line = {"kind": "revealed", "detail": {"field": label, "reason": why}}
        save_case(Act.on(session, case, person, at), case, [line])
