"""A server that is killed at any moment: what it acknowledged is there, once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import psycopg
import pytest
import time_machine
from sqlalchemy import func, select, text

from engine.background import Background
from engine.settings import ROOT
from engine.store.tables import Case, Event, NumberSeries, OutboxCall, Record, Task
from engine.store.tables import Staff, Wait
from tests.cast import Office
from tests.proofs.working import complete, open_tasks, open_working, reopened

ACTS = 300
STARTS = 30  # at most
MINUTES = 2  # that pass with each restart


class Outside(ThreadingHTTPServer):
    """The outside: notes the idempotency key of each call."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked: Counter[str] = Counter()


class _Answering(BaseHTTPRequestHandler):
    server: Outside

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked[self.headers["Idempotency-Key"]] += 1
        try:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
        except ConnectionError:
            pass  # who asked was killed

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def outside() -> Iterator[Outside]:
    server = Outside()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Killed:
    """The office, served by children that are killed one after another."""

    def __init__(self, folder: Path, url: str, host: str) -> None:
        self.folder, self.url, self.host = folder, url, host
        self.random = Random(7)
        self.starts = 0
        self.told: list[dict[str, Any]] = []

    def serve(self, acts: int) -> None:
        """One life: killed in the middle of things, after so many acts were told."""
        self.starts += 1
        minutes = str(MINUTES * self.starts)
        given = [str(self.folder), self.url, self.host, str(self.starts), minutes]
        with subprocess.Popen(
            [sys.executable, "-m", "tests.proofs.crash_child", *given],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        ) as child:
            assert child.stdout is not None and child.stderr is not None
            lines = [child.stdout.readline() for _ in range(acts)]
            child.send_signal(signal.SIGKILL)
            lines += child.stdout.readlines()
            complaint = child.stderr.read().decode()
        assert child.returncode == -signal.SIGKILL, complaint
        self.told += [json.loads(line) for line in lines if line.endswith(b"\n")]

    def lose_queue(self) -> None:
        """Whatever huey keeps: our own rows are the truth."""
        if self.url.startswith("sqlite"):
            for file in self.folder.glob("queue.sqlite3*"):
                file.unlink()
            return
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            query = "SELECT tablename FROM pg_tables WHERE tablename LIKE 'huey%'"
            for (name,) in connection.execute(query).fetchall():
                connection.execute(f'DROP TABLE "{name}" CASCADE'.encode())

    def acknowledged(self, act: str) -> list[dict[str, Any]]:
        return [one for one in self.told if one["act"] == act]

    @property
    def later(self) -> datetime:
        """When every lease of the killed has run out."""
        return datetime.now(UTC) + timedelta(minutes=MINUTES * (self.starts + 5))


@pytest.fixture
def killed(database_url: str, tmp_path: Path, outside: Outside) -> Killed:
    host = f"127.0.0.1:{outside.server_port}"
    open_working(tmp_path, database_url, host).engine.dispose()
    return Killed(tmp_path, database_url, host)


def test_what_was_acknowledged_outlives_the_server(
    killed: Killed, outside: Outside
) -> None:
    while len(killed.told) < ACTS and killed.starts < STARTS:
        killed.serve(killed.random.randint(10, 90))
        if killed.starts == 3:
            killed.lose_queue()
    assert len(killed.told) >= ACTS
    office = reopened(killed.folder, killed.url, killed.host)
    with time_machine.travel(killed.later, tick=True):
        _nothing_missing_nothing_twice(office, killed)
        _numbers_are_unbroken(office)
        _whatever_was_due_is_done(office, killed, outside)
        _every_case_goes_on(office)
    _numbers_are_unbroken(office)
    if killed.url.startswith("sqlite"):
        with office.engine.connect() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    office.engine.dispose()


def _nothing_missing_nothing_twice(office: Office, killed: Killed) -> None:
    with office.sessions() as session:
        tasks = {task.id: task for task in session.scalars(select(Task))}
        cases = set(session.scalars(select(Case.id)))
        completed = Counter(
            session.scalars(select(Event.task_id).where(Event.kind == "completed"))
        )
        papers = Counter(session.scalars(select(Record.task_id)))
    for act in killed.acknowledged("complete"):
        task = tasks[act["task"]]
        assert (task.state, task.ended_by) == ("done", act["person"])
        assert completed[task.id] == 1
        assert papers[task.id] == (task.element == "note")
    for act in killed.acknowledged("claim"):
        assert tasks[act["task"]].assignee_id == act["person"]
    assert {act["case"] for act in killed.acknowledged("start")} <= cases
    done = {task.id: 1 for task in tasks.values() if task.state == "done"}
    assert completed == done
    notes = [i for i in done if tasks[i].element == "note"]
    assert papers == dict.fromkeys(notes, 1)


def _numbers_are_unbroken(office: Office) -> None:
    with office.sessions() as session:
        for case in session.scalars(select(Case)):
            query = select(Event.seq).where(Event.case_id == case.id)
            found = list(session.scalars(query.order_by(Event.seq)))
            assert found == list(range(1, case.history_seq + 1))
        for series in session.scalars(select(NumberSeries)):
            if series.kind == "case":
                numbers = session.scalars(select(Case.number).order_by(Case.number))
                serials = [int(number.partition("-")[2]) for number in numbers]
            else:
                query = select(Record.serial).where(Record.kind == series.kind)
                serials = list(session.scalars(query.order_by(Record.serial)))
            assert serials == list(range(1, series.last + 1)), series.kind


def _whatever_was_due_is_done(office: Office, killed: Killed, outside: Outside) -> None:
    background = Background(office.runtime)
    background.sweep()
    background.stop()
    with office.sessions() as session:
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        assert session.scalar(select(func.count()).where(Wait.due_at < now)) == 0
        calls = list(session.scalars(select(OutboxCall)))
        assert {call.state for call in calls} == {"done"}
        assert {call.id for call in calls} == set(outside.asked)
        fired = select(Event.case_id, func.count()).where(Event.kind == "timer_fired")
        reminders = select(Task.case_id, func.count()).where(Task.element == "remind")
        by_case = dict(session.execute(fired.group_by(Event.case_id)).all())
        told = dict(session.execute(reminders.group_by(Task.case_id)).all())
        assert told and told == by_case  # each timer fired once, none in vain
    woken = sum(act["woken"] for act in killed.acknowledged("sweep"))
    assert sum(by_case.values()) >= woken


def _every_case_goes_on(office: Office) -> None:
    clerk = office.person("jiahl")
    with office.sessions() as session:
        running = list(session.scalars(select(Case).where(Case.status == "running")))
        assert running
        for case in running:
            seq = case.history_seq
            task = open_tasks(session, Task.case_id == case.id)[0]
            person = next(
                (office.person(name) for name in _names(session, task.assignee_id)),
                clerk,
            )
            complete(session, office, person, task)
            session.refresh(case)
            assert case.history_seq > seq


def _names(session: Any, staff_id: int | None) -> list[str]:
    query = select(Staff.username).where(Staff.id == staff_id)
    return list(session.scalars(query))
