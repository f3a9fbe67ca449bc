"""Completing a task over HTTP, beside the bare library and the naive way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

from sqlalchemy import Engine
from werkzeug.serving import WSGIRequestHandler, make_server

from engine.actions.publish_process import read_source
from engine.workflow.library import Model, parse
from tests.actions.handover import upto
from tests.benchmarks.acting import HISTORY, TIMES, Cashier, alone_lines
from tests.benchmarks.measure import (
    Line,
    compared,
    median_ms,
    medians,
    spent_ms,
    within,
)
from tests.benchmarks.references import Bare, Commit, Naive
from tests.cast import Office, open_office
from tests.databases import sqlite_template
from tests.proofs.browser import Browser
from tests.statements import counted
from web import create_app
from web.extensions import db

HANDOVER = "house_handover"
POSTED = {"_op": "submit", "fees_paid": "false", "unpaid_reason": "明天来交"}


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@contextmanager
def served(office: Office) -> Iterator[tuple[int, Engine]]:
    app = create_app(office.runtime.settings)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    with app.app_context():
        yield server.server_port, db.engine
    server.shutdown()


class Clerk(Cashier):
    """The cashier at a browser."""

    def __init__(self, office: Office, case_id: int, browser: Browser) -> None:
        super().__init__(office, case_id)
        self.browser = browser

    def complete(self, task_id: str) -> None:
        status = self.browser.post(f"/tasks/{task_id}", POSTED).status
        if status != 303:
            raise RuntimeError(f"completing answered {status}")


def lines(folder: Path) -> list[Line]:
    office = open_office(folder, f"sqlite:///{sqlite_template(folder)}", (HANDOVER,))
    model = handover(office)
    cases = [upto(office, "collect_fee") for _ in range(4)]
    stock, commit = Bare(model), Commit(f"sqlite:///{folder / 'commit.sqlite3'}")
    with served(office) as (port, engine), closing(Browser(port, "jiahl")) as browser:
        clerk = Clerk(office, cases[0], browser)
        bare, one, alone, late, http, http_late = medians(
            TIMES,
            stock.once,
            lambda: spent_ms(commit.once),
            Cashier(office, cases[1]).once,
            Cashier(office, cases[2]).aged(HISTORY).once,
            clerk.once,
            Clerk(office, cases[3], browser).aged(200).once,
        )
        inbox = median_ms(lambda: browser.get("/inbox"), TIMES)
        task_id = clerk.task()
        page = median_ms(lambda: browser.get(f"/tasks/{task_id}"), TIMES)
        with counted(engine) as asked:
            clerk.complete(task_id)
    commit.close()
    office.engine.dispose()
    naive_20 = median_ms(Naive(folder, model, 20).once, 20)
    naive_200 = median_ms(Naive(folder, model, 200).once, 10)
    against = "bare in-memory step + one commit"
    return [
        *alone_lines("SQLite", alone, late, bare + one),
        compared("complete a task over HTTP", http, bare + one, against),
        compared("  the 200th of its history", http_late, http, "the first", 1.5),
        compared("naive, history of 20 turns", naive_20, alone, "ours, engine alone"),
        compared("naive, history of 200 turns", naive_200, alone, "ours, engine alone"),
        within(
            "SQL statements of completing over HTTP",
            len(asked.statements),
            "statements",
            8,
        ),
        within("commits of completing", asked.commits, "commits", 1),
        Line("bare in-memory step", round(bare, 3), "ms"),
        Line("one commit of 6 KB, SQLite (WAL, synchronous=FULL)", round(one, 3), "ms"),
        Line("inbox page over HTTP", round(inbox, 3), "ms"),
        Line("task page over HTTP", round(page, 3), "ms"),
    ]


def postgres_lines(folder: Path, url: str) -> list[Line]:
    office = open_office(folder, url, (HANDOVER,))
    stock = Bare(handover(office))
    with closing(Commit(url)) as commit:
        bare, one, alone, late = medians(
            TIMES,
            stock.once,
            lambda: spent_ms(commit.once),
            Cashier(office, upto(office, "collect_fee")).once,
            Cashier(office, upto(office, "collect_fee")).aged(HISTORY).once,
        )
    office.engine.dispose()
    found = alone_lines("PostgreSQL", alone, late, bare + one)
    return [*found, Line("one commit of 6 KB, PostgreSQL", round(one, 3), "ms")]


def handover(office: Office) -> Model:
    settings = office.runtime.settings
    return parse(read_source(settings.processes, settings.forms, HANDOVER))
