"""Timers: due rows only, each once in effect, by whichever worker comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from sqlalchemy import func, select, update

from engine import transact
from engine.actions.wake_cases import take_due, wake_all
from engine.store.tables import Event, Incident, Task, Wait
from tests.actions.running import at, case, press, start, told, waits_for
from tests.cast import Office
from tests.models import drawing, publish

QUOTED_HOUR = '"PT1H"'
PAY = '<manualTask id="pay" name="交费"/>'


def timer(kind: str, text: str) -> str:
    return (
        f'<timerEventDefinition><{kind} xsi:type="tFormalExpression">{text}</{kind}>'
        "</timerEventDefinition>"
    )


def boundary(text: str, interrupting: str, kind: str = "timeDuration") -> bytes:
    nodes = (
        f'<startEvent id="begin"/>{PAY}<boundaryEvent id="late" attachedToRef="pay" '
        f'cancelActivity="{interrupting}">{timer(kind, text)}</boundaryEvent>'
        '<manualTask id="remind" name="催办"/><endEvent id="paid"/><endEvent id="reminded"/>'
    )
    flows = "begin > pay\n pay > paid\n late > remind\n remind > reminded"
    return drawing("dunning", nodes, flows)


def sweep(office: Office) -> int:
    with office.sessions() as session:
        return wake_all(session, office.runtime)


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-03-02 09:59", ["pay"]),
        ("2026-03-02 10:00", ["pay"]),
        ("2026-03-02 10:01", ["remind"]),
    ],
)
def test_an_interrupting_timer_comes_after_its_moment(
    office: Office, moment: str, found: list[str]
) -> None:
    publish(office, "dunning", boundary('"PT1H"', "true"))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(office, "dunning")
        clock.move_to(at(moment), tick=False)
        sweep(office)
        assert waits_for(office, case_id) == found


def test_a_deadline_that_leads_back_to_its_task_counts_anew_each_round(
    office: Office,
) -> None:
    nodes = (
        f'<startEvent id="begin"/>{PAY}<boundaryEvent id="late" attachedToRef="pay">'
        f"{timer('timeDuration', QUOTED_HOUR)}</boundaryEvent>"
        '<endEvent id="paid"/>'
    )
    flows = "begin > pay\n pay > paid\n late > pay"
    publish(office, "dunning", drawing("dunning", nodes, flows))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(office, "dunning")
        for moment in ("10:01", "11:02"):
            clock.move_to(at(f"2026-03-02 {moment}"), tick=False)
            assert sweep(office) == 1
            assert waits_for(office, case_id) == ["pay"]
        assert sweep(office) == 0
        press(office, case_id, "pay")
    assert case(office, case_id).status == "ended"
    with office.sessions() as session:
        assert session.scalar(select(func.count(Wait.id))) == 0
        states = select(Task.state).where(Task.case_id == case_id)
        assert sorted(session.scalars(states)) == ["cancelled", "cancelled", "done"]


def test_a_timer_that_does_not_interrupt_leaves_the_task(office: Office) -> None:
    publish(office, "dunning", boundary('"PT1H"', "false"))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(office, "dunning")
        clock.move_to(at("2026-03-02 10:01"), tick=False)
        assert sweep(office) == 1
        assert sweep(office) == 0
        assert waits_for(office, case_id) == ["pay", "remind"]


def test_done_before_the_timer_nothing_fires(office: Office) -> None:
    publish(office, "dunning", boundary('"PT1H"', "true"))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(office, "dunning")
        press(office, case_id, "pay")
        clock.move_to(at("2026-03-05 10:01"), tick=False)
        assert sweep(office) == 0
        assert case(office, case_id).status == "ended"
        with office.sessions() as session:
            assert session.scalar(select(func.count()).select_from(Wait)) == 0


def test_missed_repetitions_fire_once_with_their_count(office: Office) -> None:
    publish(office, "dunning", boundary('"R5/PT1H"', "false", "timeCycle"))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(office, "dunning")
        clock.move_to(at("2026-03-02 12:30"), tick=False)
        sweep(office)
        assert waits_for(office, case_id) == ["pay", "remind"]
        (fired,) = told(office, case_id, "timer_fired")
        assert fired.detail == {"missed": {"late": 3}}
        clock.move_to(at("2026-03-02 13:01"), tick=False)
        sweep(office)
        assert waits_for(office, case_id) == ["pay", "remind", "remind"]
        clock.move_to(at("2026-03-09 13:01"), tick=False)
        sweep(office)  # of five repetitions one was left
        assert waits_for(office, case_id) == ["pay", "remind", "remind", "remind"]
        assert sweep(office) == 0


def test_a_wait_of_three_months(office: Office) -> None:
    nodes = (
        f'<startEvent id="begin"/><intermediateCatchEvent id="quarter">'
        f"{timer('timeDate', 'add_months(today(), 3)')}</intermediateCatchEvent>"
        f'{PAY}<endEvent id="paid"/>'
    )
    publish(
        office,
        "dunning",
        drawing("dunning", nodes, "begin > quarter\n quarter > pay\n pay > paid"),
    )
    with time_machine.travel(at("2026-01-31 09:00"), tick=False) as clock:
        case_id = start(office, "dunning")
        clock.move_to(at("2026-04-29 23:59"), tick=False)
        sweep(office)
        assert waits_for(office, case_id) == []
        clock.move_to(at("2026-04-30 08:01"), tick=False)
        sweep(office)
        assert waits_for(office, case_id) == ["pay"]


def test_many_due_ones_fire_once_each_by_two_workers(office: Office) -> None:
    publish(office, "dunning", boundary('"PT1H"', "true"))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        cases = [start(office, "dunning") for _ in range(12)]
        clock.move_to(at("2026-03-03 09:00"), tick=False)
        with ThreadPoolExecutor(2) as pool:
            woken = list(pool.map(lambda _: sweep(office), range(2)))
        assert sum(woken) == len(cases)
        for case_id in cases:
            assert waits_for(office, case_id) == ["remind"]
            assert len(told(office, case_id, "timer_fired")) == 1


def test_a_dead_workers_lease_runs_out(office: Office) -> None:
    publish(office, "dunning", boundary('"PT1H"', "true"))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(office, "dunning")
        clock.move_to(at("2026-03-02 10:01"), tick=False)
        with office.sessions() as session:
            assert transact(session, take_due) == [case_id]  # and dies
            assert transact(session, take_due) == []
        clock.shift(61)
        assert sweep(office) == 1


def test_a_timer_that_cannot_go_on_is_an_incident_and_stops_no_other(
    office: Office,
) -> None:
    nodes = (
        f'<startEvent id="begin"/>{PAY}<boundaryEvent id="late" attachedToRef="pay">'
        f"{timer('timeDuration', '&quot;PT1H&quot;')}</boundaryEvent>"
        '<scriptTask id="count" name="计数"><script>x = missing + 1</script></scriptTask>'
        '<endEvent id="paid"/><endEvent id="counted"/>'
    )
    flows = "begin > pay\n pay > paid\n late > count\n count > counted"
    publish(office, "broken", drawing("broken", nodes, flows))
    publish(office, "dunning", boundary('"PT1H"', "true"))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        stuck, fine = start(office, "broken"), start(office, "dunning")
        clock.move_to(at("2026-03-02 11:00"), tick=False)
        assert sweep(office) == 1
        assert waits_for(office, fine) == ["remind"]
        assert waits_for(office, stuck) == ["pay"]
        with office.sessions() as session:
            (incident,) = session.scalars(select(Incident)).all()
            assert incident.case_id == stuck
            assert "“计数”" in incident.sentence and "missing" in incident.sentence
        clock.move_to(at("2026-03-02 12:00"), tick=False)
        assert sweep(office) == 0  # it is not tried again by itself


def test_a_lost_wait_row_cannot_hold_a_case(office: Office) -> None:
    """The clock of the row is only when to look: what fires is the case's own timer."""
    publish(office, "dunning", boundary('"PT1H"', "true"))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False):
        case_id = start(office, "dunning")
        with office.sessions.begin() as session:
            session.execute(update(Wait).values(due_at=at("2026-03-01 09:00")))
        sweep(office)
        assert waits_for(office, case_id) == ["pay"]
        with office.sessions() as session:
            fired = session.scalar(
                select(func.count()).where(Event.kind == "cancelled")
            )
        assert fired == 0
