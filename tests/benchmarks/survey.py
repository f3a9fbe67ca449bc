"""A survey of thousands: opening its list, and answering late in it as fast as at first."""

from __future__ import annotations

import statistics

from sqlalchemy import insert, select

from engine import start_case, transact
from engine.store.tables import House, Task, TaskItem
from tests.benchmarks.measure import Line, compared, spent_ms, within
from tests.cast import Office
from tests.survey import COLLECT, answer, items, publish_survey

HOUSES = 5000
LATE = 2000
TIMES = 40
LISTED = {
    "operation": "list_houses",
    "key": "unit_no",
    "label": "unit_no + ' ' + owner",
    "house": "unit_no",
    "facts": {"owner": "owner"},
    "form": COLLECT["items"]["form"],
}


def lines(office: Office, label: str) -> list[Line]:
    with office.sessions.begin() as session:
        same = {"site_id": office.site_id, "building": "9", "unit": "1"}
        rooms = [f"{n:04d}" for n in range(HOUSES)]
        rows = [{**same, "room": room, "code": f"9-{room}"} for room in rooms]
        session.execute(insert(House), rows)
    publish_survey(office, 1, items=LISTED)
    opened = spent_ms(lambda: _start(office))
    with office.sessions() as session:
        task_id = session.scalars(select(Task.id).where(Task.name == "收回问卷")).one()
    entries = items(office, task_id)[: LATE + TIMES]
    spent = [_answered(office, entry) for entry in entries]
    first = statistics.median(spent[1 : TIMES + 1])
    late = statistics.median(spent[-TIMES:])
    return [
        within(f"open a task of {HOUSES:,} items, {label}", opened, "ms", 5000),
        compared(f"the {LATE:,}th item of it, {label}", late, first, "the first", 1.5),
    ]


def _start(office: Office) -> None:
    with office.sessions() as session:
        person = office.person("jiahl")
        transact(session, start_case, office.runtime, person, "survey")


def _answered(office: Office, item: TaskItem) -> float:
    return spent_ms(lambda: answer(office, item, {"score": 4}))
