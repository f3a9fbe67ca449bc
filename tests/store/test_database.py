"""Times are kept as UTC; a transaction is whole or not at all; a stale act runs again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from engine import transact
from engine.errors import NotFound
from engine.store.database import Busy, StaleCase
from engine.store.tables import Case, Site
from tests.actions.handover import begin
from tests.cast import Office


def test_times_come_back_aware_and_equal(office: Office) -> None:
    case_id = begin(office)
    there = datetime(2026, 3, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    with office.sessions.begin() as session:
        session.get_one(Case, case_id).ended_at = there
    with office.sessions() as session:
        assert session.get_one(Case, case_id).ended_at == there.astimezone(UTC)


def test_a_time_without_a_zone_is_refused(office: Office) -> None:
    case_id = begin(office)
    with office.sessions() as session:
        session.get_one(Case, case_id).ended_at = datetime(2026, 3, 1)
        with pytest.raises(StatementError, match="without a zone"):
            session.flush()


def _rename(session: Session, name: str, refuse: bool = False) -> None:
    session.scalars(select(Site)).one().name = name
    session.flush()
    if refuse:
        raise NotFound()


def test_an_act_that_refuses_leaves_nothing(office: Office) -> None:
    with office.sessions() as session, pytest.raises(NotFound):
        transact(session, _rename, "changed", refuse=True)
    with office.sessions() as session:
        assert session.scalars(select(Site.name)).one() == "示范里小区"


@pytest.mark.parametrize(("stale", "result"), [(1, "saved"), (2, "busy")])
def test_a_stale_act_is_tried_once_more(
    office: Office, stale: int, result: str
) -> None:
    left = [StaleCase()] * stale

    def act(session: Session) -> str:
        _rename(session, "again")
        if left:
            raise left.pop()
        return "saved"

    with office.sessions() as session:
        if result == "busy":
            with pytest.raises(Busy, match="刚被别人改动"):
                transact(session, act)
        else:
            assert transact(session, act) == "saved"
