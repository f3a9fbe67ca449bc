"""An office at work: a process with a timer, a call to the outside, records and rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from engine import complete_task, start_case, transact
from engine.forms import Answers, Form, read_json
from engine.people import Person
from engine.runtime import Runtime
from engine.store.database import open_engine
from engine.store.tables import Case, Site, Staff, StaffRole, Task
from tests.cast import Office, open_office, settings
from tests.models import drawing, operator, properties, publish

CLERKS = ("jiahl", "lusy", "yaojn", "suwq")
PROCESS = "rounds"
ROUNDS = 4
FORM: Mapping[str, object] = {
    "title": "登记",
    "record": {"kind": "R05", "title": "登记表", "fields": ["not_accepted_reason"]},
    "schema": {
        "type": "object",
        "properties": {
            "not_accepted_reason": {"type": "string", "title": "原因", "minLength": 2}
        },
        "required": ["not_accepted_reason"],
    },
}
ANSWERS = {"not_accepted_reason": "证件未带"}


def _drawing(host: str) -> bytes:
    """``note`` again and again, in its place ``remind`` after a minute; with a ``host``
    that is asked first."""
    ask = operator("webhook", "answer", url=f'"http://{host}/ask"', body='"?"')
    call = f'<serviceTask id="ask" name="询问">{ask}</serviceTask>' if host else ""
    nodes = (
        f'<startEvent id="begin"/>{call}'
        '<scriptTask id="zero" name="归零"><script>rounds = 0</script></scriptTask>'
        f'<userTask id="note" name="登记">{properties(form="note")}</userTask>'
        '<boundaryEvent id="late" attachedToRef="note">'
        '<timerEventDefinition><timeDuration xsi:type="tFormalExpression">"PT1M"'
        "</timeDuration></timerEventDefinition></boundaryEvent>"
        '<manualTask id="remind" name="催办"/>'
        '<scriptTask id="count" name="计数"><script>rounds = rounds + 1</script></scriptTask>'
        '<exclusiveGateway id="more" name="还有吗" default="more__done"/>'
        '<endEvent id="done"/>'
    )
    path = "begin > ask\n ask > zero" if host else "begin > zero"
    flows = (
        f"{path}\n zero > note\n note > count\n count > more\n more > done\n"
        f"more > note : rounds < {ROUNDS}\n late > remind\n remind > count"
    )
    return drawing(PROCESS, nodes, flows)


def open_working(folder: Path, url: str, host: str = "") -> Office:
    """A new office whose clerks all work at the cashier's desk."""
    office = open_office(folder, url, ("house_handover",))
    with office.sessions.begin() as session:
        query = select(Staff).where(Staff.username.in_(CLERKS))
        for staff in session.scalars(query).unique().all():
            if all(role.role != "cashier" for role in staff.roles):
                staff.roles.append(StaffRole(role="cashier"))
    publish(office, PROCESS, _drawing(host), {"note": FORM})
    return reopened(folder, url, host, office)


def reopened(folder: Path, url: str, host: str, before: Office | None = None) -> Office:
    """The same office in another process, or after a crash."""
    if before is not None:
        before.engine.dispose()
    hosts = frozenset(filter(None, [host]))
    runtime = Runtime(replace(settings(folder, url), webhook_hosts=hosts))
    engine = open_engine(url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions() as session:
        site_id = session.scalars(select(Site.id)).one()
    return Office(runtime, engine, sessions, site_id)


def begin(office: Office, person: Person) -> Case:
    with office.sessions() as session:
        return transact(session, start_case, office.runtime, person, PROCESS)


def answered(form: Form) -> Answers:
    return read_json(form, ANSWERS)


def complete(session: Session, office: Office, person: Person, task: Any) -> None:
    """Complete a task of this process, whichever it is."""
    transact(session, complete_task, office.runtime, person, task.id, answered)


def open_tasks(session: Session, *where: Any) -> list[Task]:
    """The newest case's first."""
    query = select(Task).where(Task.state == "open", *where)
    query = query.order_by(Task.case_id.desc(), Task.id)
    return list(session.scalars(query))
