"""A person starts a case of a process."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engine.actions.answers import Reading, checked_answers
from engine.actions.move import begin_case
from engine.errors import NotFound, NotYours
from engine.forms import hidden_answers
from engine.people import Person, may_start
from engine.runtime import Functions, Published, Runtime
from engine.store.cases import Case, Process
from engine.store.staff import site_of

START_FORM = "start"


def start_case(
    session: Session,
    runtime: Runtime,
    person: Person,
    process_id: str,
    reading: Reading | None = None,
    once: str | None = None,
    lang: str = "zh",
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
    data = start_data(version, reading, runtime.functions(session, site), lang)
    form = version.forms.get(START_FORM)
    if form is not None:
        data = hidden_answers(form, data, runtime.seal)
    return begin_case(session, runtime, version, site, person, data, once=once)


def start_data(
    version: Published, reading: Reading | None, functions: Functions, lang: str
) -> dict[str, Any]:
    form = version.forms.get(START_FORM)
    if form is None or reading is None:
        return {}
    return checked_answers(form, reading(form), {}, functions, lang=lang)
