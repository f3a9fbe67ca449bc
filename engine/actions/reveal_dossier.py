"""Ask for a case's dossier with whole numbers: with a reason, and on the record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.actions.note_look import note_look, reason_of
from engine.errors import NotYours
from engine.people import Person, may_reveal
from engine.store.cases import Case
from engine.store.seen import case_seen_by

FIELD, LABEL = "dossier", "卷宗（完整号码）"


def whole_dossier(session: Session, person: Person, case_id: int) -> Case:
    """The case, for who may have its dossier unmasked. Raises ``NotFound``,
    ``NotYours``."""
    case = case_seen_by(session, person, case_id)
    if not may_reveal(person, case.site_id):
        raise NotYours()
    return case


def reveal_dossier(session: Session, person: Person, case_id: int, reason: str) -> None:
    """Raises ``NotFound``, ``NotYours``, ``RevealReasonMissing``."""
    case = whole_dossier(session, person, case_id)
    why = reason_of(reason)
    note_look(session, person, case.site_id, case, None, FIELD, LABEL, why)
