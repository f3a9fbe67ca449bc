"""Upload a workbook: it is recognised and kept aside until somebody has looked at what it
would change."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.actions.import_kinds import PLANS
from engine.actions.import_run import AT_ONCE, import_path
from engine.errors import NotYours, Refused
from engine.imports.archive import check_archive
from engine.imports.kinds.layouts import layouts, recognise
from engine.people import Person, may_import
from engine.registers import chosen_site
from engine.runtime import Runtime
from engine.store.database import note_due, now
from engine.store.estate import HOUSE_STATES, PENDING, ImportRun

MOST_PENDING = 20


class NoFile(Refused):
    """请选择一个 Excel 文件。"""

    status = 422


class NoSuchKind(Refused):
    """没有这种表，请重新选择。"""

    status = 422


class WorkbookTooLarge(Refused):
    """文件太大：不能超过 {limit} MB。请删去多余的工作表和图片，或分成几个文件。"""

    status = 422


class TooManyImports(Refused):
    """还有 {count} 份导入没有处理完，请先确认或放弃其中一些。"""

    status = 422


def ask_import(
    session: Session,
    runtime: Runtime,
    person: Person,
    site: str,
    kind: str,
    name: str,
    content: bytes,
) -> ImportRun:
    """``kind`` is empty where the headers are to tell. Raises ``NoFile``, ``NoSuchKind``,
    ``WorkbookTooLarge``, ``TooManyImports``, ``UnknownWorkbook``, ``NotYours`` and the
    kinds of ``WorkbookRefused``."""
    site_id = chosen_site(session, person, site).id
    if not any(may_import(person, site_id, each) for each in PLANS):
        raise NotYours()
    _check(runtime, kind, content)
    _check_pending(session, site_id)
    file = BytesIO(content)
    check_archive(file)
    known = layouts(HOUSE_STATES, runtime.roles)
    kind = kind or recognise(file, known)
    if not may_import(person, site_id, kind):
        raise NotYours()
    run = ImportRun(
        site_id=site_id,
        kind=kind,
        file_name=file_name_of(name),
        digest=hashlib.sha256(content).hexdigest(),
        state="uploaded",
        by=person.id,
        at=now(),
    )
    session.add(run)
    session.flush()
    _keep(runtime, run, content)
    if len(content) > AT_ONCE:
        note_due(session, run.at)
    return run


def file_name_of(name: str) -> str:
    """The last part of a name, whatever a browser sends; at most 200 characters."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f]", "", last).strip()[-200:] or "导入.xlsx"


def _check(runtime: Runtime, kind: str, content: bytes) -> None:
    limit = runtime.settings.max_upload
    if not content:
        raise NoFile()
    if len(content) > limit:
        raise WorkbookTooLarge(limit=limit // 1024 // 1024)
    if kind and kind not in PLANS:
        raise NoSuchKind()


def _check_pending(session: Session, site_id: int) -> None:
    """Files that wait take room on the disk."""
    pending = select(func.count()).where(
        ImportRun.site_id == site_id, ImportRun.state.in_(PENDING)
    )
    if (count := session.scalar(pending) or 0) >= MOST_PENDING:
        raise TooManyImports(count=count)


def _keep(runtime: Runtime, run: ImportRun, content: bytes) -> None:
    path = import_path(runtime, run.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
