"""Cases that were begun with earlier code and earlier drawings end with today's."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine

from engine.settings import ROOT
from engine.store.tables import Case
from tests.cast import open_office
from tests.recorded import put_back, read, recordings, write
from tests.scenario import Telling, moment
from tests.story_files import Story, stories

PROCESSES = sorted(path.parent.name for path in (ROOT / "processes").glob("*/*.bpmn"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", recordings(), ids=name)
def test_a_recorded_case_ends_along_its_story(
    path: Path, sqlite_url: str, tmp_path: Path
) -> None:
    saved, process = read(path), path.parent.name
    office = open_office(tmp_path, sqlite_url)
    with office.sessions.begin() as session:
        put_back(session, process, saved)
        case_id = saved.get("case") or max(r["id"] for r in saved["rows"]["case"])
    story = Story(process, saved["story"], saved["at"], saved["steps"], saved["usual"])
    with time_machine.travel(moment(story.at), tick=False) as clock:
        telling = Telling(office, story, clock, case_id, saved.get("cases", []))
        telling.tell()
    with office.sessions() as session:
        told = {session.get_one(Case, n).status for n in (case_id, telling.case_id)}
        assert "ended" in told
    office.engine.dispose()


SCENARIOS = ROOT / "tests" / "scenarios"
# parts of another process run in its cases, and are recorded with them
PARTS = {
    process
    for process in PROCESSES
    if process not in {s.process for s in stories(SCENARIOS / f"{process}.yaml")}
}


# its story leaves the complaints open that it is about: nothing would show an end
OPEN_ENDED = {"complaint_designation"}


@pytest.mark.parametrize("process", sorted({*PROCESSES} - OPEN_ENDED - PARTS))
def test_every_process_has_recorded_cases(process: str) -> None:
    found = [path for path in recordings() if path.parent.name == process]
    assert found, f"run: python -m tests.recorded {process}"


def test_a_recording_is_never_rewritten(tmp_path: Path) -> None:
    write(tmp_path / "p" / "one.json", {"a": 1})
    with pytest.raises(FileExistsError):
        write(tmp_path / "p" / "one.json", {"a": 2})
    assert read(tmp_path / "p" / "one.json") == {"a": 1}
