"""A whole case as one volume: index of its papers, forms, signatures, history, drawing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from engine.forms import Record as Rule
from engine.people import Person, may_reveal
from engine.prints import Block, Signed, form_blocks
from engine.reads.case_view import CaseView, case_view, diagram
from engine.reads.filled_in import FilledIn, filled_in
from engine.reads.print_view import pictures
from engine.runtime import Runtime
from engine.sealing import Seal
from engine.settings import BUNDLE
from engine.store.records import Record
from engine.workflow.render import render_png


@dataclass(frozen=True)
class IndexLine:
    """One kind of paper: present, missing, voided, to_come (the case still runs) or
    not_needed (the case did not pass there)."""

    kind: str
    title: str
    step: str
    standing: str
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Part:
    """What somebody filled in at one step."""

    title: str
    step: str
    actor: str
    at: datetime
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Dossier:
    view: CaseView
    index: list[IndexLine]
    parts: list[Part]
    signatures: list[tuple[str, Signed]]  # at which step
    images: dict[str, str]
    whole: bool
    may_reveal: bool

    @property
    def missing(self) -> list[IndexLine]:
        return [line for line in self.index if line.standing in ("missing", "voided")]


def dossier(
    session: Session,
    runtime: Runtime,
    person: Person,
    case_id: int,
    whole: bool = False,
) -> Dossier:
    """``whole``: with whole numbers, once that was written down (``reveal_dossier``).
    Raises ``NotFound``, ``NotYours``, ``SealBroken``."""
    view = case_view(session, runtime, person, case_id)
    opened = runtime.seal if whole else None
    parts = list(_parts(filled_in(session, view), opened))
    signed = [
        (part.title, one)
        for part in parts
        for block in part.blocks
        for one in block.signed
        if one.name
    ]
    answers = [(event.detail or {}).get("answers") for event in view.history]
    images = pictures(session, runtime, person, view.case, answers)
    index, revealing = list(_index(view, runtime)), may_reveal(
        person, view.case.site_id
    )
    return Dossier(view, index, parts, signed, images, whole, revealing)


def case_picture(
    session: Session, runtime: Runtime, person: Person, case_id: int
) -> bytes:
    """The drawing with the case's state as a PNG. Raises what ``diagram`` and
    ``render_png`` raise."""
    drawn = diagram(session, runtime, person, case_id)
    with tempfile.TemporaryDirectory(prefix="steward-picture-") as folder:
        out = Path(folder, "case.png")
        chromium = runtime.settings.chromium
        xml = drawn["xml"].encode()
        render_png(xml, out, bundle=BUNDLE, chromium=chromium, state=drawn["state"])
        return out.read_bytes()


def _parts(filled: list[FilledIn], opened: Seal | None) -> Iterator[Part]:
    for each in filled:
        event = each.event
        title = event.name or each.form.title()
        answers = opened.reveal_all(each.answers) if opened else each.answers
        blocks = tuple(form_blocks(each.form, answers, title, masked=not opened))
        yield Part(title, event.step or "", event.actor, event.at, blocks)


def _index(view: CaseView, runtime: Runtime) -> Iterator[IndexLine]:
    """First what the forms declare, in the order of the drawing; then what else is there."""
    passed = {e.element for e in view.history if e.kind == "completed"}
    declared: dict[str, IndexLine] = {}
    for element in view.version.elements.values():
        form = view.version.forms.get(element.form or "")
        for rule in form.written if form else ():
            of_items = form is not None and rule not in form.records
            passed_here = element.id in passed
            line = _line(view, runtime, rule, element.step, passed_here, of_items)
            known = declared.get(rule.kind)
            if known is None or _RANK[line.standing] > _RANK[known.standing]:
                declared[rule.kind] = line
    yield from declared.values()
    for kind in dict.fromkeys(r.kind for r in view.records if r.kind not in declared):
        found = _of_kind(view, kind)
        yield IndexLine(
            kind, _title(runtime, kind, found[0].title), "", _filed(found), found
        )


# of several steps that declare one kind, the one that says most decides
_RANK = {"not_needed": 0, "to_come": 1, "missing": 2, "voided": 3, "present": 4}


def _line(
    view: CaseView,
    runtime: Runtime,
    rule: Rule,
    step: str,
    passed: bool,
    of_items: bool,
) -> IndexLine:
    found = _of_kind(view, rule.kind)
    title = _title(runtime, rule.kind, rule.title or rule.kind)
    if found:
        return IndexLine(rule.kind, title, step, _filed(found), found)
    conditional = rule.when is not None or rule.each is not None or of_items
    if passed and not conditional:
        standing = "missing"
    elif view.case.status == "running" and not passed:
        standing = "to_come"
    else:
        standing = "not_needed"
    return IndexLine(rule.kind, title, step, standing)


def _of_kind(view: CaseView, kind: str) -> tuple[Record, ...]:
    return tuple(record for record in view.records if record.kind == kind)


def _filed(found: tuple[Record, ...]) -> str:
    return "voided" if all(record.voided_at for record in found) else "present"


def _title(runtime: Runtime, kind: str, otherwise: str) -> str:
    return str(runtime.record_kinds.get(kind, {}).get("name") or otherwise)
