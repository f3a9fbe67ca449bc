"""An import whose worker is killed in the middle: nothing half written, tried again."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import func, select

from engine.actions.ask_import import ask_import
from engine.actions.confirm_import import confirm_import, repeat_import
from engine.actions.load_demo import OWNERS
from engine.actions.work_imports import LEASE, work_imports
from engine.settings import ROOT
from engine.store.database import now, transact
from engine.store.tables import House, HouseParty, ImportChange, ImportRun, Party
from tests.cast import Office

TABLES = (House, Party, HouseParty, ImportChange)


def counts(office: Office) -> list[int]:
    with office.sessions() as session:
        return [
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in TABLES
        ]


@pytest.mark.parametrize("table", ["house", "house_party", "import_change"])
def test_killed_while_writing(office: Office, table: str) -> None:
    person = office.person("hanwc")
    runtime, before = office.runtime, counts(office)
    with office.sessions() as session:
        act = partial(transact, session)
        content = OWNERS.read_bytes()
        run_id = act(ask_import, runtime, person, "", "", OWNERS.name, content).id
        assert work_imports(session, runtime) == 1
        act(confirm_import, runtime, person, run_id)
    url = office.engine.url.render_as_string(hide_password=False)
    child = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.proofs.import_child",
            runtime.settings.var,
            url,
            table,
        ],
        cwd=ROOT,
        timeout=120,
    )
    assert child.returncode == -signal.SIGKILL
    assert counts(office) == before
    with office.sessions() as session:
        run = session.get_one(ImportRun, run_id)
        assert run.state == "writing" and not run.interrupted
        assert work_imports(session, runtime) == 0  # somebody may still be at it
    with time_machine.travel(now() + LEASE + timedelta(seconds=1), tick=True):
        with office.sessions() as session:
            assert session.get_one(ImportRun, run_id).interrupted
            transact(session, repeat_import, runtime, person, run_id)
            assert work_imports(session, runtime) == 1
            run = session.get_one(ImportRun, run_id, populate_existing=True)
            assert run.state == "done"
    assert counts(office)[0] == 180
