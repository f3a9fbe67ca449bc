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
from sqlalchemy.orm import Session

from engine.settings import ROOT
from engine.store.tables import Case, Process
from engine.workflow.library import SPIFF_VERSION
from tests.cast import Office, open_office
from tests.databases import sqlite_copy, sqlite_template
from tests.recorded import (
    FOLDER,
    VERSIONS,
    World,
    changed,
    recordings,
    rows,
    world,
    write,
)
from tests.scenario import ZONE, Telling, moment
from tests.story_files import Story, stories

SCENARIOS = ROOT / "tests" / "scenarios"


@dataclass
class Recorder(Telling):
    """Tells a story and records its case wherever it waits at a new element."""

    today: str = ""
    told: int = 0
    recorded: set[str] = field(default_factory=set)
    before: World = field(default_factory=dict)
    written: dict[Path, tuple[str, int]] = field(default_factory=dict)

    def tell(self) -> None:
        with self.office.sessions() as session:
            self.before = world(session)
        super().tell()
        self._forget_unended()

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
            versions = self._versions(session)
            saved = {
                "spiff_version": SPIFF_VERSION,
                "story": self.story.name,
                "at": datetime.now(ZONE).strftime("%Y-%m-%d %H:%M"),
                "steps": self.story.steps[self.told :],
                "usual": self.story.usual,
                "case": self.case_id,
                "cases": self.cases,
                "versions": versions,
                "rows": changed(world(session), self.before),
            }
            path = FOLDER / process.id / f"{self.today}.{version}.{element}.json"
            write(path, saved)
            self.written[path] = place, self.case_id

    def _forget_unended(self) -> None:
        """Where a story ends before its case does, nothing shows that it still can."""
        with self.office.sessions() as session:
            query = select(Case.id).where(Case.status == "ended")
            ended = {*session.scalars(query)}
        for path, (place, case_id) in self.written.items():
            if {case_id, self.case_id} & ended:
                print(path.relative_to(ROOT))
            else:
                path.unlink()
                self.recorded.discard(place)

    def _versions(self, session: Session) -> dict[str, list[str]]:
        """What the cases run on, by process; each is kept once."""
        query = select(Case.process_id, Case.version_id).distinct()
        found: dict[str, list[str]] = {}
        for process_id, version_id in session.execute(query):
            found.setdefault(process_id, []).append(version_id[:12])
            path = FOLDER / process_id / f"{version_id[:12]}.json"
            if not path.exists():
                every = rows(session, VERSIONS)
                write(path, next(row for row in every if row["id"] == version_id))
        return found


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
