"""Take a case back to the version it was carried over from, if nothing happened since."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, undefer

from engine.actions.migrate_cases import CaseOver, MigrationResult
from engine.actions.migrated_rows import give_back_tasks, put_back_waits, redraw_tasks
from engine.actions.moving import moving
from engine.actions.settle import save_case, texts
from engine.errors import NotFound, NotYours, Refused
from engine.people import Person, may_migrate
from engine.runtime import Runtime
from engine.store.cases import Case, ProcessVersion
from engine.store.database import changed_rows, transact
from engine.store.migrated import MigratedCase


class NothingToUndo(Refused):
    """这个案件没有可以撤回的版本更换。"""

    status = 409


class MovedSince(Refused):
    """换版本以后案件又办了别的事，不能再撤回。"""

    status = 409


def undo_migration(
    session: Session, runtime: Runtime, person: Person, case_id: int
) -> None:
    """State, waits and version as they were; claims and drafts made since stay.

    Raises ``NotFound``, ``CaseOver``, ``NotYours``, ``NothingToUndo``, ``MovedSince``.
    """
    case = _case(session, person, case_id)
    saved = _last(session, case)
    whole = moving(session, runtime, case, person)
    act, new = whole.act, whole.version
    old = runtime.published(session, saved.from_id)
    redraw_tasks(act, new, old)
    give_back_tasks(act, saved.released)
    put_back_waits(act, saved.waits)
    spiff = select(ProcessVersion.spiff_version).where(ProcessVersion.id == old.id)
    save_case(
        act,
        case,
        [
            {
                "kind": "migration_undone",
                "detail": {"from": new.number, "to": old.number},
            }
        ],
        state=saved.state,
        version_id=old.id,
        spiff_version=session.scalar(spiff),
        **texts(old, case.data, whole.world.functions),
    )
    done = update(MigratedCase).where(MigratedCase.id == saved.id)
    changed_rows(session, done.values(undone_at=act.at, undone_by=person.id))


def undo_migrations(
    session: Session, runtime: Runtime, person: Person, case_ids: Sequence[int]
) -> list[MigrationResult]:
    """Take cases back, each in a transaction of its own, with a result for each."""
    query = select(Case.id, Case.number).where(Case.id.in_(case_ids))
    numbers = {row.id: row.number for row in session.execute(query)}
    found = []
    for own in dict.fromkeys(case_ids):
        try:
            transact(session, undo_migration, runtime, person, own)
            found.append(MigrationResult(own, numbers[own]))
        except Refused as refused:
            found.append(MigrationResult(own, numbers.get(own, ""), refused))
    return found


def _case(session: Session, person: Person, case_id: int) -> Case:
    query = select(Case).where(Case.id == case_id).options(joinedload(Case.site))
    case = session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound()
    if case.status != "running":
        raise CaseOver()
    if not may_migrate(person, case):
        raise NotYours()
    return case


def _last(session: Session, case: Case) -> MigratedCase:
    """The last carrying over, which is the one to take back or none is."""
    query = (
        select(MigratedCase)
        .where(MigratedCase.case_id == case.id, MigratedCase.undone_at.is_(None))
        .options(undefer(MigratedCase.state), undefer(MigratedCase.waits))
        .order_by(MigratedCase.id.desc())
        .limit(1)
    )
    saved = session.scalar(query)
    if saved is None:
        raise NothingToUndo()
    if saved.case_version != case.version or saved.to_id != case.version_id:
        raise MovedSince()
    return saved
