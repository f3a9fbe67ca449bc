"""Take a workbook in, whole or not at all, and write down every row it changed."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from engine.actions.import_kinds import PLANS
from engine.actions.register_plan import Plan
from engine.imports.result import ImportResult
from engine.runtime import Runtime
from engine.store.database import insert_rows, now
from engine.store.estate import ImportChange, ImportRun

KEPT_FINDINGS = 500


def preview_workbook(
    session: Session, runtime: Runtime, kind: str, site_id: int | None, file: BinaryIO
) -> ImportResult:
    """What ``import_workbook`` would do; writes nothing."""
    return PLANS[kind](session, runtime, site_id, file, "")[0]


def import_workbook(
    session: Session,
    runtime: Runtime,
    kind: str,
    site_id: int | None,
    file: BinaryIO,
    name: str,
) -> ImportResult:
    """Write the workbook at once: all of it or, with any finding, nothing.

    ``file`` can seek; its ``name`` is kept with each row. Raises a kind of
    ``WorkbookRefused`` where it cannot be read.
    """
    result, plan = PLANS[kind](session, runtime, site_id, file, name)
    if plan is None:
        return result
    run = ImportRun(
        site_id=site_id,
        kind=kind,
        file_name=name[-200:],
        digest=digest_of(file),
        state="writing",
    )
    session.add(run)
    session.flush()
    return write_plan(session, run, plan)


def write_plan(session: Session, run: ImportRun, plan: Plan) -> ImportResult:
    """Write what was planned, and note each row for whoever takes it back."""
    run_id = run.id
    changes = plan.write(session)
    rows = [{"run_id": run_id, **asdict(change)} for change in changes]
    insert_rows(session, ImportChange, rows)
    result = plan.result(written=True)
    run.state = "done" if changes else "same"
    run.result = kept_result(result)
    run.progress, run.finished_at, run.leased_until = 100, now(), None
    session.flush()
    return result


def kept_result(result: ImportResult) -> dict[str, Any]:
    """A result as it is kept with its run: of findings the first 500, all counted."""
    findings = [
        {"cell": found.cell, "title": found.title, "sentence": found.sentence}
        for found in result.findings[:KEPT_FINDINGS]
    ]
    return {
        **asdict(result),
        "findings": findings,
        "finding_count": len(result.findings),
        "to_add": result.to_add,
        "to_change": result.to_change,
    }


def digest_of(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
