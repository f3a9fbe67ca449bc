"""A voided paper keeps its number; numbers have no gaps whatever goes wrong."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError, OperationalError

from engine import (
    NotFound,
    NotYours,
    record_view,
    replace_record,
    transact,
    void_record,
)
from engine.actions.replace_record import NotVoid, ReplacedAlready
from engine.actions.void_record import VoidAlready, VoidReasonMissing, VoidReasonTooLong
from engine.store.records import NumberSeries
from engine.store.tables import Case, Event, Record, RegisterEvent, Site
from tests.actions.handover import finish, upto
from tests.cast import Office
from tests.papers import file_slips, slip, write
from tests.statements import counted


def void(
    office: Office, record_id: int, reason: str = "金额写错", who: str = "hanwc"
) -> None:
    with office.sessions() as session:
        transact(
            session, void_record, office.runtime, office.person(who), record_id, reason
        )


def replace(office: Office, record_id: int, who: str = "hanwc") -> Record:
    with office.sessions() as session:
        return transact(
            session, replace_record, office.runtime, office.person(who), record_id
        )


def records(office: Office, kind: str = "R38") -> list[Record]:
    with office.sessions() as session:
        query = select(Record).where(Record.kind == kind).order_by(Record.id)
        return list(session.scalars(query))


def test_who_when_and_why_are_kept_and_told(office: Office) -> None:
    case_id = upto(office, "the end")
    [receipt] = records(office, "R09")
    with office.sessions() as session:
        before = session.get_one(Case, case_id).history_seq
    void(office, receipt.id, "  打印\n错误 ")
    [voided] = records(office, "R09")
    manager = office.person("hanwc")
    assert (voided.number, voided.serial) == (receipt.number, receipt.serial)
    assert (voided.voided_by, voided.void_reason) == (manager.id, "打印 错误")
    assert voided.voided_at is not None
    with office.sessions() as session:
        [event] = session.scalars(
            select(Event).where(Event.case_id == case_id, Event.seq > before)
        )
        assert (event.kind, event.actor, event.name) == (
            "record_voided",
            "韩文川",
            receipt.number,
        )
        assert event.detail == {"reason": "打印 错误"}
        [logged] = session.scalars(select(RegisterEvent))
        assert (logged.record_id, logged.kind) == (receipt.id, "record_voided")


def test_a_paper_without_a_case_is_voided_too(desk: Office) -> None:
    [record_id] = write(desk, slip({}, kind="R08"))
    void(desk, record_id)
    with desk.sessions() as session:
        assert session.scalars(select(RegisterEvent.record_kind)).all() == ["R08"]


@pytest.mark.parametrize("who", ["lusy", "jiahl", "baiyf"])
def test_only_managers_may(desk: Office, who: str) -> None:
    [record_id] = write(desk, slip({}))
    with pytest.raises(NotYours):
        void(desk, record_id, who=who)
    void(desk, record_id)
    with pytest.raises(NotYours):
        replace(desk, record_id, who=who)


def test_refusals_change_nothing(desk: Office) -> None:
    [record_id] = write(desk, slip({}))
    with pytest.raises(NotFound):
        void(desk, record_id + 1)
    for blank in ("", "  \n", "\0"):
        with pytest.raises(VoidReasonMissing):
            void(desk, record_id, blank)
    with pytest.raises(VoidReasonTooLong):
        void(desk, record_id, "长" * 501)
    with pytest.raises(NotVoid):
        replace(desk, record_id)
    [record] = records(desk)
    assert record.voided_at is None
    void(desk, record_id, "长" * 500)
    with pytest.raises(VoidAlready):
        void(desk, record_id)
    with desk.sessions() as session:
        assert len(session.scalars(select(RegisterEvent)).all()) == 1


def test_the_log_is_append_only(office: Office) -> None:
    [record_id] = write(office, slip({}))
    void(office, record_id)
    for change in (
        "UPDATE register_event SET kind = 'x'",
        "DELETE FROM register_event",
    ):
        with office.engine.connect() as connection, pytest.raises(DatabaseError):
            connection.exec_driver_sql(change)


def test_a_fresh_one_names_the_voided_one(office: Office) -> None:
    [record_id] = write(office, slip({"carrier_name": "张依诺"}, "1-1-0101"))
    void(office, record_id)
    fresh = replace(office, record_id)
    assert (fresh.replaces_id, fresh.number) == (record_id, fresh.number)
    assert fresh.serial == 2 and fresh.house_code == "1-1-0101"
    assert fresh.data == {"carrier_name": "张依诺"}
    with pytest.raises(ReplacedAlready) as refused:
        replace(office, record_id)
    assert fresh.number in str(refused.value)
    with office.sessions() as session:
        manager = office.person("hanwc")
        old = record_view(session, office.runtime, manager, record_id)
        assert old.replaced_by is not None and old.replaced_by.id == fresh.id
        new = record_view(session, office.runtime, manager, fresh.id)
        assert new.replaces is not None and new.replaces.id == record_id


def test_a_later_step_completes_no_voided_paper_but_writes_one_in_its_place(
    desk: Office,
) -> None:
    """The key of an open defect belongs to a paper that was declared void."""
    [record_id] = write(desk, slip({"defect": "渗水"}, kind="R07", key="1"))
    void(desk, record_id)
    write(desk, slip({"recheck_ok": True}, kind="R07", key="1"))
    write(desk, slip({"rectification": "已补"}, kind="R07", key="1"))
    old, new = records(desk, "R07")
    assert old.data == {"defect": "渗水"}
    assert (new.replaces_id, new.data) == (
        old.id,
        {"recheck_ok": True, "rectification": "已补"},
    )


def together(*acts: object) -> list[BaseException | None]:
    barrier, told = Barrier(len(acts)), [None] * len(acts)  # type: ignore[var-annotated]

    def run(n: int, act: object) -> None:
        barrier.wait()
        try:
            act()  # type: ignore[operator]
        except Exception as refused:
            told[n] = refused

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_of_two_at_once_one_voids_and_one_replaces(office: Office) -> None:
    [record_id] = write(office, slip({}))
    told = together(*[lambda: void(office, record_id)] * 2)
    assert sorted(type(each).__name__ for each in told) == ["NoneType", "VoidAlready"]
    told = together(*[lambda: replace(office, record_id)] * 2)
    assert sorted(type(each).__name__ for each in told) == [
        "NoneType",
        "ReplacedAlready",
    ]
    assert [record.serial for record in records(office)] == [1, 2]


def test_voiding_while_its_case_moves_on_loses_neither(office: Office) -> None:
    case_id = upto(office, "hand_over_keys")
    letter = records(office, "R03")[0].id
    told = together(
        lambda: void(office, letter),
        lambda: finish(office, case_id, "hand_over_keys"),
    )
    assert told == [None, None]
    with office.sessions() as session:
        seqs = session.scalars(
            select(Event.seq).where(Event.case_id == case_id).order_by(Event.seq)
        ).all()
    assert list(seqs) == list(range(1, len(seqs) + 1))


# -- numbers --------------------------------------------------------------------------

ACT = st.lists(st.sampled_from(["R38", "R26", "R67"]), min_size=1, max_size=3)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(ACT, st.booleans()), min_size=3, max_size=6))
def test_numbers_have_no_gap_under_concurrency_and_rollback(
    office: Office, acts: list[tuple[list[str], bool]]
) -> None:
    """Some of the acts are rolled back after their papers were numbered."""

    def act(kinds: list[str], kept: bool) -> None:
        for _ in range(100):
            with office.sessions() as session:
                try:
                    for_all = [slip({"n": 1}, kind=kind) for kind in kinds]
                    file_slips(office, session, for_all)
                    session.commit() if kept else session.rollback()
                    return
                except OperationalError:  # SQLite's one writer was taken too long
                    session.rollback()
                    time.sleep(0)
        raise AssertionError("never came to write")

    told = together(*(lambda a=a: act(*a) for a in acts))
    assert told == [None] * len(acts)
    with office.sessions() as session:
        query = select(NumberSeries.kind, NumberSeries.last)
        last = [(kind, number) for kind, number in session.execute(query)]
    for kind, number in last:
        serials = [record.serial for record in records(office, kind)]
        assert sorted(serials) == list(range(1, number + 1)), kind


def test_each_site_kind_and_year_counts_for_itself(desk: Office) -> None:
    old = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)  # a minute before the year ends
    new = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    write(
        desk,
        slip({}, at=old),
        slip({}, at=new),
        slip({}, at=new),
        slip({}, kind="R26", at=new),
    )
    numbers = [record.number for record in records(desk)]
    assert numbers == ["R38-2025-00001", "R38-2026-00001", "R38-2026-00002"]
    assert [record.number for record in records(desk, "R26")] == ["R26-2026-00001"]


def test_two_sites_have_the_same_numbers_each_for_itself(office: Office) -> None:
    with office.sessions.begin() as session:
        other = Site(code="other", name="别处")
        session.add(other)
        session.flush()
        for site_id in (office.site_id, other.id):
            file_slips(office, session, [slip({})], site_id)
    assert [record.number for record in records(office)] == ["R38-2026-00001"] * 2


def test_a_paper_is_numbered_written_and_listed_in_two_statements(
    office: Office,
) -> None:
    with office.sessions() as session, counted(office.engine) as asked:
        file_slips(office, session, [slip({"n": 1}), slip({"n": 2}, kind="R26")])
        session.commit()
    assert len(asked.statements) == 2, asked.told
