"""Running small models in tests: start, press, look."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine import complete_task, start_case, transact
from engine.forms import Answers
from engine.store.tables import Case, Event, Task
from tests.cast import Office

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def start(office: Office, process_id: str, username: str = "jiahl") -> int:
    with office.sessions() as session:
        person = office.person(username)
        return transact(session, start_case, office.runtime, person, process_id).id


def waits_for(office: Office, case_id: int) -> list[str]:
    with office.sessions() as session:
        query = select(Task.element).where(
            Task.case_id == case_id, Task.state == "open"
        )
        return sorted(session.scalars(query))


def press(office: Office, case_id: int, element: str, username: str = "jiahl") -> None:
    with office.sessions() as session:
        query = select(Task.id).where(
            Task.case_id == case_id, Task.element == element, Task.state == "open"
        )
        task_id = session.scalars(query.limit(1)).one()
        person = office.person(username)
        transact(
            session,
            complete_task,
            office.runtime,
            person,
            task_id,
            lambda form: Answers(),
        )


def case(office: Office, case_id: int) -> Case:
    with office.sessions() as session:
        return session.get_one(Case, case_id)


def told(office: Office, case_id: int, kind: str) -> list[Any]:
    with office.sessions() as session:
        query = select(Event).where(Event.case_id == case_id, Event.kind == kind)
        return list(session.scalars(query.order_by(Event.seq)))
