"""Record a running case for each element at which a story waits, on today's versions.

``python -m tests.recorded [PROCESS]...``: adds what is not there yet, and changes nothing.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import select

from engine.settings import ROOT
from engine.store.tables import House, Process, ProcessVersion
from engine.workflow.library import SPIFF_VERSION
from tests.cast import Office, open_office
from tests.databases import sqlite_copy, sqlite_template
from tests.recorded import FOLDER, TABLES, recordings, rows, write
from tests.scenario import ZONE, Telling, moment
from tests.story_files import Story, stories

SCENARIOS = ROOT / "tests" / "scenarios"


@dataclass
class Recorder(Telling):
    """Tells a story and records its case wherever it waits at a new element."""

    today: str = ""
    told: int = 0
    recorded: set[str] = field(default_factory=set)

    def _step(self, step: dict[str, Any]) -> None:
        super()._step(step)
        self.told += 1
        for element in sorted({task.element for task in self._open_tasks()}):
            self._record(element)

    def _record(self, element: str) -> None:
        with self.office.sessions() as session:
            process = session.get_one(Process, self.story.process)
            version = process.current_id[:12]
            place = f"{process.id}: {version} {element}"
            if place in self.recorded:
                return
            self.recorded.add(place)
            houses = session.execute(select(House.code, House.status)).all()
            saved = {
                "spiff_version": SPIFF_VERSION,
                "story": self.story.name,
                "at": datetime.now(ZONE).strftime("%Y-%m-%d %H:%M"),
                "steps": self.story.steps[self.told :],
                "usual": self.story.usual,
                "version": version,
                "houses": {code: status for code, status in houses},
                "rows": {t.__tablename__: rows(session, t) for t in TABLES},
            }
            path = FOLDER / process.id / f"{self.today}.{version}.{element}.json"
            write(path, saved)
            self._record_version(session, process, path.with_name(f"{version}.json"))
        print(path.relative_to(ROOT))

    def _record_version(self, session: Any, process: Process, path: Path) -> None:
        if not path.exists():
            found = rows(session, ProcessVersion)
            write(path, next(row for row in found if row["id"] == process.current_id))


def known() -> set[str]:
    """What is recorded already: process, version and element."""
    found = set()
    for path in recordings():
        _, version, element, _ = path.name.split(".")
        found.add(f"{path.parent.name}: {version} {element}")
    return found


def record(story: Story, office: Office, today: str, recorded: set[str]) -> None:
    with time_machine.travel(moment(story.at), tick=False) as clock:
        Recorder(office, story, clock, today=today, recorded=recorded).tell()


def main(processes: list[str]) -> None:
    recorded, today = known(), date.today().isoformat()
    for path in sorted(SCENARIOS.glob("*.yaml")):
        for story in stories(path):
            if processes and story.process not in processes:
                continue
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                url = sqlite_copy(sqlite_template(folder), folder)
                office = open_office(folder, url)
                record(story, office, today, recorded)
                office.engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
