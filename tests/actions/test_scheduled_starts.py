"""Starts by the clock: once for each moment, by whichever worker comes first."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from engine import set_calendar_day, transact
from engine.actions.publish_process import CheckFailed
from engine.actions.schedule_starts import due_schedules
from engine.actions.set_up import create_site
from engine.actions.start_scheduled import start_all, start_scheduled
from engine.store.tables import Case, Schedule
from tests.actions.running import at, press, start, waits_for
from tests.cast import Office, open_office
from tests.models import drawing, publish


@pytest.fixture
def office(office_url: str, tmp_path: Path) -> Iterator[Office]:
    """One whose own processes have no clock."""
    opened = open_office(tmp_path, office_url, ("house_handover",))
    yield opened
    opened.engine.dispose()


FRIDAY = "week_friday(start=day)"
CHECK = '<manualTask id="check" name="检查"/>'


def reporting(rule: str, kind: str = "timeCycle") -> bytes:
    escaped = rule.replace("<", "&lt;")
    begin = (
        f'<startEvent id="begin"><timerEventDefinition><{kind} '
        f'xsi:type="tFormalExpression">{escaped}</{kind}></timerEventDefinition>'
        "</startEvent>"
    )
    nodes = f'{begin}{CHECK}<endEvent id="end"/>'
    return drawing("report", nodes, "begin > check\n check > end")


def sweep(office: Office) -> int:
    with office.sessions() as session:
        return start_all(session, office.runtime)


def cases(office: Office) -> list[Case]:
    with office.sessions() as session:
        return list(session.scalars(select(Case).order_by(Case.id)))


def due(office: Office) -> str:
    with office.sessions() as session:
        found = session.scalars(select(Schedule)).one().due_at
        assert found is not None
        return found.astimezone(at("2026-01-01 00:00").tzinfo).isoformat(" ", "minutes")


@pytest.mark.parametrize(
    ("rule", "sown", "first", "second"),
    [
        (
            'at("08:00", day)',
            "2026-03-02 09:00",
            "2026-03-03 08:00",
            "2026-03-04 08:00",
        ),
        (FRIDAY, "2026-03-02 09:00", "2026-03-06 17:10", "2026-03-13 17:10"),
        # the week of Spring Festival has no working day (TR-8)
        (FRIDAY, "2026-02-09 09:00", "2026-02-13 17:10", "2026-02-27 17:10"),
        # National Day is a Thursday
        (FRIDAY, "2026-09-27 09:00", "2026-09-30 17:10", "2026-10-09 17:10"),
        (
            'at("08:30", day) if day[5:] in ["06-24", "01-08"] else None',
            "2026-03-02 09:00",
            "2026-06-24 08:30",
            "2027-01-08 08:30",
        ),
        (
            'at("17:00", day) if is_workday(day) else None',
            "2026-09-30 17:00",
            "2026-10-08 17:00",
            "2026-10-09 17:00",
        ),
    ],
)
def test_a_case_starts_in_the_minute_after_its_moment(
    office: Office, rule: str, sown: str, first: str, second: str
) -> None:
    publish(office, "report", reporting(rule))
    with time_machine.travel(at(sown), tick=False) as clock:
        assert sweep(office) == 0
        assert due(office).startswith(first)
        clock.move_to(at(first), tick=False)
        assert sweep(office) == 0
        clock.shift(60)
        assert sweep(office) == 1
        assert sweep(office) == 0
        assert due(office).startswith(second)
    (case,) = cases(office)
    assert case.data["scheduled_for"].startswith(first.replace(" ", "T"))
    assert (case.data["missed_starts"], case.started_by) == (0, None)
    assert waits_for(office, case.id) == ["check"]


def test_what_an_outage_missed_starts_once_with_its_count(office: Office) -> None:
    publish(office, "report", reporting('at("08:00", day)'))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        sweep(office)
        clock.move_to(at("2026-03-06 07:59"), tick=False)
        assert sweep(office) == 1
        assert due(office).startswith("2026-03-06 08:00")
    (case,) = cases(office)
    assert case.data["scheduled_for"] == "2026-03-03T08:00+08:00"
    assert case.data["missed_starts"] == 2


def test_every_site_has_its_own_start(office: Office) -> None:
    publish(office, "report", reporting('at("08:00", day)'))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        sweep(office)
        with office.sessions() as session:
            other = transact(session, create_site, "second", "二期").id
        sweep(office)
        clock.move_to(at("2026-03-03 08:01"), tick=False)
        assert sweep(office) == 2
    assert sorted(case.site_id for case in cases(office)) == [office.site_id, other]


def test_workers_together_start_one_case(office: Office) -> None:
    publish(office, "report", reporting('at("08:00", day)'))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        sweep(office)
        clock.move_to(at("2026-03-03 08:01"), tick=False)
        with ThreadPoolExecutor(4) as pool:
            started = sum(pool.map(sweep, [office] * 4))
    assert started == len(cases(office)) == 1


def test_who_does_not_wait_for_the_clock_starts_it_by_hand(office: Office) -> None:
    publish(office, "report", reporting(FRIDAY))
    case_id = start(office, "report")
    press(office, case_id, "check")
    assert cases(office)[0].status == "ended"


def test_a_new_rule_counts_from_now_and_none_ends_it(office: Office) -> None:
    publish(office, "report", reporting('at("08:00", day)'))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False):
        sweep(office)
        publish(office, "report", reporting('at("18:00", day)'))
        sweep(office)
        assert due(office).startswith("2026-03-02 18:00")
        nodes = f'<startEvent id="begin"/>{CHECK}<endEvent id="end"/>'
        publish(
            office, "report", drawing("report", nodes, "begin > check\n check > end")
        )
        sweep(office)
    with office.sessions() as session:
        assert session.scalars(select(Schedule)).all() == []


def test_a_changed_calendar_moves_the_next_start(office: Office) -> None:
    publish(office, "report", reporting(FRIDAY))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False):
        sweep(office)
        manager = office.person("hanwc")
        with office.sessions() as session:
            transact(
                session,
                set_calendar_day,
                manager,
                office.site_id,
                date(2026, 3, 6),
                "holiday",
                "停电",
            )
        sweep(office)
        assert due(office).startswith("2026-03-05 17:10")


def test_a_start_that_fails_is_told_and_tried_again(office: Office) -> None:
    rule = 'at("08:00", day)'
    nodes = reporting(rule).replace(
        CHECK.encode(),
        '<scriptTask id="check"><script>x = y.z</script></scriptTask>'.encode(),
    )
    publish(office, "report", nodes)
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        sweep(office)
        clock.move_to(at("2026-03-03 08:01"), tick=False)
        assert sweep(office) == 0
        with office.sessions() as session:
            assert "check" in str(session.scalars(select(Schedule)).one().failure)
        publish(office, "report", reporting(rule))
        assert sweep(office) == 1
    with office.sessions() as session:
        assert session.scalars(select(Schedule)).one().failure is None


def test_a_paused_one_does_not_start(office: Office) -> None:
    publish(office, "report", reporting('at("08:00", day)'))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        sweep(office)
        with office.sessions() as session:
            row = session.scalars(select(Schedule)).one()
            row.paused = True
            session.commit()
            clock.move_to(at("2026-03-03 08:01"), tick=False)
            assert transact(session, due_schedules, office.runtime) == []
            assert transact(session, start_scheduled, office.runtime, row.id) is None


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ('"R/P1D"', "timeCycle"),
        ("R/P1D", "timeCycle"),
        ('at("08:00", day)', "timeDate"),
    ],
)
def test_a_rule_of_another_kind_is_not_published(
    office: Office, rule: str, kind: str
) -> None:
    with pytest.raises(CheckFailed, match="定时发起要写成循环时间"):
        publish(office, "report", reporting(rule, kind))
