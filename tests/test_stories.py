"""Every story of every process, and that together they leave nothing untold."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.settings import ROOT
from engine.workflow.elements import BPMN, flow_nodes, local
from tests.cast import open_office
from tests.databases import sqlite_copy
from tests.scenario import tell
from tests.story_files import Story, all_stories, stories

SCENARIOS = Path(__file__).parent / "scenarios"
STORIES = list(all_stories(SCENARIOS))
PROCESSES = sorted(path.parent.name for path in (ROOT / "processes").glob("*/*.bpmn"))


@pytest.mark.parametrize("story", STORIES, ids=lambda s: f"{s.process}: {s.name}")
def test_a_story_goes_as_told(story: Story, sqlite_url: str, tmp_path: Path) -> None:
    tell(open_office(tmp_path, sqlite_url, story.processes), story)


@pytest.mark.parametrize("process", PROCESSES)
def test_the_stories_take_every_element_and_flow(
    process: str, template: Path, tmp_path: Path
) -> None:
    passed: set[str] = set()
    flows: set[tuple[str, str]] = set()
    for number, story in enumerate(stories(SCENARIOS / f"{process}.yaml")):
        folder = tmp_path / str(number)
        folder.mkdir()
        url = sqlite_copy(template, folder)
        office = open_office(folder, url, story.processes)
        telling = tell(office, story)
        passed |= telling.passed
        flows |= telling.flows
        office.engine.dispose()
    root = etree.parse(ROOT / "processes" / process / f"{process}.bpmn").getroot()
    elements = {node.get("id"): local(node) for node in flow_nodes(root)}
    drawn = {
        (flow.get("sourceRef"), flow.get("targetRef"))
        for flow in root.iter(f"{{{BPMN}}}sequenceFlow")
    }
    # a single flow out of an element that was passed was taken, also into a join
    single = {a for a, _ in drawn if sum(a == x for x, _ in drawn) == 1}
    taken = flows | {(a, b) for a, b in drawn if a in single and a in passed}
    assert elements.keys() - passed == set()
    assert drawn - taken == set()
