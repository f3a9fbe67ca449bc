"""Acts by the engine alone, without a page: the cashier's task, and many at once."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial

from sqlalchemy import select

from engine import complete_task, start_case, transact
from engine.forms import read
from engine.people import Person
from engine.store.tables import Task
from tests.benchmarks.measure import Line, compared, spent_ms
from tests.cast import Office
from tests.models import drawing, publish
from tests.proofs.working import ANSWERS, FORM, answered

UNPAID = {"fees_paid": ["false"], "unpaid_reason": ["明天来交"]}
TIMES = 40
HISTORY = 2000
ITEMS = 200


class Cashier:
    """Completes the cashier's task as unpaid, again and again: it comes back each time."""

    def __init__(self, office: Office, case_id: int) -> None:
        self.office, self.person = office, office.person("jiahl")
        self.open = select(Task.id).where(
            Task.case_id == case_id, Task.element == "collect_fee", Task.state == "open"
        )

    def task(self) -> str:
        with self.office.sessions() as session:
            return session.scalars(self.open).one()

    def complete(self, task_id: str) -> None:
        with self.office.sessions() as session:
            reading = partial(read, posted=UNPAID)
            runtime = self.office.runtime
            transact(session, complete_task, runtime, self.person, task_id, reading)

    def once(self) -> float:
        """Milliseconds of one; finding the task is not counted."""
        task_id = self.task()
        return spent_ms(lambda: self.complete(task_id))

    def aged(self, tasks: int) -> Cashier:
        """The same after so many tasks."""
        for _ in range(tasks):
            self.once()
        return self


def alone_lines(
    label: str, first: float, late: float, reference: float
) -> Iterator[Line]:
    against = "bare in-memory step + one commit"
    name = f"complete a task, engine alone, {label}"
    yield compared(name, first, reference, against, 3)
    yield compared(f"  the {HISTORY:,}th of its history", late, first, "the first", 1.5)


def items_lines(office: Office, label: str) -> list[Line]:
    """A task for each of 200 things, all open at once."""
    field = next(iter(ANSWERS))
    each = (
        '<multiInstanceLoopCharacteristics isSequential="false">'
        "<loopDataInputRef>things</loopDataInputRef>"
        "<loopDataOutputRef>results</loopDataOutputRef>"
        '<inputDataItem id="thing" name="thing"/>'
        f'<outputDataItem id="{field}" name="{field}"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    nodes = (
        '<startEvent id="begin"/><scriptTask id="list"><script>things = '
        f"{list(range(ITEMS))}</script></scriptTask>"
        f'<userTask id="check" name="检查">{each}</userTask><endEvent id="end"/>'
    )
    flows = "begin > list\n list > check\n check > end"
    form = {"title": "检查", "schema": FORM["schema"]}
    publish(office, "items", drawing("items", nodes, flows), {"check": form})
    person = office.person("jiahl")
    with office.sessions() as session:
        case = transact(session, start_case, office.runtime, person, "items")
        query = select(Task.id).where(Task.case_id == case.id).order_by(Task.id)
        tasks = list(session.scalars(query))
    spent = [_checked(office, person, task_id) for task_id in tasks]
    few = ITEMS // 20
    first, last = statistics.median(spent[:few]), statistics.median(spent[-few:])
    name = f"last of {ITEMS} parallel items, {label}"
    return [compared(name, last, first, "the first of them", 1.5)]


def _checked(office: Office, person: Person, task_id: str) -> float:
    with office.sessions() as session:
        runtime = office.runtime
        return spent_ms(
            lambda: transact(session, complete_task, runtime, person, task_id, answered)
        )
