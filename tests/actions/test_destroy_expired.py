"""Personal data is kept as long as it may be, and not a day longer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from engine import Background, Refused, stored_file
from engine.actions import destroy_expired as destroying
from engine.actions.destroy_expired import destroy_expired
from engine.store.tables import Case, Event, Record, RecordTerm, Site, StoredFile
from tests.actions.handover import upto
from tests.actions.running import ZONE
from tests.cast import Office
from tests.papers import slip, write
from tests.web.papers import keep_picture

CLOSED = datetime(2026, 3, 1, 23, 59, tzinfo=ZONE)
VISIT = {"visitor": "王小明", "id_last4": "8795", "purpose": "送货"}


def destroy(office: Office, at: datetime) -> int:
    with time_machine.travel(at, tick=False), office.sessions() as session:
        return destroy_expired(session, office.runtime)


def pictures(office: Office) -> list[StoredFile]:
    with office.sessions() as session:
        files = session.scalars(select(StoredFile).order_by(StoredFile.uploaded_at))
        return [file for file in files if file.name == "身份证.png"]


def closed_handover(office: Office) -> int:
    case_id = upto(office, "the end")
    with office.sessions.begin() as session:
        session.execute(update(Case).values(ended_at=CLOSED))
    return case_id


def destroyed(office: Office) -> list[Record]:
    with office.sessions() as session:
        query = select(Record).where(Record.kind == "R132").order_by(Record.id)
        return list(session.scalars(query))


def visit(office: Office, at: datetime, **more: Any) -> int:
    paper = slip({**VISIT, **more}, "1-1-0101", at, kind="R59")
    return write(office, paper)[-1]


def record(office: Office, record_id: int) -> Record:
    with office.sessions() as session:
        return session.get_one(Record, record_id)


def test_identity_pictures_ninety_days_after_the_case_closed(office: Office) -> None:
    case_id = closed_handover(office)
    (picture,) = pictures(office)
    path, other = office.runtime.file_path(picture.id), keep_picture(office, case_id)
    last = datetime(2026, 5, 30, 23, 59, tzinfo=ZONE)  # 90 days later
    assert destroy(office, last) == 0 and path.is_file()
    assert destroy(office, last + timedelta(minutes=1)) == 1 and not path.exists()
    assert destroy(office, last + timedelta(days=9)) == 0
    (paper,) = destroyed(office)
    assert paper.number == "R132-2026-00001"
    with office.sessions() as session:
        case = session.get_one(Case, case_id)
        told = session.scalars(select(Event).where(Event.kind == "purged")).one()
    assert paper.data["items"] == [
        {
            "what": "身份证件照片",
            "count": 1,
            "of": case.number,
            "basis": "结案 90 天",
        }
    ]
    assert (told.case_id, told.actor) == (case_id, "系统")
    assert [f.id for f in _files(office) if f.destroyed_at is None] == [other]
    assert office.runtime.file_path(other).is_file()
    with office.sessions() as session, pytest.raises(Refused, match="保存期满"):
        boss = office.person("hanwc")
        stored_file(session, office.runtime, boss, picture.id)


def _files(office: Office) -> list[StoredFile]:
    with office.sessions() as session:
        return list(session.scalars(select(StoredFile)))


def test_of_an_open_case_nothing_is_destroyed(office: Office) -> None:
    upto(office, "fill_owner_file")
    assert destroy(office, datetime(2036, 1, 1, tzinfo=ZONE)) == 0
    assert pictures(office)[0].destroyed_at is None


def test_the_site_says_how_long(office: Office) -> None:
    closed_handover(office)
    with office.sessions.begin() as session:
        numbers = {"identity_picture_days": 10, "retention_months_R59": 1}
        session.execute(update(Site).values(parameters=numbers))
    visit(office, CLOSED)
    assert destroy(office, datetime(2026, 3, 11, 12, tzinfo=ZONE)) == 0
    assert destroy(office, datetime(2026, 3, 12, 0, tzinfo=ZONE)) == 1
    assert destroy(office, datetime(2026, 4, 1, 23, 59, tzinfo=ZONE)) == 0
    assert destroy(office, datetime(2026, 4, 2, 0, tzinfo=ZONE)) == 1
    assert "retention_months_R59" in office.runtime.parameters


def test_tails_of_visitors_after_six_months(office: Office) -> None:
    record_id = visit(office, CLOSED)
    term = select(RecordTerm.term).where(RecordTerm.term.like("%8795%"))
    assert destroy(office, datetime(2026, 9, 1, 23, 59, tzinfo=ZONE)) == 0
    assert record(office, record_id).data["id_last4"] == "8795"
    assert destroy(office, datetime(2026, 9, 2, 0, 0, tzinfo=ZONE)) == 1
    after = record(office, record_id)
    assert after.purged_at is not None and "id_last4" not in after.data
    assert (after.data["visitor"], after.number) == ("王小明", "R59-2026-00001")
    with office.sessions() as session:
        assert session.scalars(term).all() == []
    (paper,) = destroyed(office)
    assert paper.data["items"][0]["of"] == "R59-2026-00001"
    assert "证件后四位" in paper.data["items"][0]["what"]


def test_they_go_from_the_case_too_once_it_is_closed(office: Office) -> None:
    case_id = upto(office, "the end")
    with office.sessions.begin() as session:
        case = session.get_one(Case, case_id)
        case.data = {**case.data, "id_last4": "8795", "qty": 8795}
        session.add(
            Event(
                case_id=case_id,
                seq=999,
                at=CLOSED,
                actor="x",
                kind="completed",
                detail={"answers": {"id_last4": "8795", "rows": [{"id_last4": "1"}]}},
            )
        )
    record_id = visit(office, CLOSED)
    with office.sessions.begin() as session:
        of_case = update(Record).where(Record.id == record_id)
        session.execute(of_case.values(case_id=case_id))
        running = update(Case).values(ended_at=None, status="running")
        session.execute(running)
    late = datetime(2027, 1, 1, tzinfo=ZONE)
    assert destroy(office, late) == 0
    with office.sessions.begin() as session:
        session.execute(update(Case).values(ended_at=late, status="ended"))
    assert destroy(office, late) == 1
    with office.sessions() as session:
        case = session.get_one(Case, case_id)
        assert "id_last4" not in case.data and case.data["qty"] == 8795
        event = session.scalars(select(Event).where(Event.seq == 999)).one()
        assert event.detail == {"answers": {"rows": [{"id_last4": "1"}]}}
        assert event.purged_at is not None
        others = session.scalars(select(Event).where(Event.purged_at.is_(None)))
        assert len(others.all()) > 10


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE history SET actor = 'x'",
        "UPDATE history SET detail = NULL",
        "UPDATE history SET detail = NULL, actor = 'x', purged_at = at",
        "UPDATE history SET seq = seq + 100, purged_at = at",
        "DELETE FROM history",
    ],
)
def test_nothing_else_of_the_history_can_be_changed(
    office: Office, change: str
) -> None:
    upto(office, "fill_owner_file")
    with office.engine.connect() as connection:
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(change))


def test_a_death_before_the_commit_destroys_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_handover(office)
    visit(office, CLOSED)
    night = datetime(2027, 1, 1, 3, tzinfo=ZONE)

    def die(*_given: Any, **_more: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(destroying, "file_papers", die)
        with pytest.raises(SystemExit):
            destroy(office, night)
    (picture,) = pictures(office)
    assert picture.destroyed_at is None and destroyed(office) == []
    assert office.runtime.file_path(picture.id).is_file()
    assert destroy(office, night) == 2


def test_a_death_after_the_commit_is_made_good(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_handover(office)
    night = datetime(2027, 1, 1, 3, tzinfo=ZONE)
    (picture,) = pictures(office)

    def die(*_given: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(destroying, "remove_files", die)
        with pytest.raises(SystemExit):
            destroy(office, night)
    assert office.runtime.file_path(picture.id).is_file()
    assert len(destroyed(office)) == 1
    assert destroy(office, night + timedelta(days=1)) == 0
    assert not office.runtime.file_path(picture.id).exists()


def test_many_at_once_are_lines_of_one_record_a_day(office: Office) -> None:
    papers = [
        slip(VISIT, "1-1-0101", CLOSED, kind="R59")
        for _ in range(destroying.PAPERS + 1)
    ]
    write(office, *papers)
    assert destroy(office, datetime(2027, 1, 1, 3, tzinfo=ZONE)) == len(papers)
    (paper,) = destroyed(office)
    counts = [line["count"] for line in paper.data["items"]]
    assert (counts, paper.data["items_count"]) == ([destroying.PAPERS, 1], 2)


def test_every_night(office: Office) -> None:
    background = Background(office.runtime)
    try:
        closed_handover(office)
        with time_machine.travel(datetime(2027, 1, 1, 3, tzinfo=ZONE), tick=False):
            assert background.destroy() == 1
        names = {task.name for task in background.queue._registry.periodic_tasks}
        assert "destroy_nightly" in names
    finally:
        background.stop()
