"""Carry running cases over to another version of their process; what would happen first.

Cases stay on the version they began on unless somebody asks for this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, undefer

from engine.actions.migrated_rows import keep_rules, notes, redraw_tasks, wait_rows
from engine.actions.move import go
from engine.actions.moving import moving
from engine.actions.settle import texts
from engine.errors import NotFound, NotYours, Refused
from engine.people import MANAGERS, Person, may_migrate
from engine.progress import Progress, Wait
from engine.runtime import Published, Runtime
from engine.store.cases import Case, ProcessVersion
from engine.store.database import transact
from engine.store.migrated import MigratedCase
from engine.workflow.migrate import Migrated, migrate
from engine.workflow.run import World


class OtherProcess(Refused):
    """这个版本是另一个流程的。"""

    status = 422


class CaseOver(Refused):
    """案件已经结束或取消，版本不再更换。"""

    status = 409


class SameVersion(Refused):
    """案件已经在这个版本上。"""

    status = 409


@dataclass(frozen=True)
class MigrationResult:
    """What becomes, or became, of one case: ``refusal`` says why it stays as it is,
    ``notes`` what else changes for it."""

    case_id: int
    number: str
    refusal: Refused | None = None
    notes: tuple[str, ...] = ()

    @property
    def moves(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True)
class _Plan:
    case: Case
    old: Published
    new: Published
    world: World
    migrated: Migrated
    notes: tuple[str, ...]


def preview_migration(
    session: Session,
    runtime: Runtime,
    person: Person,
    process_id: str,
    to_version_id: str,
    case_ids: Sequence[int] | None = None,
) -> list[MigrationResult]:
    """Who can move, and who cannot and why; nothing is written. Without ``case_ids``
    all running cases of this person's sites that are not on that version.

    Raises ``NotFound``, ``NotYours``, ``OtherProcess``.
    """

    def look(case_id: int) -> tuple[str, ...]:
        plan = _plan(session, runtime, person, cases.get(case_id), to_version_id)
        texts(plan.new, plan.case.data, plan.world.functions)
        return plan.notes

    _check(session, person, process_id, to_version_id)
    if case_ids is None:
        found = _targets(session, person, process_id, to_version_id, None)
        case_ids = [own for own, _ in found]
    cases = _cases(session, case_ids)
    numbers = {own: case.number for own, case in cases.items()}
    asked = dict.fromkeys(case_ids)
    return [_told(own, numbers.get(own, ""), look) for own in asked]


def migrate_cases(
    session: Session,
    runtime: Runtime,
    person: Person,
    process_id: str,
    to_version_id: str,
    case_ids: Sequence[int] | None = None,
) -> list[MigrationResult]:
    """Carry cases over, each in a transaction of its own: one that is refused stays as
    it is and stops no other. ``case_ids`` and errors as in ``preview_migration``."""

    def move(case_id: int) -> tuple[str, ...]:
        return transact(session, migrate_case, runtime, person, case_id, to_version_id)

    _check(session, person, process_id, to_version_id)
    found = _targets(session, person, process_id, to_version_id, case_ids)
    return [_told(own, number, move) for own, number in found]


def migrate_case(
    session: Session, runtime: Runtime, person: Person, case_id: int, to_version_id: str
) -> tuple[str, ...]:
    """Carry one case over; what else that changes for it, in sentences.

    Raises ``NotFound``, ``NotYours``, ``CaseOver``, ``SameVersion``, ``OtherProcess``,
    ``CannotMigrate``, and what the texts of the new version refuse with.
    """
    found = _cases(session, [case_id]).get(case_id)
    plan = _plan(session, runtime, person, found, to_version_id)
    case, old, new = plan.case, plan.old, plan.new
    whole = replace(moving(session, runtime, case, person), version=new)
    before = wait_rows(session, case.id)
    _put_version(session, case, new)
    released = redraw_tasks(whole.act, old, new)
    session.add(
        MigratedCase(
            case_id=case.id,
            from_id=old.id,
            to_id=new.id,
            state=case.state,
            waits=before,
            released=released,
            case_version=case.version + 1,
            at=whole.act.at,
            by=person.id,
        )
    )
    detail = {"from": old.number, "to": new.number, "notes": list(plan.notes)}
    anew = _anew(plan)
    progress = _progress(plan.migrated, anew)
    go(whole, {"kind": "migrated", "detail": detail}, lambda *_: progress)
    keep_rules(session, before, anew)
    return plan.notes


def _cases(session: Session, case_ids: Sequence[int]) -> dict[int, Case]:
    """The cases as they are now, with state and site; one statement."""
    query = select(Case).where(Case.id.in_(case_ids))
    query = query.options(undefer(Case.state), joinedload(Case.site))
    found = session.scalars(query.execution_options(populate_existing=True))
    return {case.id: case for case in found}


def _plan(
    session: Session,
    runtime: Runtime,
    person: Person,
    case: Case | None,
    to_version_id: str,
) -> _Plan:
    if case is None:
        raise NotFound()
    if case.status != "running":
        raise CaseOver()
    if not may_migrate(person, case):
        raise NotYours()
    if case.version_id == to_version_id:
        raise SameVersion()
    old = runtime.published(session, case.version_id)
    new = runtime.published(session, to_version_id)
    if new.process_id != case.process_id:
        raise OtherProcess()
    world = runtime.world(session, case.site, case)
    migrated = migrate(old, new, case.state, world)
    told = notes(old, new, migrated, runtime.roles)
    return _Plan(case, old, new, world, migrated, told)


def _put_version(session: Session, case: Case, version: Published) -> None:
    """Where the case has moved meanwhile, its saving finds that out."""
    spiff = select(ProcessVersion.spiff_version).where(ProcessVersion.id == version.id)
    put = update(Case).where(Case.id == case.id, Case.version == case.version)
    put = put.values(version_id=version.id, spiff_version=spiff.scalar_subquery())
    session.execute(put.execution_options(synchronize_session=False))


def _anew(plan: _Plan) -> tuple[Wait, ...]:
    """Events whose row is written anew: they wait for something else than before, or for
    messages that are told apart in another way."""

    def correlation(version: Published, wait: Wait) -> str | None:
        return version.elements[wait.element].properties.get("correlation")

    opened = {wait.id for wait in plan.migrated.opened}
    return tuple(
        wait
        for wait in plan.migrated.waits
        if wait.kind not in ("task", "call")
        and wait.id not in opened
        and (
            wait in plan.migrated.changed
            or correlation(plan.old, wait) != correlation(plan.new, wait)
        )
    )


def _progress(migrated: Migrated, anew: tuple[Wait, ...]) -> Progress:
    """Nothing ran."""
    return Progress(
        state=migrated.state,
        steps=(),
        opened=migrated.opened + anew,
        closed=migrated.closed + anew,
        data={},
        effects=(),
        calls=(),
        thrown=(),
        missed={},
        ended=False,
    )


def _told(
    case_id: int, number: str, act: Callable[[int], tuple[str, ...]]
) -> MigrationResult:
    try:
        return MigrationResult(case_id, number, notes=act(case_id))
    except Refused as refused:
        return MigrationResult(case_id, number, refused)


def _check(
    session: Session, person: Person, process_id: str, to_version_id: str
) -> None:
    if not person.administrator and not person.roles & MANAGERS:
        raise NotYours()
    version = session.get(ProcessVersion, to_version_id)
    if version is None:
        raise NotFound()
    if version.process_id != process_id:
        raise OtherProcess()


def _targets(
    session: Session,
    person: Person,
    process_id: str,
    to_version_id: str,
    case_ids: Sequence[int] | None,
) -> list[tuple[int, str]]:
    """Ids and numbers, the oldest first; an id that nobody knows has no number."""
    query = select(Case.id, Case.number).order_by(Case.id)
    if case_ids is not None:
        rows = session.execute(query.where(Case.id.in_(case_ids)))
        known = {row.id: row.number for row in rows}
        return [(own, known.get(own, "")) for own in dict.fromkeys(case_ids)]
    query = query.where(Case.process_id == process_id, Case.status == "running")
    query = query.where(Case.version_id != to_version_id)
    if person.sites:
        query = query.where(Case.site_id.in_(sorted(person.sites)))
    return [(row.id, row.number) for row in session.execute(query)]
