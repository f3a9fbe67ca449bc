"""Cancel a case, with a reason; whatever was open is closed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engine.actions.settle import settle
from engine.errors import NotFound, NotYours, Refused
from engine.operations.act import Act
from engine.people import Person, may_cancel
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.database import now
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
    query = select(Case).where(Case.id == case_id).options(undefer(Case.state))
    case = session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound()
    if case.status != "running":
        raise NotRunning()
    if not may_cancel(person, case):
        raise NotYours()
    if not reason.strip():
        raise ReasonMissing()
    version = runtime.published(session, case.version_id)
    progress = run.stop(version.specs, case.state)
    act = Act(
        session, case.site_id, case.id, case.number, case.house_code, person, now()
    )
    line = {"kind": "case_cancelled", "detail": {"reason": reason.strip()}}
    settle(act, version, case, progress, line, {}, status="cancelled")
    return case
