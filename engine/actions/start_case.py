"""Start a case of a process."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.answers import Reading, checked_answers
from engine.actions.settle import settle
from engine.errors import AlreadyDone, NotFound, NotYours
from engine.operations.act import SITE_ZONE, Act
from engine.people import Person, may_start
from engine.runtime import Functions, Published, Runtime
from engine.store.cases import Case, Process
from engine.store.database import now
from engine.store.records import next_numbers
from engine.store.staff import site_of
from engine.workflow import run
from engine.workflow.library import SPIFF_VERSION

START_FORM = "start"


class AlreadyStarted(AlreadyDone):
    """这张表已经提交过，案件 {number} 已经发起，没有重复办理。"""


def start_case(
    session: Session,
    runtime: Runtime,
    person: Person,
    process_id: str,
    reading: Reading | None = None,
    once: str | None = None,
) -> Case:
    """Start a case and run it to its first tasks; the case is returned.

    ``reading`` reads the answers of the process's start form, where it has one;
    ``once`` (at most 64 characters) marks the page it was sent from. Raises
    ``NotFound``, ``NotYours``, ``AlreadyStarted``, ``AnswersRefused``, ``StepFailed``.
    """
    process = session.get(Process, process_id)
    if process is None:
        raise NotFound()
    version = runtime.published(session, process.current_id)
    if not may_start(person, version.first_role):
        raise NotYours()
    site = site_of(session, person)
    world = runtime.world(session, site)
    data = start_data(version, reading, world.functions)
    progress = run.start(version.specs, data, world)
    case = _new_case(session, version, site.id, person, data, once)
    act = Act(
        session, site.id, case.id, case.number, case.house_code, person, case.started_at
    )
    line = {"kind": "case_started", "detail": {"answers": data}}
    settle(act, version, case, progress, line, world.functions)
    return case


def start_data(
    version: Published, reading: Reading | None, functions: Functions
) -> dict[str, Any]:
    form = version.forms.get(START_FORM)
    if form is None or reading is None:
        return {}
    return checked_answers(form, reading(form), {}, functions)


def _refuse_second(session: Session, once: str) -> None:
    number = session.scalar(select(Case.number).where(Case.once == once))
    if number is not None:
        raise AlreadyStarted(number=number)


def _new_case(
    session: Session,
    version: Published,
    site_id: int,
    person: Person,
    data: dict[str, Any],
    once: str | None,
) -> Case:
    at = now()
    year = at.astimezone(SITE_ZONE).year
    serial = next_numbers(session, site_id, year, {"case": 1})["case"]
    if once is not None:  # now that its number is ours, no other can be half started
        _refuse_second(session, once)
    case = Case(
        number=f"{year}-{serial:06d}",
        site_id=site_id,
        process_id=version.process_id,
        version_id=version.id,
        house_code=data.get("unit_no"),
        title=version.name,
        data=data,
        state=b"",
        spiff_version=SPIFF_VERSION,
        started_by=person.id,
        once=once,
        started_at=at,
        version=1,
        history_seq=0,
        status="running",
    )
    session.add(case)
    session.flush()
    return case
