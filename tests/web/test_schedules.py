"""Starts by the clock on a page: what is next, paused and resumed, why one failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from sqlalchemy import select, update

from engine.store.tables import Schedule
from tests.actions.running import at
from tests.actions.test_scheduled_starts import reporting, sweep
from tests.cast import STAFF, Office
from tests.models import publish
from tests.web.browsing import Visitor

Arrives = Callable[[str], Visitor]
MANAGERS = {"suwq", "hanwc", "qinmz"}


@pytest.fixture()
def monday(office: Office) -> Iterator[time_machine.Traveller]:
    publish(office, "report", reporting('at("08:00", day)'))
    with time_machine.travel(at("2026-03-02 09:00"), tick=False) as clock:
        sweep(office)
        yield clock


def schedule(office: Office) -> Schedule:
    with office.sessions() as session:
        return session.scalars(
            select(Schedule).where(Schedule.process_id == "report")
        ).one()


@pytest.mark.parametrize("username", STAFF)
@pytest.mark.usefixtures("monday")
def test_only_managers_see_and_do(
    office: Office, arrives: Arrives, username: str
) -> None:
    visitor = arrives(username)
    expected = 200 if username in MANAGERS else 403
    assert visitor.open("/schedules").status == expected
    answer = visitor.send(f"/schedules/{schedule(office).id}/pause")
    assert answer.status_code == (302 if username in MANAGERS else 403)
    assert schedule(office).paused == (username in MANAGERS)


@pytest.mark.usefixtures("monday")
def test_nobody_without_an_account(office: Office, arrives: Arrives) -> None:
    visitor = arrives("hanwc")
    visitor.open("/schedules")
    assert visitor.send("/schedules/999/pause").status_code == 404


def test_paused_it_waits_and_resumed_it_goes_on_with_the_next(
    office: Office, arrives: Arrives, monday: time_machine.Traveller
) -> None:
    visitor, address = arrives("hanwc"), f"/schedules/{schedule(office).id}"
    assert "下次发起 2026-03-03 08:00" in visitor.open("/schedules").text
    visitor.send(f"{address}/pause")
    assert "已暂停" in visitor.open("/schedules").text
    monday.move_to(at("2026-03-04 09:00"), tick=False)
    assert sweep(office) == 0
    visitor = arrives("hanwc")  # a day later the sign-in has run out
    visitor.open("/schedules")
    visitor.send(f"{address}/resume")
    assert sweep(office) == 0
    assert "下次发起 2026-03-05 08:00" in visitor.open("/schedules").text
    told = [(line["act"], line["by"]) for line in schedule(office).log]
    assert told == [("paused", "韩文川"), ("resumed", "韩文川")]


def test_the_last_case_and_what_hindered_one_are_told(
    office: Office, arrives: Arrives, monday: time_machine.Traveller
) -> None:
    monday.move_to(at("2026-03-03 08:01"), tick=False)
    assert sweep(office) == 1
    with office.sessions() as session:
        session.execute(update(Schedule).values(failure="“检查”缺少参数。"))
        session.commit()
    page = arrives("hanwc").open("/schedules").text
    assert "2026-000001" in page
    assert "没有发起：“检查”缺少参数。" in page


def test_without_any_the_page_says_what_to_do(office: Office, arrives: Arrives) -> None:
    assert "没有定时发起的流程" in arrives("hanwc").open("/schedules").text
