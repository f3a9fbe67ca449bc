"""One record (台账) with the form it was written by, for who may see its case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.forms import Form
from engine.people import Person, may_read_register, may_see, may_void
from engine.registers import (
    Facts,
    names_for,
    record_facts,
    record_form,
    with_names,
)
from engine.runtime import Runtime
from engine.store.cases import Case, Task
from engine.store.records import Record
from engine.store.seen import record_seen_by
from engine.store.staff import Site, Staff


@dataclass(frozen=True)
class Signed:
    """A signature on the paper: ``by`` took it, ``image`` is a file's id or None."""

    label: Mapping[str, str]  # by language
    name: str
    at: str
    by: str
    image: str | None


@dataclass(frozen=True)
class RecordView:
    record: Record
    case: Case | None  # None: a report of the whole site
    site: str
    form: Form | None
    data: dict[str, Any]
    facts: Facts  # what it holds beyond its form
    signatures: list[Signed]
    written_by: str  # "" where the clock wrote it
    voided_by: str
    replaces: Record | None  # the voided one it stands for
    replaced_by: Record | None
    may_void: bool
    in_register: bool  # whether this person may read the whole register
    sees_case: bool


def record_view(
    session: Session, runtime: Runtime, person: Person, record_id: int
) -> RecordView:
    """Raises ``NotFound``, ``NotYours``."""
    record, case = record_seen_by(session, person, record_id, runtime.record_kinds)
    kind = runtime.record_kinds.get(record.kind, {})
    reads = may_read_register(person, kind, record.site_id)
    site = session.get(Site, record.site_id)
    form = record_form(session, runtime, case, record)
    names = names_for(session, record.site_id, (form, record.data))
    named = _names(session, record)
    others = select(Record).where(Record.replaces_id == record.id)
    return RecordView(
        record,
        case,
        site.name if site else "",
        form,
        with_names(form, record.data, names),
        record_facts(session, runtime, record, form),
        list(_signatures(named, record.data, form, kind)),
        named.get(record.created_by, ""),
        named.get(record.voided_by, ""),
        session.get(Record, record.replaces_id) if record.replaces_id else None,
        session.scalar(others),
        may_void(person, record.site_id),
        reads,
        _takes_part(session, person, case),
    )


def _takes_part(session: Session, person: Person, case: Case | None) -> bool:
    """A report of the whole site belongs to no case."""
    if case is None:
        return False
    tasks = session.scalars(select(Task).where(Task.case_id == case.id)).all()
    return may_see(person, case, tasks)


def _names(session: Session, record: Record) -> dict[Any, str]:
    """Who wrote, voided and took signatures: by id and by username."""
    ids = {record.created_by, record.voided_by} - {None}
    usernames = {each.get("by") for _, each in _signed(record.data)} - {None, ""}
    query = select(Staff.id, Staff.username, Staff.name).where(
        Staff.id.in_(ids) | Staff.username.in_(usernames)
    )
    found: dict[Any, str] = {}
    for id_, username, name in session.execute(query):
        found |= {id_: name, username: name}
    return found


def _signed(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in data.items():
        if isinstance(value, dict) and {"name", "image"} <= value.keys():
            yield name, value


def _signatures(
    named: Mapping[Any, str],
    data: Mapping[str, Any],
    form: Form | None,
    kind: Mapping[str, Any],
) -> Iterator[Signed]:
    for name, value in _signed(data):
        field = form.by_name.get(name) if form else None
        zh, en = (kind.get("fields", {}).get(name) or [name, name])[:2]
        label = {"zh": field.label("zh"), "en": field.label("en")} if field else {}
        yield Signed(
            label or {"zh": zh, "en": en},
            str(value["name"]),
            str(value.get("at") or "")[:16].replace("T", " "),
            named.get(value.get("by"), ""),
            value["image"],
        )
