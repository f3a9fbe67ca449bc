"""Look at a personal datum that is shown masked: with a reason, and on the record.

A masked value stands in what was filled in (an ``event`` of the history), in a ``task``,
in an ``item`` of one or in a ``record``; ``field`` is its path there: ``id_no``,
``workers.0.id_no``. Or it is a number of a ``party`` of the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.actions.note_look import note_look, reason_of
from engine.errors import NotFound, NotYours
from engine.forms import Form, display, hide_middle, masks
from engine.people import Person, may_see_estate, may_see_identity
from engine.registers import record_facts, record_form
from engine.runtime import Runtime
from engine.store.cases import Case, Task
from engine.store.estate import Party
from engine.store.history import Event
from engine.store.items import TaskItem
from engine.store.records import Record
from engine.store.seen import case_seen_by, record_seen_by

START = "start"


@dataclass(frozen=True)
class Masked:
    """A value as it is shown, and where it stands; ``case`` None: a paper of the site."""

    label: str
    text: str
    site_id: int
    case: Case | None
    record: Record | None
    value: str
    party: Party | None = None


def masked_value(
    session: Session,
    runtime: Runtime,
    person: Person,
    kind: str,
    row_id: str,
    field: str,
    lang: str = "zh",
) -> Masked:
    """Raises ``NotFound`` (also where nothing is masked), ``NotYours``."""
    if kind == "party":
        return _of_party(session, person, _number(row_id), field, lang)
    find = _FINDS.get(kind)
    if find is None:
        raise NotFound()
    form, data, case, record = find(session, runtime, person, row_id)
    own = form.at(field) if form is not None else None
    value = _at(data, field)
    if own is None and record is not None:
        own = record_facts(session, runtime, record, form).form.at(field)
    if own is None or not isinstance(value, str) or not value:
        raise NotFound()
    if not masks(own):
        raise NotFound()
    site_id = case.site_id if case is not None else _site(record)
    return Masked(own.label(lang), display(own, value), site_id, case, record, value)


def reveal_value(
    session: Session,
    runtime: Runtime,
    person: Person,
    kind: str,
    row_id: str,
    field: str,
    reason: str,
    lang: str = "zh",
) -> str:
    """The whole value, once the look is written down: who, when, which, why.

    Raises ``NotFound``, ``NotYours``, ``RevealReasonMissing``, ``SealBroken``.
    """
    found = masked_value(session, runtime, person, kind, row_id, field, lang)
    why = reason_of(reason)
    sealed = found.party is not None and field == "id_no"
    text = (runtime.seal.open if sealed else runtime.seal.reveal)(found.value)
    record_id = found.record.id if found.record else None
    named = f"{found.party.name} {found.label}" if found.party else found.label
    path = f"party.{found.party.id}.{field}" if found.party else field
    place = (found.site_id, found.case, record_id, path)
    note_look(session, person, *place, named, why)
    return text


Found = tuple[Form | None, Mapping[str, Any], Case | None, Record | None]


def _in_event(session: Session, runtime: Runtime, person: Person, row_id: str) -> Found:
    event = session.get(Event, _number(row_id))
    if event is None:
        raise NotFound()
    case = case_seen_by(session, person, event.case_id)
    element = START if event.kind == "case_started" else event.element
    answers = (event.detail or {}).get("answers") or {}
    return _form(session, runtime, case, element), answers, case, None


def _in_task(session: Session, runtime: Runtime, person: Person, row_id: str) -> Found:
    task = session.get(Task, row_id[:32])
    if task is None:
        raise NotFound()
    case = case_seen_by(session, person, task.case_id)
    data = {**case.data, **(task.item or {})}
    return _form(session, runtime, case, task.element), data, case, None


def _in_item(session: Session, runtime: Runtime, person: Person, row_id: str) -> Found:
    item = session.get(TaskItem, _number(row_id))
    if item is None:
        raise NotFound()
    form, data, case, _ = _in_task(session, runtime, person, item.task_id)
    if form is None or form.items is None:
        raise NotFound()
    return form.items.form, form.items.scope(data, item), case, None


def _in_record(
    session: Session, runtime: Runtime, person: Person, row_id: str
) -> Found:
    """Whoever may read the register may look, for a reason: each paper is one look."""
    kinds = runtime.record_kinds
    record, case = record_seen_by(session, person, _number(row_id), kinds)
    form = record_form(session, runtime, case, record)
    return form, record.data, case, record


# what may be asked of a party: the label in Chinese and English
PARTY_FIELDS = {
    "phone": ("手机号", "Mobile"),
    "other_phone": ("备用电话", "Other phone"),
    "id_no": ("证件号", "ID number"),
}


def _of_party(
    session: Session, person: Person, party_id: int, field: str, lang: str
) -> Masked:
    """Phones for whoever works on the site, identity numbers for fewer."""
    party = session.get(Party, party_id)
    if party is None or not may_see_estate(person, party.site_id):
        raise NotFound()
    value = getattr(party, field) if field in PARTY_FIELDS else None
    if not value:
        raise NotFound()
    if field == "id_no" and not may_see_identity(person, party.site_id):
        raise NotYours()
    shown = hide_middle(value, 3, 4)
    if field == "id_no":  # sealed: of it only the end is known
        shown = "*" * 14 + (party.id_tail or "")
    label = PARTY_FIELDS[field][lang == "en"]
    return Masked(label, shown, party.site_id, None, None, value, party)


_FINDS = {"event": _in_event, "task": _in_task, "item": _in_item, "record": _in_record}


def _form(
    session: Session, runtime: Runtime, case: Case, element: str | None
) -> Form | None:
    version = runtime.published(session, case.version_id)
    if element == START:
        return version.forms.get(START)
    known = version.elements.get(element or "")
    return version.forms.get(known.form or "") if known else None


def _number(row_id: str) -> int:
    """0, which no row has, for what an integer column cannot hold."""
    return int(row_id) if row_id.isdecimal() and len(row_id) < 10 else 0


def _site(record: Record | None) -> int:
    assert record is not None
    return record.site_id


def _at(data: Mapping[str, Any], field: str) -> Any:
    """The value at a path: a name, or a table's name, row and column."""
    first, _, rest = field.partition(".")
    value = data.get(first)
    if not rest:
        return value
    key, _, column = rest.partition(".")
    rows = value if isinstance(value, list) and key.isdecimal() else []
    row = rows[int(key)] if len(key) < 5 and int(key or 0) < len(rows) else None
    return row.get(column) if isinstance(row, dict) else None
