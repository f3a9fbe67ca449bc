"""Check uploaded workbooks and write confirmed ones: each whole, in one transaction.

A worker that dies leaves nothing half written; its run shows as interrupted once the lease
is over, and can be tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, aliased

from engine.actions.import_kinds import PLANS
from engine.actions.import_run import RunMovedOn, at_once, import_path
from engine.actions.import_workbook import kept_result, write_plan
from engine.errors import Refused
from engine.imports.result import ImportResult
from engine.runtime import Runtime
from engine.store.database import Busy, changed_rows, now, transact
from engine.store.estate import AT_WORK, ImportRun

LEASE = timedelta(minutes=5)
STEPS = {"uploaded": "checking", "waiting": "writing"}
BACK = {"checking": "uploaded", "writing": "waiting"}
COMPARED = 60  # percent, once the file is read and compared

# told the run and how many percent are done
Tell = Callable[[int, int], None]


class FileGone(Refused):
    """上传的文件已经不在了，请重新上传。"""

    status = 422


def work_imports(
    session: Session,
    runtime: Runtime,
    only: int | None = None,
    tell: Tell = lambda run_id, percent: None,
) -> int:
    """Do what waits (of one run, or all); how many steps were taken. What a file is refused
    for is kept with its run."""
    done = 0
    while (run_id := transact(session, _take, only)) is not None:
        try:
            transact(session, _work, runtime, run_id, tell)
        except Busy:
            transact(session, _put_back, run_id)
            break
        except Refused as refused:
            transact(session, _refuse, runtime, run_id, refused)
        done += 1
    return done


def work_small(session: Session, runtime: Runtime, run_id: int) -> int:
    """Do it while the page is waited for, where the file is small."""
    return work_imports(session, runtime, run_id) if at_once(runtime, run_id) else 0


def note_progress(session: Session, run_id: int, percent: int) -> None:
    """Also says that somebody is still at it."""
    lease = now() + LEASE
    run = update(ImportRun).where(ImportRun.id == run_id)
    changed_rows(session, run, progress=percent, leased_until=lease)


def _take(session: Session, only: int | None) -> int | None:
    """Lease one run to this worker; of one site one at a time, as each compares with what
    the one before has written."""
    other, at = aliased(ImportRun), now()
    busy = select(other.id).where(
        other.site_id == ImportRun.site_id,
        other.state.in_(AT_WORK),
        or_(other.leased_until.is_(None), other.leased_until > at),
    )
    free = (ImportRun.state.in_(STEPS), ~busy.exists())
    query = select(ImportRun.id, ImportRun.state).where(*free)
    if only is not None:
        query = query.where(ImportRun.id == only)
    found = session.execute(query.order_by(ImportRun.id).limit(1)).first()
    if found is None:
        return None
    run_id, state = found
    run = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state == state)
    leased = {"leased_until": at + LEASE, "progress": 0}
    taken = changed_rows(session, run, state=STEPS[state], **leased)
    return run_id if taken == 1 else None


def _work(session: Session, runtime: Runtime, run_id: int, tell: Tell) -> None:
    run = session.get_one(ImportRun, run_id, populate_existing=True)
    path = import_path(runtime, run_id)
    if not path.exists():
        raise FileGone()
    with path.open("rb") as file:
        plan_of = PLANS[run.kind]
        result, plan = plan_of(session, runtime, run.site_id, file, run.file_name)
    tell(run_id, COMPARED)
    if run.state == "checking" or plan is None or _told_otherwise(run, result):
        _keep_check(session, run, result)
        if run.state == "same":
            path.unlink()
        return
    _still_ours(session, run)
    write_plan(session, run, plan)
    path.unlink(missing_ok=True)


def _told_otherwise(run: ImportRun, result: ImportResult) -> bool:
    """What was looked at and confirmed is what is written, or it is looked at again."""
    now_said, told = kept_result(result), run.result or {}
    keys = ("tallies", "changes", "change_count", "findings")
    return any(_plain(now_said[key]) != _plain(told.get(key)) for key in keys)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _keep_check(session: Session, run: ImportRun, result: ImportResult) -> None:
    """One that has nothing to write is over: nobody need confirm it."""
    again = run.state == "writing"
    run.result = {**kept_result(result), "again": again}
    nothing = not (result.findings or result.to_add or result.to_change)
    run.state = "same" if nothing else "checked"
    run.progress, run.leased_until, run.finished_at = 100, None, now()
    session.flush()


def _still_ours(session: Session, run: ImportRun) -> None:
    """Whoever took it over after our lease was up writes it; we do not."""
    mine = ImportRun.id == run.id, ImportRun.state == "writing"
    if changed_rows(session, update(ImportRun).where(*mine), progress=80) != 1:
        raise RunMovedOn()


def _put_back(session: Session, run_id: int) -> None:
    run = session.get_one(ImportRun, run_id, populate_existing=True)
    run.state, run.leased_until = BACK.get(run.state, run.state), None


def _refuse(session: Session, runtime: Runtime, run_id: int, refused: Refused) -> None:
    run = session.get_one(ImportRun, run_id, populate_existing=True)
    said = {"template": refused.template(), "values": dict(refused.values)}
    run.result = {**(run.result or {}), "refused": said}
    run.state, run.leased_until, run.finished_at = "refused", None, now()
    import_path(runtime, run_id).unlink(missing_ok=True)
