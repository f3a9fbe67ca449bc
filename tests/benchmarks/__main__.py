"""Run every benchmark, print the table, keep it as bench.json; PostgreSQL where it is."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from engine.settings import ROOT
from tests.benchmarks import (
    acting,
    complete_task,
    forms,
    registers,
    search,
    survey,
    timers,
)
from tests.benchmarks.measure import Line, table
from tests.cast import Office
from tests.databases import (
    postgres_copy,
    postgres_template,
    server_missing,
    sqlite_copy,
    sqlite_template,
)
from tests.proofs.working import open_working

Measure = Callable[[Office, str], list[Line]]
EVERYWHERE: tuple[Measure, ...] = (
    acting.items_lines,
    survey.lines,
    forms.lines,
    timers.poll_lines,
    timers.outage_lines,
    registers.lines,
    search.lines,
)


def on_sqlite() -> list[Line]:
    with tempfile.TemporaryDirectory() as name:
        found = complete_task.lines(Path(name))
    for measure in EVERYWHERE:
        with tempfile.TemporaryDirectory() as name:
            url = sqlite_copy(sqlite_template(Path(name)), Path(name))
            found += _at_work(measure, Path(name), url, "SQLite")
    return found


def on_postgres() -> list[Line]:
    if (reason := server_missing()) is not None:
        print(reason, file=sys.stderr)
        return []
    with postgres_template() as template, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with postgres_copy(template) as url:
            found = complete_task.postgres_lines(folder, url)
        for measure in EVERYWHERE:
            with postgres_copy(template) as url:
                found += _at_work(measure, folder, url, "PostgreSQL")
    return found


def _at_work(measure: Measure, folder: Path, url: str, label: str) -> list[Line]:
    office = open_working(folder, url)
    try:
        return measure(office, label)
    finally:
        office.engine.dispose()


def main() -> None:
    lines = [*on_sqlite(), *on_postgres()]
    print(table(lines))
    found = [line.as_json() for line in lines]
    (ROOT / "bench.json").write_text(
        json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
