"""Everybody at once: several web processes, workers and people on the same cases."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import NamedTuple

import pytest
import time_machine
from sqlalchemy import func, select

from engine import complete_task, transact
from engine.actions.claim_task import claim_task
from engine.actions.open_task import TakenByOther
from engine.actions.wake_cases import wake_all
from engine.forms import Answers, Form
from engine.settings import ROOT
from engine.store.tables import Case, Event, NumberSeries, Record, Task, Wait
from tests.cast import Office
from tests.proofs.browser import Browser
from tests.proofs.copies import copy_case
from tests.proofs.working import ANSWERS, CLERKS, answered, begin, open_tasks
from tests.proofs.working import open_working

CASES = 40
WEBS, WORKERS = 4, 2
MINUTES = 5  # the workers' clocks are ahead, so that every timer is due
MANY = 1000
LOST = ("已经办结", "签收", "刚被别人改动", "案件已结束")


class Said(NamedTuple):
    task: str
    username: str
    verb: str
    status: int
    sentence: str


@pytest.fixture
def working(database_url: str, tmp_path: Path) -> Iterator[Office]:
    office = open_working(tmp_path, database_url)
    yield office
    office.engine.dispose()


class Served(NamedTuple):
    """``ports`` of the web processes; ``start_workers`` may be called once."""

    ports: list[int]
    start_workers: Callable[[], None]


@contextmanager
def served(office: Office) -> Iterator[Served]:
    """Web processes, and later workers; afterwards no process may have died."""
    given = office.runtime.settings
    arguments = [str(given.var), given.database_url, WEBS, WORKERS, MINUTES]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.proofs.servers", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as servers:
        assert servers.stdin is not None and servers.stdout is not None

        def start_workers() -> None:
            servers.stdin.write(b"work\n")
            servers.stdin.flush()

        try:
            ports = [int(servers.stdout.readline()) for _ in range(WEBS)]
            yield Served(ports, start_workers)
        finally:
            servers.stdin.close()
            dead = servers.wait(30)
        assert dead == 0


def test_one_winner_and_clear_words_for_the_others(working: Office) -> None:
    clerk = working.person("jiahl")
    for _ in range(CASES):
        begin(working, clerk)
    with working.sessions() as session:
        # workers begin with the oldest case
        tasks = [task.id for task in open_tasks(session)]
    with served(working) as servers:
        said = _everybody(servers, tasks)
    _one_winner_each(working, said)
    _nothing_broken(working)


def _everybody(servers: Served, tasks: list[str]) -> list[Said]:
    """All clerks press the same buttons at the same moment, while workers sweep."""
    together = Barrier(len(CLERKS))

    def at_work(place: int) -> list[Said]:
        try:
            with closing(Browser(servers.ports[place], CLERKS[place])) as browser:
                return [press(browser, place, number) for number in range(len(tasks))]
        except BaseException:
            together.abort()
            raise

    def press(browser: Browser, place: int, number: int) -> Said:
        together.wait(60)
        if (number, place) == (2, 0):  # one completed and one claimed for sure
            servers.start_workers()
        # all complete, all claim, and of every other task a third claim
        claims = number % 4 == 1 or number % 2 and (number + place) % 3 == 0
        verb = "claim" if claims else "complete"
        path = f"/tasks/{tasks[number]}" + ("/claim" if verb == "claim" else "")
        form = {} if verb == "claim" else {"_op": "submit", **ANSWERS}
        answer = browser.post(path, form, servers.ports[(place + number) % WEBS])
        return Said(tasks[number], CLERKS[place], verb, answer.status, answer.sentence)

    with ThreadPoolExecutor(len(CLERKS)) as pool:
        return [one for said in pool.map(at_work, range(len(CLERKS))) for one in said]


def _one_winner_each(office: Office, said: list[Said]) -> None:
    assert {one.status for one in said} == {303, 409}
    losers = [one for one in said if one.status == 409]
    assert losers and all(any(w in one.sentence for w in LOST) for one in losers)
    done = Counter(
        one.task for one in said if (one.verb, one.status) == ("complete", 303)
    )
    claimed = Counter(
        one.task for one in said if (one.verb, one.status) == ("claim", 303)
    )
    assert set(done.values()) == {1} and set(claimed.values()) == {1}
    by = {(o.task, o.username) for o in said if (o.verb, o.status) == ("complete", 303)}
    with office.sessions() as session:
        tasks = {task.id: task for task in session.scalars(select(Task))}
        people = {office.person(name).id: name for name in CLERKS}
        completed = Counter(
            session.scalars(select(Event.task_id).where(Event.kind == "completed"))
        )
        papers = Counter(session.scalars(select(Record.task_id)))
    for one in {one.task for one in said}:
        task = tasks[one]
        assert (task.state == "done") == (done[one] == 1)
        assert completed[one] == papers[one] == done[one]
        if task.state == "done":
            assert (one, people[task.ended_by or 0]) in by
    states = Counter(tasks[one].state for one in {one.task for one in said})
    assert states["done"] and states["cancelled"], states  # people and workers met


def _nothing_broken(office: Office) -> None:
    with office.sessions() as session:
        for case in session.scalars(select(Case)):
            of_case = select(Event).where(Event.case_id == case.id)
            events = list(session.scalars(of_case.order_by(Event.seq)))
            assert [e.seq for e in events] == list(range(1, case.history_seq + 1))
            fired = sum(event.kind == "timer_fired" for event in events)
            reminders = session.scalar(
                select(func.count()).where(
                    Task.case_id == case.id, Task.element == "remind"
                )
            )
            assert fired == reminders
        last = session.scalars(
            select(NumberSeries.last).where(NumberSeries.kind == "R05")
        ).one()
        serials = select(Record.serial).order_by(Record.serial)
        assert list(session.scalars(serials)) == list(range(1, last + 1))


def test_a_task_claimed_meanwhile_cannot_be_completed(working: Office) -> None:
    """The claim came between reading the task and closing it."""
    begin(working, working.person("jiahl"))
    with working.sessions() as session:
        (task,) = open_tasks(session)

    def reading(form: Form) -> Answers:
        if not claims:
            claims.append("jiahl")
            with working.sessions() as other:
                transact(other, claim_task, working.person("jiahl"), task.id)
        return answered(form)

    claims: list[str] = []
    with working.sessions() as session, pytest.raises(TakenByOther, match="贾惠玲"):
        person = working.person("lusy")
        transact(session, complete_task, working.runtime, person, task.id, reading)
    with working.sessions() as session:
        found = session.get_one(Task, task.id)
        assert (found.state, found.assignee_id) == ("open", working.person("jiahl").id)


def test_many_due_timers_after_an_outage_fire_once(working: Office) -> None:
    case_id = begin(working, working.person("jiahl")).id
    with working.sessions.begin() as session:
        copy_case(session, case_id, MANY - 1)
    later = datetime.now(UTC) + timedelta(days=3)
    with time_machine.travel(later, tick=True), ThreadPoolExecutor(WORKERS) as pool:

        def sweep(_: int) -> int:
            with working.sessions() as session:
                return wake_all(session, working.runtime)

        assert sum(pool.map(sweep, range(WORKERS))) == MANY
        assert sum(pool.map(sweep, range(WORKERS))) == 0
    with working.sessions() as session:
        fired = select(Event.case_id).where(Event.kind == "timer_fired")
        assert Counter(session.scalars(fired)) == Counter(range(1, MANY + 1))
        waiting = select(Task.element, func.count()).where(Task.state == "open")
        found = session.execute(waiting.group_by(Task.element)).all()
        assert [tuple(row) for row in found] == [("remind", MANY)]
        assert session.scalar(select(func.count()).select_from(Wait)) == 0
