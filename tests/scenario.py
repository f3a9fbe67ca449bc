"""Stories: what happens to a case, told in a YAML file a process owner can write.

A file has ``process``, ``beside`` (other processes that its cases start), ``usual``
(answers of each form, so that a story says only what is special; a file ``like``
another has what is usual there) and ``stories``. A story has ``name``, ``at`` (its
first moment, Shanghai time) and ``steps``, each of one of these kinds:

    starts: {unit_no: 1-1-0101}       [as: lusy]
    claims: collect_fee               as: jiahl
    does: collect_fee                 [as: jiahl] [with: {...}] [item: 2]
    ... refused: 句子                  beside starts, claims or does; says the sentence
    at: 2026-03-10 09:00      after: 3 hours
    goes on to: collect_fee           everything before it is done as usual
    waits for: [collect_fee]
    data has: {fee_total: 141840}
    records: {R09: 1}
    house has: {1-1-0101: vacant}
    linked: {complaint: {channel: follow_up}}   or how many: {complaint: 0}
    owes: {1-1-0102: "0.01"}          the balance sheet of today
    site has: {deposit_policy: {...}} its own numbers
    lets: {tenant: 李兆丰, meters: {water: 10}}   1-1-0102
    keeps: {K1: 5}                    keys of 1-1-0101 in the cabinet, before its handover
    keys are: {K1: handed_over}       each key of the register
    shows slip: match                 or what differs: 多出一台电脑; [ticks: [0]]
    ends: handed_over

``starts`` may come again: a story may have several cases, numbered as they start, also
of a ``process`` of its own; ``turns to: 1`` goes back to the first. Without ``as`` the
first of the cast whose role it is acts. ``{file: 证件.png}`` among the answers is a file
to upload.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from sqlalchemy import select

from engine import complete_task, keep_file, start_case, transact
from engine.actions.claim_task import claim_task
from engine.actions.wake_cases import wake_all
from engine.errors import AnswersRefused, Refused
from engine.forms import read_json
from engine.people import Person
from engine.store.tables import Case, Event, House, Process, Record, Task
from tests.cast import STAFF, Office
from tests.estate import set_parameters
from tests.pictures import PNG
from tests.story_estate import keep, key_states, let, owe, show_slip
from tests.story_files import Story

ZONE = ZoneInfo("Asia/Shanghai")
MOST_STEPS = 60
COVERS = ("passed", "completed", "message_received")
UNITS = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@dataclass
class Telling:
    """One story as it is told; afterwards ``passed`` and ``flows`` say what it covered."""

    office: Office
    story: Story
    clock: Any
    case_id: int = 0
    cases: list[int] = field(default_factory=list)
    passed: set[str] = field(default_factory=set)
    flows: set[tuple[str, str]] = field(default_factory=set)

    def tell(self) -> None:
        for number, step in enumerate(self.story.steps, start=1):
            try:
                self._step(dict(step))
            except AssertionError as wrong:
                raise AssertionError(
                    f"{self.story.name}, step {number} {step}: {wrong}"
                ) from wrong
        self._note_coverage()

    def _step(self, step: dict[str, Any]) -> None:
        kinds = {
            "starts": self._starts,
            "claims": self._claims,
            "does": self._does,
            "at": self._at,
            "after": self._after,
            "goes on to": self._goes_on_to,
            "waits for": self._waits_for,
            "data has": self._data_has,
            "records": self._records,
            "house has": self._house_has,
            "linked": self._linked,
            "turns to": self._turns_to,
            "owes": self._owes,
            "site has": self._site_has,
            "lets": self._lets,
            "keeps": self._keeps,
            "keys are": self._keys_are,
            "shows slip": self._shows_slip,
            "ends": self._ends,
        }
        kind = next((kind for kind in kinds if kind in step), None)
        assert kind is not None, f"no such kind of step: {step}"
        refused = step.pop("refused", None)
        if refused is None:
            kinds[kind](step.pop(kind), step)
            return
        try:
            kinds[kind](step.pop(kind), step)
        except AnswersRefused as no:
            said = "".join(s for sentences in no.fields.values() for s in sentences)
        except Refused as no:
            said = str(no)
        else:
            raise AssertionError("was not refused")
        assert refused in said, f"said {said!r}"

    # -- acts -------------------------------------------------------------------

    def _starts(self, answers: dict[str, Any], step: dict[str, Any]) -> None:
        with self.office.sessions() as session:
            process = step.get("process", self.story.process)
            current = session.get(Process, process)
            assert current is not None
            version = self.office.runtime.published(session, current.current_id)
            person = self._person(step.get("as"), version.first_role)
            usual = {} if "process" in step else self.story.usual.get("start", {})
            reading = partial(read_json, answers={**usual, **(answers or {})})
            runtime = self.office.runtime
            case = transact(session, start_case, runtime, person, process, reading)
            self.case_id = case.id
            self.cases.append(case.id)

    def _turns_to(self, number: int, _step: dict[str, Any]) -> None:
        self.case_id = self.cases[number - 1]

    def _owes(self, owed: dict[str, str], _step: dict[str, Any]) -> None:
        owe(self.office, owed)

    def _site_has(self, values: dict[str, Any], _step: dict[str, Any]) -> None:
        set_parameters(self.office, **values)

    def _lets(self, house: dict[str, Any], _step: dict[str, Any]) -> None:
        let(self.office, house["tenant"], house.get("meters", {}))

    def _keeps(self, keys: dict[str, int], _step: dict[str, Any]) -> None:
        keep(self.office, keys)

    def _keys_are(self, expected: dict[str, str], _step: dict[str, Any]) -> None:
        found = key_states(self.office)
        assert found == expected, f"keys are {found}"

    def _shows_slip(self, told: str, step: dict[str, Any]) -> None:
        guard = self._person(step.get("as"), "gate_guard").username
        differs = None if told == "match" else told
        show_slip(self.office, self.case_id, guard, differs, step.get("ticks", ()))

    def _claims(self, element: str, step: dict[str, Any]) -> None:
        task = self._task(element, step)
        with self.office.sessions() as session:
            transact(
                session,
                claim_task,
                self._person(step.get("as"), task.worked_by),
                task.id,
            )

    def _does(self, element: str, step: dict[str, Any]) -> None:
        task = self._task(element, step)
        person = self._person(step.get("as"), task.worked_by)
        given = {**self.story.usual.get(element, {}), **(step.get("with") or {})}
        with self.office.sessions() as session:
            given = {
                name: self._uploaded(session, person, task, v)
                for name, v in given.items()
            }
            reading = partial(read_json, answers=given)
            transact(
                session, complete_task, self.office.runtime, person, task.id, reading
            )

    def _goes_on_to(self, element: str, _step: dict[str, Any]) -> None:
        for _ in range(MOST_STEPS):
            waiting = [task.element for task in self._open_tasks()]
            if element in waiting or not waiting:
                break
            self._does(waiting[0], {})
        assert element in waiting, f"{element} was not reached; {waiting} wait"

    def _uploaded(self, session: Any, person: Person, task: Task, value: Any) -> Any:
        if not isinstance(value, dict) or "file" not in value:
            return value
        file = transact(
            session, keep_file, self.office.runtime, person, task.id, value["file"], PNG
        )
        return [file.id]

    def _at(self, text: str, _step: dict[str, Any]) -> None:
        self._move_to(moment(text))

    def _after(self, text: str, _step: dict[str, Any]) -> None:
        number, unit = text.split()
        span = timedelta(**{UNITS[unit.removesuffix("s")]: int(number)})
        self._move_to(datetime.now(ZONE) + span)

    def _move_to(self, then: datetime) -> None:
        self.clock.move_to(then, tick=False)
        with self.office.sessions() as session:
            wake_all(session, self.office.runtime)

    # -- what is seen -----------------------------------------------------------

    def _waits_for(self, elements: list[str], _step: dict[str, Any]) -> None:
        found = sorted(task.element for task in self._open_tasks())
        assert found == sorted(elements), f"waits for {found}"

    def _data_has(self, expected: dict[str, Any], _step: dict[str, Any]) -> None:
        with self.office.sessions() as session:
            data = session.get_one(Case, self.case_id).data
        found = {name: data.get(name) for name in expected}
        assert found == expected, f"data has {found}"

    def _records(self, expected: dict[str, Any], _step: dict[str, Any]) -> None:
        """By kind: how many, or what the newest one holds."""
        for kind, what in expected.items():
            with self.office.sessions() as session:
                query = select(Record).where(
                    (Record.case_id == self.case_id) | (Record.key == self._today()),
                    Record.kind == kind,
                )
                found = session.scalars(query.order_by(Record.id)).all()
            if isinstance(what, int):
                assert len(found) == what, f"{len(found)} records {kind}"
            else:
                held = {name: found[-1].data.get(name) for name in what}
                assert held == what, f"{kind} holds {held}"

    def _today(self) -> str:
        return datetime.now(ZONE).date().isoformat()

    def _house_has(self, expected: dict[str, Any], _step: dict[str, Any]) -> None:
        with self.office.sessions() as session:
            for code, status in expected.items():
                house = session.scalars(select(House).where(House.code == code)).one()
                assert house.status == status, f"{code} is {house.status}"

    def _linked(self, expected: dict[str, Any], _step: dict[str, Any]) -> None:
        """By process: how many cases this one started, or what the newest one knows."""
        for process, what in expected.items():
            with self.office.sessions() as session:
                query = select(Case).where(
                    Case.parent_id == self.case_id, Case.process_id == process
                )
                found = session.scalars(query.order_by(Case.id)).all()
            if isinstance(what, int):
                assert len(found) == what, f"{len(found)} linked cases of {process}"
            else:
                held = {name: found[-1].data.get(name) for name in what}
                assert held == what, f"{process} knows {held}"

    def _ends(self, outcome: str, _step: dict[str, Any]) -> None:
        with self.office.sessions() as session:
            case = session.get_one(Case, self.case_id)
        assert (case.status, case.outcome) == ("ended", outcome), (
            case.status,
            case.outcome,
        )

    # -- who and what -----------------------------------------------------------

    def _open_tasks(self) -> list[Task]:
        with self.office.sessions() as session:
            query = select(Task).where(
                Task.case_id == self.case_id, Task.state == "open"
            )
            return list(session.scalars(query.order_by(Task.created_at, Task.id)))

    def _task(self, element: str, step: dict[str, Any]) -> Task:
        """The open task of that element; of several turns the one whose item has a value."""
        found = [task for task in self._open_tasks() if task.element == element]
        if "item" in step:
            found = [task for task in found if step["item"] in str(task.item)]
        assert (
            found
        ), f"{element} does not wait; {[t.element for t in self._open_tasks()]} do"
        return found[0]

    def _person(self, username: str | None, role: str) -> Person:
        if username is not None:
            return self.office.person(username)
        return next(
            self.office.person(name)
            for name, (_, roles) in STAFF.items()
            if role in roles
        )

    def _note_coverage(self) -> None:
        with self.office.sessions() as session:
            query = select(Event).where(Event.case_id.in_(self.cases))
            for event in session.scalars(query):
                if event.kind not in COVERS or event.element is None:
                    continue
                self.passed.add(event.element)
                if event.detail and event.detail.get("from"):
                    self.flows.add((event.detail["from"], event.element))


def tell(office: Office, story: Story) -> Telling:
    with time_machine.travel(moment(story.at), tick=False) as clock:
        telling = Telling(office, story, clock)
        telling.tell()
    return telling
