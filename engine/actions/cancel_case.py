"""Cancel a case, with a reason; whatever was open is closed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from engine.actions.move import go
from engine.actions.moving import moving
from engine.errors import NotFound, NotYours, Refused
from engine.people import Person, may_cancel
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.workflow import run


class ReasonMissing(Refused):
    """请写明取消的原因。"""

    status = 422


class NotRunning(Refused):
    """案件已经结束，不能取消。"""

    status = 409


def cancel_case(
    session: Session, runtime: Runtime, person: Person, case_id: int, reason: str
) -> Case:
    """Raises ``NotFound``, ``NotRunning``, ``NotYours``, ``ReasonMissing``."""
    query = (
        select(Case)
        .where(Case.id == case_id)
        .options(undefer(Case.state), joinedload(Case.site))
    )
    case = session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound()
    if case.status != "running":
        raise NotRunning()
    if not may_cancel(person, case):
        raise NotYours()
    if not reason.strip():
        raise ReasonMissing()
    line = {"kind": "case_cancelled", "detail": {"reason": reason.strip()}}
    whole = moving(session, runtime, case, person)
    go(whole, line, lambda specs, state, _world: run.stop(specs, state), "cancelled")
    return case
