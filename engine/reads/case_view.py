"""One case's page: where it stands, what happened, its papers and open tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.people import Person, may_cancel, may_see
from engine.runtime import Published, Runtime
from engine.store.cases import Case, ProcessVersion, Task
from engine.store.history import Event
from engine.store.records import Record, records_of


@dataclass(frozen=True)
class CaseView:
    case: Case
    version: Published
    tasks: list[Task]
    history: list[Event]
    records: list[Record]
    may_cancel: bool

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.state == "open"]

    @property
    def timeline(self) -> list[Event]:
        """What people read: acts, refusals and ends, not each gateway passed, and not
        each limit that was kept."""
        return [event for event in self.history if self._told(event)]

    def _told(self, event: Event) -> bool:
        if event.kind == "cancelled":
            element = self.version.elements.get(event.element or "")
            return element is None or not element.kind.endswith("Event")
        return event.kind not in ("passed", "opened")


def case_view(
    session: Session, runtime: Runtime, person: Person, case_id: int
) -> CaseView:
    """Raises ``NotFound``, and ``NotYours`` for who may not see the case."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound()
    tasks = (
        select(Task).where(Task.case_id == case_id).order_by(Task.created_at, Task.id)
    )
    found = list(session.scalars(tasks))
    if not may_see(person, case, found):
        raise NotYours()
    # what hundreds answered is told where it was asked, one by one
    events = select(Event).where(Event.case_id == case_id, Event.kind != "item_done")
    return CaseView(
        case=case,
        version=runtime.published(session, case.version_id),
        tasks=found,
        history=list(session.scalars(events.order_by(Event.seq))),
        records=records_of(session, case_id),
        may_cancel=may_cancel(person, case),
    )


def diagram(
    session: Session, runtime: Runtime, person: Person, case_id: int
) -> dict[str, Any]:
    """The drawing with each element's state (done, open, cancelled) and its visits."""
    view = case_view(session, runtime, person, case_id)
    bpmn = session.scalar(
        select(ProcessVersion.bpmn).where(ProcessVersion.id == view.case.version_id)
    )
    state: dict[str, str] = {}
    counts: dict[str, int] = {}
    for event in view.history:
        if event.element is None or event.kind == "opened":
            continue
        state[event.element] = "cancelled" if event.kind == "cancelled" else "done"
        if event.kind in ("passed", "completed"):
            counts[event.element] = counts.get(event.element, 0) + 1
    for task in view.open_tasks:
        state[task.element] = "open"
    many = {element: count for element, count in counts.items() if count > 1}
    return {"xml": (bpmn or b"").decode(), "state": state, "counts": many}
