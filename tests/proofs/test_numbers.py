"""Numbers of papers: unbroken though several processes write and give up at once."""

from __future__ import annotations

import json
import subprocess
import sys

from sqlalchemy import select

from engine.settings import ROOT
from engine.store.tables import NumberSeries, Record
from tests.cast import Office
from tests.proofs.numbers_child import ACTS, KINDS

PROCESSES = 4


def test_numbers_are_unbroken_over_processes_and_rollbacks(office: Office) -> None:
    kept = _written(office)
    given_up = kept.count(None)
    assert len(kept) == PROCESSES * ACTS and 0 < given_up < len(kept)
    told = sorted(number for numbers in kept for number in numbers or ())
    with office.sessions() as session:
        assert sorted(session.scalars(select(Record.number))) == told
        for kind in KINDS:
            serials = select(Record.serial).where(Record.kind == kind)
            last = select(NumberSeries.last).where(NumberSeries.kind == kind)
            found = list(session.scalars(serials.order_by(Record.serial)))
            assert found == list(range(1, session.scalars(last).one() + 1))


def _written(office: Office) -> list[list[str] | None]:
    """What the processes say of each act: its numbers, None where it was given up."""
    given = office.runtime.settings
    children = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.proofs.numbers_child"),
                *(str(given.var), given.database_url, f"seed{n}"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for n in range(PROCESSES)
    ]
    try:
        ready = [child.stdout.readline() for child in children if child.stdout]
        assert ready == ["ready\n"] * PROCESSES
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        said = [child.communicate(timeout=120)[0] for child in children]
    finally:
        for child in children:
            child.kill()
    assert [child.returncode for child in children] == [0] * PROCESSES
    return [json.loads(line) for each in said for line in each.splitlines()]
