"""The demo site as somebody finds it who tries things out: full of life, all of it real."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from engine.actions.load_demo import load_demo
from engine.demo.load import DemoCases, play_demo
from engine.demo.plots import DAYS, FOLDER
from engine.first_run import publish_all
from engine.runtime import Runtime
from engine.settings import ROOT
from engine.store.database import open_engine, transact
from engine.store.tables import (
    Case,
    Event,
    HouseKey,
    Incident,
    NumberSeries,
    Record,
    ReleasePass,
    Site,
    Task,
)
from tests.cast import settings
from tests.databases import sqlite_copy

DRAWINGS = {path.parent.name: path for path in (ROOT / "processes").glob("*/*.bpmn")}
# what nobody may start is a part of the cases of another
PARTS = {
    name
    for name, path in DRAWINGS.items()
    for start in etree.parse(path).iter("{*}startEvent")
    for own in start.iter("{*}property")
    if own.get("name") == "role" and own.get("value") == ""
}
PROCESSES = DRAWINGS.keys() - PARTS


@pytest.fixture(scope="module")
def lived(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Session, DemoCases]]:
    """The demo site, loaded once: what follows only looks at it."""
    folder = tmp_path_factory.mktemp("demo")
    url = sqlite_copy(template, folder)
    runtime, engine = Runtime(settings(folder, url)), open_engine(url)
    with sessionmaker(engine)() as session:
        transact(session, publish_all, runtime)
        site_id = transact(session, load_demo, runtime).site_id
        found = play_demo(session, runtime, site_id)
        yield session, found
    engine.dispose()


@pytest.fixture
def session(lived: tuple[Session, DemoCases]) -> Session:
    return lived[0]


def cases(session: Session, process: str, **facts: object) -> list[Case]:
    query = select(Case).where(Case.process_id == process).filter_by(**facts)
    return list(session.scalars(query.order_by(Case.id)))


def open_tasks(session: Session, element: str) -> list[Task]:
    query = select(Task).where(Task.state == "open", Task.element == element)
    return list(session.scalars(query))


def test_plots_and_procedures_fit(lived: tuple[Session, DemoCases]) -> None:
    assert lived[1].refused == ()
    assert 140 <= lived[1].cases <= 200
    assert {path.stem for path in FOLDER.glob("*.json")} == PROCESSES


def test_every_procedure_has_cases_of_the_last_120_days(session: Session) -> None:
    rows = session.execute(select(Case.process_id, Case.status, Case.started_at)).all()
    assert {row.process_id for row in rows} == PROCESSES
    ends = Counter(row.status for row in rows)
    assert ends["running"] >= 15 and ends["cancelled"] == 2 and ends["ended"] > 100
    now = datetime.now(UTC)
    oldest = min(row.started_at for row in rows)
    assert now - timedelta(days=DAYS) <= oldest <= now - timedelta(days=100)
    assert now - timedelta(hours=3) < max(row.started_at for row in rows) <= now


def test_nothing_happens_after_now_or_out_of_turn(session: Session) -> None:
    events = session.execute(
        select(Event.case_id, Event.at).order_by(Event.case_id, Event.seq)
    ).all()
    assert max(event.at for event in events) <= datetime.now(UTC)
    assert events == sorted(events, key=lambda event: (event.case_id, event.at))
    started = session.scalars(select(Case.started_at).order_by(Case.number)).all()
    assert started == sorted(started)


def test_numbers_are_unbroken(session: Session) -> None:
    numbers = session.scalars(select(Case.number).order_by(Case.number)).all()
    for year, last in Counter(number[:4] for number in numbers).items():
        of_year = [int(n[5:]) for n in numbers if n.startswith(year)]
        assert of_year == list(range(1, last + 1))
    found = session.execute(
        select(Record.kind, Record.year, func.count(), func.max(Record.serial))
        .where(Record.site_id == select(Site.id).scalar_subquery())
        .group_by(Record.kind, Record.year)
    ).all()
    assert len(found) > 10
    series = {(s.kind, s.year): s.last for s in session.scalars(select(NumberSeries))}
    for kind, year, count, highest in found:
        assert count == highest == series[kind, year], (kind, year)


def test_several_roles_are_late(session: Session) -> None:
    late = select(Task.worked_by).where(
        Task.state == "open", Task.due_at < datetime.now(UTC)
    )
    assert {*session.scalars(late)} >= {"customer_assistant", "dept_head"}


def test_complaints_past_their_limits(session: Session) -> None:
    (important,) = open_tasks(session, "approve_important_overtime")
    (major,) = open_tasks(session, "decide_escalation")
    assert important.case.data["complaint_class"] == "important"
    assert major.case.data["complaint_class"] == "major"
    assert open_tasks(session, "give_first_answer")


def test_five_customers_of_one_event(session: Session) -> None:
    papers = session.scalars(select(Record.data).where(Record.kind == "R41")).all()
    same = [data for data in papers if data.get("event_ref") == "3栋电梯停运"]
    assert len(same) == 5
    assert len({data["customer"] for data in same}) == 5
    assert {data["complaint_class"] for data in same} - {"minor"}


def test_what_happens_to_goods(session: Session) -> None:
    (held,) = open_tasks(session, "wait_for_payment")
    assert held.case.data["hold"] == "held_arrears"
    third = [c for c in cases(session, "goods_release") if c.data.get("slips_7d") == 3]
    assert [case.data["attention"] for case in third] == [True]
    kinds = Counter(session.scalars(select(ReleasePass.state)))
    assert kinds["mismatch"] == 1 and kinds["used"] >= 25
    ends = session.scalars(select(ReleasePass.valid_until).filter_by(state="issued"))
    assert any(end < datetime.now(UTC) for end in ends)


def test_an_incident_waits(session: Session) -> None:
    (stuck,) = session.scalars(select(Incident))
    assert stuck.resolved_at is None and "R38" in stuck.sentence


def test_a_paper_is_void_and_missing_in_its_dossier(session: Session) -> None:
    void = select(Record.kind).where(Record.voided_at.is_not(None))
    assert {*session.scalars(void)} >= {"R09", "R38"}
    receipt = session.scalars(select(Record).where(Record.kind == "R09"))
    gone = next(each for each in receipt if each.voided_at is not None)
    assert session.get_one(Case, gone.case_id).status == "ended"


def test_keys_follow_the_handovers(session: Session) -> None:
    kinds = Counter(session.execute(select(HouseKey.kind, HouseKey.state)).all())
    assert kinds["retained", "returned"] == 1
    assert kinds["retained", "in_cabinet"] == 1
    gone = [n for (kind, state), n in kinds.items() if state == "handed_over"]
    assert sum(gone) >= 3
