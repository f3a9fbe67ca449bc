"""Completing a task over HTTP, beside the bare library and the naive way."""

from __future__ import annotations

import http.client
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

from sqlalchemy import Engine, select
from werkzeug.serving import WSGIRequestHandler, make_server

from engine import complete_task, transact
from engine.actions.publish_process import read_source
from engine.forms import read
from engine.store.tables import Task
from engine.workflow.library import parse
from tests.actions.handover import upto
from tests.benchmarks.measure import Line, compared, median_ms
from tests.benchmarks.references import Commit, Naive, at_the_loop, turn
from tests.cast import PASSWORD, Office, open_office
from tests.databases import sqlite_template
from tests.statements import counted
from web import create_app
from web.extensions import db

TIMES = 40
UNPAID = {"_op": "submit", "fees_paid": "false", "unpaid_reason": "明天来交"}


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        pass


class Browser:
    """One signed-in person over a kept connection."""

    def __init__(self, port: int, username: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.cookie = ""
        page = self.get("/sign-in")
        self.token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        self.post("/sign-in", {"username": username, "password": PASSWORD})
        page = self.get("/start")
        self.token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]

    def get(self, path: str) -> str:
        return self._ask("GET", path, None, {})[1]

    def post(self, path: str, form: dict[str, str]) -> int:
        body = urlencode({"csrf_token": self.token, **form})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, headers)[0]

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str]:
        self.connection.request(method, path, body, {"Cookie": self.cookie, **headers})
        response = self.connection.getresponse()
        cookie = response.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie.partition(";")[0]
        return response.status, response.read().decode()


@contextmanager
def served(office: Office) -> Iterator[tuple[int, Engine]]:
    app = create_app(office.runtime.settings)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    with app.app_context():
        yield server.server_port, db.engine
    server.shutdown()


class Cashier:
    """Completes the cashier's task as unpaid, again and again: it comes back each time."""

    def __init__(self, office: Office, browser: Browser, case_id: int) -> None:
        self.office, self.browser = office, browser
        self.open = select(Task.id).where(
            Task.case_id == case_id, Task.element == "collect_fee", Task.state == "open"
        )

    def task(self) -> str:
        with self.office.sessions() as session:
            return session.scalars(self.open).one()

    def complete(self, task_id: str) -> None:
        status = self.browser.post(f"/tasks/{task_id}", UNPAID)
        if status != 303:
            raise RuntimeError(f"completing answered {status}")

    def median_ms(self, times: int) -> float:
        spent = []
        for _ in range(times):
            task_id = self.task()
            begun = time.perf_counter()
            self.complete(task_id)
            spent.append((time.perf_counter() - begun) * 1000)
        return statistics.median(spent)


def engine_alone(office: Office, case_id: int) -> float:
    """The same act without HTTP, in milliseconds."""
    person = office.person("jiahl")
    reading = partial(read, posted={"fees_paid": ["false"]})
    query = select(Task.id).where(Task.case_id == case_id, Task.state == "open")
    spent = []
    for _ in range(TIMES):
        with office.sessions() as session:
            task_id = session.scalars(query).one()
            session.rollback()
            begun = time.perf_counter()
            transact(session, complete_task, office.runtime, person, task_id, reading)
            spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


def lines(folder: Path) -> list[Line]:
    template = sqlite_template(folder)
    office = open_office(folder, f"sqlite:///{template}", ("house_handover",))
    settings = office.runtime.settings
    model = parse(read_source(settings.processes, settings.forms, "house_handover"))
    case_id = upto(office, "collect_fee")
    with served(office) as (port, engine):
        browser = Browser(port, "jiahl")
        cashier = Cashier(office, browser, case_id)
        cashier.complete(cashier.task())  # the first reads the process into memory
        first = cashier.median_ms(TIMES)
        cashier.median_ms(200 - 2 * TIMES)
        late = cashier.median_ms(TIMES)
        page = median_ms(lambda: browser.get("/inbox"), TIMES)
        task_id = cashier.task()
        with counted(engine) as asked:
            cashier.complete(task_id)
    alone = engine_alone(office, case_id)
    stock = at_the_loop(model)
    bare = median_ms(lambda: turn(stock), 20)
    commit = median_ms(Commit(folder).once, TIMES)
    naive = Naive(folder, model, 20)
    naive_20 = median_ms(naive.once, 20)
    naive_200 = median_ms(Naive(folder, model, 200).once, 10)
    reference = "bare in-memory step + one commit"
    return [
        compared("complete a task, engine alone", alone, bare + commit, reference, 3),
        compared("complete a task over HTTP", first, bare + commit, reference),
        compared("naive, history of 20 turns", naive_20, alone, "ours, engine alone"),
        compared("naive, history of 200 turns", naive_200, alone, "ours, engine alone"),
        compared("200th turn of a loop over HTTP", late, first, "the first turns", 1.5),
        Line(
            "SQL statements of completing over HTTP",
            len(asked.statements),
            "statements",
            limit=8,
            ok=len(asked.statements) <= 8,
        ),
        Line(
            "commits of completing",
            asked.commits,
            "commits",
            limit=1,
            ok=asked.commits == 1,
        ),
        Line("bare in-memory step", round(bare, 3), "ms"),
        Line("one commit (WAL, synchronous=FULL)", round(commit, 3), "ms"),
        Line("inbox page over HTTP", round(page, 3), "ms"),
    ]
