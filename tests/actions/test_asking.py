"""What expressions ask: papers counted, the newest read, tasks that wait, branches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from engine.asking import Papers
from engine.expressions import ExpressionFailed, evaluate
from engine.store.database import now
from engine.store.records import Paper, file_papers
from engine.store.tables import Record, Site
from tests.actions.running import at, case, press, start
from tests.actions.test_wake_cases import timer
from tests.cast import Office
from tests.models import drawing, properties, publish

COLUMNS = {"R41": {"event_ref": "text", "customer": "text", "archived_at": "datetime"}}
PAPERS: list[dict[str, Any]] = [
    {"event_ref": "停水", "customer": "甲先生", "unit_no": "1-1-0101", "times": 1},
    {"event_ref": "停水", "customer": "乙女士", "unit_no": "1-1-0102", "times": 2},
    {"event_ref": "停水", "customer": "甲先生", "unit_no": "1-1-0101", "times": 3},
    {"event_ref": "停水", "customer": "甲先生", "unit_no": "2-1-0101", "times": 4},
    {"event_ref": "停水处", "customer": "丙先生", "valid": False},
    {"event_ref": None, "customer": "丁女士", "archived_at": "2026-03-14T00:00+08:00"},
]


@pytest.fixture
def papers(office: Office) -> Iterator[Papers]:
    """One paper an hour from 09:00; the fourth is void; another site has one too."""
    with office.sessions() as session:
        for hour, data in enumerate(PAPERS, start=9):
            with time_machine.travel(at(f"2026-03-10 {hour:02d}:00"), tick=False):
                _file(session, office.site_id, data)
        other = Site(code="other", name="别处", demo=True)
        session.add(other)
        session.flush()
        _file(session, other.id, PAPERS[1])
        session.query(Record).filter_by(site_id=office.site_id, serial=4).update(
            {"voided_at": now()}
        )
        yield Papers(session, office.site_id)


def _file(session: Session, site_id: int, data: dict[str, Any]) -> None:
    facts = {"created_at": now(), "house_code": None, "task_id": None}
    facts |= {"element": None, "form": None, "created_by": None}
    paper = Paper("R41", "记录表", dict(data), facts=facts)
    file_papers(session, site_id, datetime.now().year, [paper], COLUMNS)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('count_records("R41")', 5),
        ('count_records("R99")', 0),
        ('count_records("R41", {"event_ref": "停水"})', 3),
        ('count_records("R41", {"event_ref": "停水", "customer": "甲先生"})', 2),
        ('count_records("R41", {"event_ref": "停水"}, "customer")', 2),
        ('count_records("R41", {}, ["customer", "unit_no"])', 2),
        ('count_records("R41", {}, "customer")', 4),
        ('count_records("R41", {"valid": False})', 1),
        ('count_records("R41", {"archived_at": None})', 4),
        ('count_records("R41", None, (), "2026-03-10T10:00+08:00")', 4),
        ('count_records("R41", None, (), "2026-03-10T10:01+08:00")', 3),
        ('count_records("R41", None, (), None, "2026-03-10T10:00+08:00")', 1),
        ('count_records("R41", {}, (), "2026-03-14", None, "archived_at")', 1),
        ('count_records("R41", {}, (), None, "2026-03-14", "archived_at")', 4),
        ('sum_records("R41", "times")', 6),
        ('sum_records("R41", "times", {"unit_no": "1-1-0101"})', 4),
        ('sum_records("R41", "times", {"event_ref": "停电"})', 0),
        ('sum_records("R41", "customer")', 0),
        ('sum_records("R41", "times", {}, "2026-03-10T10:00")', 5),
        ('sum_records("R41", "times", {}, None, "2026-03-10T10:00")', 1),
        ('newest_record("R41", {"event_ref": "停水"})["times"]', 3),
        ('newest_record("R41", {"event_ref": "停水"}).number', "R41-2026-00003"),
        ('newest_record("R41", {"event_ref": "停电"}) is None', True),
        ('record_values("R41", "event_ref")', ["停水处", "停水"]),
        (
            'record_values("R41", "number", where={"customer": "甲先生"})',
            ["R41-2026-00003", "R41-2026-00001"],
        ),
        ('record_values("R41", "customer", None, 2)', ["丁女士", "丙先生"]),
        ('record_values("R41", "customer", "2026-03-10T14:00")', ["丁女士"]),
        ('record_values("R41", "customer", where={"valid": False})', ["丙先生"]),
    ],
)
def test_papers_are_counted_and_read(papers: Papers, source: str, found: Any) -> None:
    assert evaluate(source, {}, papers.functions) == found


@pytest.mark.parametrize(
    "source",
    [
        'count_records("R41", ["event_ref"])',
        'count_records("R41", {}, (), 5)',
        'sum_records("R41", "times", ["event_ref"])',
        'count_records("R41", {}, (), "3月")',
        'record_values("R41", "customer", None, 0)',
        'record_values("R41", "customer", None, 51)',
        'open_tasks("pay", "gestern")',
    ],
)
def test_what_cannot_be_asked_is_said(papers: Papers, source: str) -> None:
    with pytest.raises(ExpressionFailed):
        evaluate(source, {}, papers.functions)


def branches() -> bytes:
    """One branch writes, the other looks; a timer on the second looks as well."""
    nodes = (
        '<startEvent id="begin"/><parallelGateway id="split"/>'
        f'<manualTask id="pay" name="交费">{properties(due="hours(1)")}</manualTask>'
        '<scriptTask id="note"><script>paid_by = "cash"</script></scriptTask>'
        '<manualTask id="ask" name="查"/>'
        '<scriptTask id="look"><script>seen = latest("paid_by")</script></scriptTask>'
        '<boundaryEvent id="hour" attachedToRef="ask" cancelActivity="false">'
        f"{timer('timeDuration', chr(34) + 'PT1H' + chr(34))}</boundaryEvent>"
        '<scriptTask id="glance"><script>glanced = latest("paid_by")</script></scriptTask>'
        '<endEvent id="paid"/><endEvent id="asked"/><endEvent id="reminded"/>'
    )
    flows = (
        "begin > split\n split > pay\n pay > note\n note > paid\n"
        "split > ask\n ask > look\n look > asked\n hour > glance\n glance > reminded"
    )
    return drawing("apart", nodes, flows)


def test_a_branch_sees_what_another_wrote(office: Office) -> None:
    publish(office, "apart", branches())
    case_id = start(office, "apart")
    press(office, case_id, "pay")
    press(office, case_id, "ask")
    assert case(office, case_id).data["seen"] == "cash"


def test_nothing_was_written_yet(office: Office) -> None:
    publish(office, "apart", branches())
    case_id = start(office, "apart")
    press(office, case_id, "ask")
    assert case(office, case_id).data.get("seen") is None


def test_what_the_same_act_wrote_is_seen(office: Office) -> None:
    nodes = (
        '<startEvent id="begin"/><manualTask id="pay" name="交费"/>'
        '<scriptTask id="note"><script>paid_by = "cash"</script></scriptTask>'
        '<scriptTask id="look"><script>seen = latest("paid_by")</script></scriptTask>'
        '<endEvent id="paid"/>'
    )
    flows = "begin > pay\n pay > note\n note > look\n look > paid"
    publish(office, "one_act", drawing("one_act", nodes, flows))
    case_id = start(office, "one_act")
    press(office, case_id, "pay")
    assert case(office, case_id).data["seen"] == "cash"


def test_tasks_that_wait_are_listed_by_their_limit(office: Office) -> None:
    publish(office, "apart", branches())
    with time_machine.travel(at("2026-03-02 09:00"), tick=False):
        case_id = start(office, "apart")
        with office.sessions() as session:
            ask = Papers(session, office.site_id).open_tasks
            number = case(office, case_id).number
            assert ask("pay") == [number]
            assert ask("pay", "2026-03-02T10:00+08:00") == [number]
            assert ask("pay", "2026-03-02T10:01+08:00") == []
            assert ask("pay", None, "2026-03-02T10:00+08:00") == []
            assert ask("pay", None, "2026-03-02T10:01+08:00") == [number]
            assert Papers(session, office.site_id + 1).open_tasks("pay") == []


@pytest.mark.parametrize(
    ("moment", "found"),
    [("2026-03-02 10:00", {}), ("2026-03-02 10:01", {"glanced": None})],
)
def test_a_limit_that_passed_unseen_comes_before_the_act(
    office: Office, moment: str, found: dict[str, Any]
) -> None:
    publish(office, "apart", branches())
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(office, "apart")
        clock.move_to(at(moment), tick=False)
        press(office, case_id, "ask")
        known = case(office, case_id).data
        assert {k: v for k, v in known.items() if k == "glanced"} == found
