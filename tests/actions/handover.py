"""Shortcuts through a handover for tests that are about something else."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select

from engine import complete_task, keep_file, start_case, transact
from engine.actions.complete_task import Done
from engine.forms import read_json
from engine.people import Person
from engine.settings import ROOT
from engine.store.tables import Case, Task
from tests.cast import Office
from tests.pictures import PNG
from tests.story_files import stories

STORIES = ROOT / "tests" / "scenarios" / "house_handover.yaml"


def usual() -> dict[str, Any]:
    """The usual answers of each form, from the handover's stories."""
    return stories(STORIES)[0].usual


def begin(office: Office, person: Person | None = None, **answers: Any) -> int:
    """A handover started; the case's id."""
    given = {**usual()["start"], **answers}
    with office.sessions() as session:
        case = transact(
            session,
            start_case,
            office.runtime,
            person or office.person("lusy"),
            "house_handover",
            partial(read_json, answers=given),
        )
        return case.id


def open_task(office: Office, case_id: int, element: str) -> Task:
    with office.sessions() as session:
        query = select(Task).where(
            Task.case_id == case_id, Task.element == element, Task.state == "open"
        )
        return session.scalars(query).first() or _none(element)


def _none(element: str) -> Task:
    raise AssertionError(f"{element} does not wait")


def finish(
    office: Office,
    case_id: int,
    element: str,
    person: Person | None = None,
    **answers: Any,
) -> Done:
    """Complete the open task of an element with its usual answers."""
    task = open_task(office, case_id, element)
    given = {**usual().get(element, {}), **answers}
    who = person or office.person("jiahl" if task.worked_by == "cashier" else "lusy")
    with office.sessions() as session:
        for name, value in given.items():
            if isinstance(value, dict) and "file" in value:
                file = transact(
                    session, keep_file, office.runtime, who, task.id, value["file"], PNG
                )
                given[name] = [file.id]
        reading = partial(read_json, answers=given)
        return transact(session, complete_task, office.runtime, who, task.id, reading)


def upto(office: Office, element: str) -> int:
    """A handover that waits at ``element`` of its main path."""
    case_id = begin(office)
    for step in (
        "check_identity",
        "collect_papers",
        "fill_owner_file",
        "sign_safety_letter",
        "collect_fee",
        "inspect_house",
        "explain_keys",
        "hand_over_keys",
    ):
        if step == element:
            break
        finish(office, case_id, step)
    return case_id


def case_of(office: Office, case_id: int) -> Case:
    with office.sessions() as session:
        return session.get_one(Case, case_id)
