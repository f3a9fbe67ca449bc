"""The background: huey only wakes; what is due stands in our own rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest
import time_machine

from engine import Background, transact
from engine.actions.start_case import start_case
from tests.actions.running import at, start, waits_for
from tests.cast import Office
from tests.waiting import until
from tests.models import drawing, publish

TIMER = (
    '<timerEventDefinition><timeDuration xsi:type="tFormalExpression">"PT1H"</timeDuration>'
    "</timerEventDefinition>"
)
NODES = (
    f'<startEvent id="begin"/><intermediateCatchEvent id="pause">{TIMER}'
    '</intermediateCatchEvent><manualTask id="pay" name="交费"/><endEvent id="paid"/>'
)


@pytest.fixture
def waiting(office: Office) -> Office:
    publish(
        office,
        "pausing",
        drawing("pausing", NODES, "begin > pause\n pause > pay\n pay > paid"),
    )
    return office


@pytest.fixture
def background(waiting: Office) -> Iterator[Background]:
    found = Background(waiting.runtime)
    found.queue.flush()
    yield found
    found.stop()


def test_a_sweep_fires_what_is_due_without_any_queue(
    waiting: Office, background: Background
) -> None:
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        case_id = start(waiting, "pausing")
        assert background.sweep() == (0, 0)
        clock.shift(timedelta(hours=2))
        background.queue.flush()  # every message of the queue is lost
        assert background.sweep() == (1, 0)
        assert background.sweep() == (0, 0)
    assert waits_for(waiting, case_id) == ["pay"]


def test_a_commit_nudges_for_the_minute_after(
    waiting: Office, background: Background
) -> None:
    with time_machine.travel(at("2026-03-02 09:00"), tick=False):
        with waiting.sessions() as session:
            session.info["on_due"] = background.nudge
            person = waiting.person("jiahl")
            transact(session, start_case, waiting.runtime, person, "pausing")
        (nudge,) = background.queue.pending()
        assert nudge.eta == at("2026-03-02 10:01").astimezone(UTC).replace(tzinfo=None)
        assert nudge.name == "sweep"


def test_a_refused_act_nudges_nobody(waiting: Office, background: Background) -> None:
    with waiting.sessions() as session:
        session.info["on_due"] = background.nudge
        person = waiting.person("baiyf")
        with pytest.raises(Exception, match="没有权限"):
            transact(session, start_case, waiting.runtime, person, "pausing")
    assert background.queue.pending() == []


def test_its_threads_do_the_work(waiting: Office, background: Background) -> None:
    """Real threads and a real clock: a timer that is due already is done at once."""
    with time_machine.travel(at("2026-03-02 09:00"), tick=False):
        case_id = start(waiting, "pausing")
    background.start()
    background.nudge(at("2026-03-02 10:00"))
    until(lambda: waits_for(waiting, case_id) == ["pay"])
