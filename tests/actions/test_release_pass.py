"""A release slip at the gate: once, in its window, by a guard; never twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import update

from engine import (
    NotYours,
    PassUnknown,
    Refused,
    cancel_case,
    confirm_release,
    report_mismatch,
    transact,
)
from engine.actions.check_pass import PassExpired, PassNotYet, PassUsed, PassVoid
from engine.actions.confirm_release import ItemsUnchecked
from engine.actions.report_mismatch import MismatchReasonRefused
from engine.operations.act import OperationFailed
from engine.store.tables import Record, Site, Staff, StaffRole
from tests.actions.releasing import issued, passes, publish_releasing, slip, token_of
from tests.actions.running import at, case, press, start, told, waits_for
from tests.cast import Office

ALL = {0, 1}


def confirm(
    office: Office, token: str, username: str = "baiyf", ticked: set[int] = ALL
) -> None:
    with office.sessions() as session:
        person = office.person(username)
        transact(session, confirm_release, office.runtime, person, token, ticked)


def differ(office: Office, token: str, reason: str, ticked: set[int] = ALL) -> None:
    with office.sessions() as session:
        person = office.person("baiyf")
        transact(
            session, report_mismatch, office.runtime, person, token, ticked, reason
        )


def test_goods_leave_once(office: Office) -> None:
    case_id, token = issued(office)
    confirm(office, token)
    (used,) = passes(office, case_id)
    assert (used.state, used.used_by) == ("used", office.person("baiyf").id)
    assert used.checked == [0, 1]
    data = slip(office, case_id).data
    assert data["gate_match"] is True and data["gate_checked_at"]
    (event,) = told(office, case_id, "gate_confirmed")
    assert (event.actor, event.detail["number"]) == ("白永福", "R38-2026-00001")
    assert waits_for(office, case_id) == ["file_copy"]
    assert case(office, case_id).data["gate"]["gate_match"] is True
    with pytest.raises(PassUsed):
        confirm(office, token)
    with pytest.raises(PassUsed):
        differ(office, token, "多出一台电脑")
    assert len(told(office, case_id, "gate_confirmed")) == 1


def test_a_mismatch_holds_the_goods_and_a_new_slip_lets_them_go(office: Office) -> None:
    case_id, token = issued(office)
    differ(office, token, "多出一台电脑", {0, 7})
    (held,) = passes(office, case_id)
    assert (held.state, held.reason) == ("mismatch", "多出一台电脑")
    assert held.checked == [0]
    assert slip(office, case_id).data["gate_match"] is False
    (event,) = told(office, case_id, "gate_mismatch")
    assert event.detail["reason"] == "多出一台电脑"
    assert waits_for(office, case_id) == ["come_and_see"]
    assert case(office, case_id).data["gate"]["gate_reason"] == "多出一台电脑"
    with pytest.raises(PassUsed):
        confirm(office, token)
    press(office, case_id, "come_and_see")
    press(office, case_id, "issue")
    fresh = token_of(office, case_id)
    assert fresh != token
    confirm(office, fresh)
    assert [one.state for one in passes(office, case_id)] == ["mismatch", "used"]
    assert waits_for(office, case_id) == ["file_copy"]


@pytest.mark.parametrize("reason", ["", "  \n", "\x00", "长" * 501])
def test_a_mismatch_needs_its_reason(desk: Office, reason: str) -> None:
    case_id, token = issued(desk)
    with pytest.raises(MismatchReasonRefused):
        differ(desk, token, reason)
    assert passes(desk, case_id)[0].state == "issued"
    differ(desk, token, "长" * 500)


@pytest.mark.parametrize("ticked, count", [(set(), 2), ({0}, 1), ({1, 2, 99}, 1)])
def test_every_item_has_to_match(desk: Office, ticked: set[int], count: int) -> None:
    case_id, token = issued(desk)
    with pytest.raises(ItemsUnchecked, match=f"还有 {count} 项"):
        confirm(desk, token, ticked=ticked)
    assert passes(desk, case_id)[0].state == "issued"
    assert told(desk, case_id, "gate_confirmed") == []


def test_a_pass_is_good_in_its_window_only(office: Office) -> None:
    """Both edges belong to it."""
    window = {"valid_from": '"2026-03-10T14:00"', "valid_hours": "4"}
    with time_machine.travel(at("2026-03-10 09:00"), tick=False):
        case_id, token = issued(office, **window)
    edge = at("2026-03-10 14:00")
    for moment, refusal in (
        (edge - timedelta(microseconds=1), PassNotYet),
        (edge + timedelta(hours=4, microseconds=1), PassExpired),
    ):
        with time_machine.travel(moment, tick=False), pytest.raises(refusal):
            confirm(office, token)
    assert passes(office, case_id)[0].state == "issued"
    with time_machine.travel(edge, tick=False):
        confirm(office, token)
    with time_machine.travel(at("2026-03-10 09:00"), tick=False):
        second = start(office, "releasing")
        press(office, second, "issue")
    with time_machine.travel(edge + timedelta(hours=4), tick=False):
        confirm(office, token_of(office, second))


def test_only_a_guard_of_the_site_lets_goods_out(office: Office) -> None:
    case_id, token = issued(office)
    for username in ("lusy", "hanwc", "jiahl"):
        with pytest.raises(NotYours):
            confirm(office, token, username)
        with pytest.raises(NotYours):
            confirm(office, "unknown", username)
    with office.sessions.begin() as session:
        elsewhere = Site(code="other", name="别处")
        session.add(elsewhere)
        session.flush()
        stranger = Staff(username="stranger", name="外人", badge_no="T900")
        stranger.roles = [StaffRole(role="gate_guard", site_id=elsewhere.id)]
        session.add(stranger)
    with pytest.raises(NotYours):
        confirm(office, token, "stranger")
    assert passes(office, case_id)[0].state == "issued"


@pytest.mark.parametrize("token", ["", "x", "'--", "长" * 400, "\x00", "A" * 22])
def test_a_code_of_somebody_else_is_unknown(office: Office, token: str) -> None:
    issued(office)
    with pytest.raises(PassUnknown):
        confirm(office, token)


def test_a_cancelled_case_and_a_voided_slip_open_nothing(office: Office) -> None:
    first, token = issued(office)
    with office.sessions() as session:
        manager = office.person("hanwc")
        transact(session, cancel_case, office.runtime, manager, first, "不搬了")
    with pytest.raises(PassVoid):
        confirm(office, token)
    second = start(office, "releasing")
    press(office, second, "issue")
    with office.sessions.begin() as session:
        session.execute(
            update(Record)
            .where(Record.case_id == second)
            .values(voided_at=at("2026-03-10 09:00"))
        )
    with pytest.raises(PassVoid):
        confirm(office, token_of(office, second))


def test_the_token_is_nowhere_in_the_clear(office: Office) -> None:
    case_id, token = issued(office)
    (found,) = passes(office, case_id)
    assert len(token) == 22
    assert token not in (found.token_hash, found.sealed)
    assert token not in str(slip(office, case_id).data)
    assert token not in str(case(office, case_id).data)


def test_a_pass_needs_a_slip_and_a_window(desk: Office) -> None:
    for window in ({"kind": '"R99"'}, {"valid_hours": "0"}, {"valid_from": '"morgen"'}):
        publish_releasing(desk, **window)
        case_id = start(desk, "releasing")
        with pytest.raises(OperationFailed):
            press(desk, case_id, "issue")
        assert passes(desk, case_id) == []
        assert waits_for(desk, case_id) == ["issue"]


def test_two_guards_in_the_same_second(office: Office) -> None:
    """Many presses at once, confirming and refusing: one is done, the others are told."""
    publish_releasing(office)
    for _ in range(5):
        case_id = start(office, "releasing")
        press(office, case_id, "issue")
        token = token_of(office, case_id)
        gate = Barrier(6)

        def scan(place: int) -> str:
            act: Callable[[], None] = lambda: (
                differ(office, token, "不符")
                if place % 3 == 0
                else confirm(office, token)
            )
            gate.wait(30)
            try:
                act()
            except Refused as refused:
                return type(refused).__name__
            return "done"

        with ThreadPoolExecutor(6) as pool:
            said = list(pool.map(scan, range(6)))
        assert sorted(said) == ["PassUsed"] * 5 + ["done"], said
        told_both = [
            *told(office, case_id, "gate_confirmed"),
            *told(office, case_id, "gate_mismatch"),
        ]
        assert len(told_both) == 1
        match = slip(office, case_id).data["gate_match"]
        assert waits_for(office, case_id) == (
            ["file_copy"] if match else ["come_and_see"]
        )
