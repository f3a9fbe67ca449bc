"""One record as it goes on paper: its sheet, its pictures, the marks it carries."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.people import Person
from engine.prints import Paper, Sheet, compose, generic, layout_of
from engine.registers import (
    identity_papers,
    names_for,
    record_facts,
    record_form,
    with_names,
)
from engine.reads.stored_file import STAMPED, files_named, stamp
from engine.runtime import Runtime
from engine.store.cases import Case, Task
from engine.store.database import now
from engine.store.files import StoredFile
from engine.store.records import Record, RecordPrint
from engine.store.release_passes import ReleasePass
from engine.store.seen import record_seen_by
from engine.store.staff import Site, Staff

FRESH = timedelta(minutes=10)  # so long the page of one print may be printed from
PICTURES = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True)
class PrintView:
    """``nth`` is the print this page was made for, None for a look before printing;
    ``images`` the stored pictures of the paper by id, as data URLs."""

    record: Record
    case: Case | None
    sheet: Sheet
    nth: RecordPrint | None
    images: dict[str, str]
    gate_token: str | None

    @property
    def preview(self) -> bool:
        """Money is printed by an act that counts; without it nothing is valid."""
        return self.sheet.layout.money and self.nth is None


def print_view(
    session: Session, runtime: Runtime, person: Person, record_id: int, n: int = 0
) -> PrintView:
    """Raises ``NotFound``, ``NotYours``, and ``LayoutRefused`` for a broken layout."""
    record, case = record_seen_by(session, person, record_id, runtime.record_kinds)
    sheet = _sheet(session, runtime, record, case)
    return PrintView(
        record,
        case,
        sheet,
        _nth(session, person, record.id, n),
        pictures(session, runtime, person, case, record.data),
        _token(session, runtime, record.id) if sheet.layout.qr == "gate" else None,
    )


def _sheet(
    session: Session, runtime: Runtime, record: Record, case: Case | None
) -> Sheet:
    kind = runtime.record_kinds.get(record.kind, {})
    words = {name: labels[0] for name, labels in kind.get("values", {}).items()}
    site = session.get(Site, record.site_id)
    known = {
        "number": record.number,
        "title": record.title,
        "site": site.name if site else "",
        "house": record.house_code or "",
        "date": record.created_at.astimezone(runtime.zone).date().isoformat(),
        "case": case.number if case else "",
        "by": _handled_by(session, record),
    }
    form = record_form(session, runtime, case, record)
    names = names_for(session, record.site_id, (form, record.data))
    paper = Paper(with_names(form, record.data, names), known, form, words)
    layout = layout_of(runtime.settings.forms / "prints", record.kind)
    if layout is not None:
        return compose(layout, paper)
    facts = record_facts(session, runtime, record, paper.form)
    title = str(record.title or kind.get("name") or "记录")
    return generic(paper, title, facts.form, facts.data)


def _handled_by(session: Session, record: Record) -> str:
    """Who completed the step that wrote it, also where a manager wrote it anew; "" where
    the clock did."""
    task = session.get(Task, record.task_id) if record.task_id else None
    staff_id = task.ended_by if task is not None else record.created_by
    staff = session.get(Staff, staff_id) if staff_id is not None else None
    return staff.name if staff is not None else ""


def _nth(
    session: Session, person: Person, record_id: int, n: int
) -> RecordPrint | None:
    query = select(RecordPrint).where(
        RecordPrint.record_id == record_id,
        RecordPrint.n == n,
        RecordPrint.by == person.id,
        RecordPrint.at > now() - FRESH,
    )
    return session.scalar(query)


def pictures(
    session: Session, runtime: Runtime, person: Person, case: Case | None, data: Any
) -> dict[str, str]:
    """The stored pictures that some data of a case names, as data URLs by id; identity
    papers with their stamp."""
    ids = sorted(set(files_named(data)))
    if case is None or not ids:
        return {}
    query = select(StoredFile).where(
        StoredFile.case_id == case.id,
        StoredFile.id.in_(ids),
        StoredFile.type.in_(PICTURES),
        StoredFile.destroyed_at.is_(None),
    )
    found = {}
    files = [f for f in session.scalars(query) if runtime.file_path(f.id).is_file()]
    secret = identity_papers(session, runtime, case, files)
    for file in files:
        kind, content = file.type, runtime.file_path(file.id).read_bytes()
        if file.id in secret:
            kind, content = STAMPED, stamp(session, runtime, person, case, file)
        found[file.id] = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    return found


def _token(session: Session, runtime: Runtime, record_id: int) -> str | None:
    """The token of the slip's newest pass, while that can still open the gate."""
    query = select(ReleasePass).where(ReleasePass.record_id == record_id)
    found = session.scalars(query.order_by(ReleasePass.id.desc()).limit(1)).first()
    if found is None or found.state != "issued":
        return None
    return runtime.seal.open(found.sealed)
