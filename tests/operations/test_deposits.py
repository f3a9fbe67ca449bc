"""Deposits: what is taken is deducted, refunded or held, to the fen, whoever comes when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from engine import Refused
from engine.actions.publish_process import CheckFailed
from engine.deposit_policy import DepositPolicy, PolicyRefused
from engine.operations.act import perform
from engine.operations.money.refusals import (
    AmountRefused,
    DepositEmpty,
    DepositGone,
    DepositNotAllowed,
    DepositNotHere,
    DepositOverCap,
    EntryReversed,
    EvidenceMissing,
    EvidenceUnknown,
    HouseUnknown,
    MoneyNeedsPerson,
    PayerRefused,
    PhotoMissing,
    ReasonMissing,
    RefundStarted,
)
from engine.store.database import now
from engine.store.tables import Record
from tests.cast import Office
from tests.holding import (
    POLICY,
    act_on,
    another_case,
    check_balance,
    deposit,
    do,
    entries,
    fitting_out,
)

TAKE = {"payer": "冯南乔"}


def taken(office: Office, case_id: int, amount: int = 200000, **more: Any) -> int:
    return int(
        do(office, case_id, "take_deposit", amount=amount, **TAKE, **more)["deposit"]
    )


def deduct(office: Office, case_id: int, own: int, amount: int, **more: Any) -> Any:
    why = {"reason": "破坏公共走道墙面", "evidence": [f"photo-{case_id}"], **more}
    return do(office, case_id, "deduct_deposit", deposit=own, amount=amount, **why)


def refund(office: Office, case_id: int, own: int, **more: Any) -> Any:
    return do(office, case_id, "refund_deposit", deposit=own, **more)


def test_a_deposit_from_receipt_to_refund(office: Office) -> None:
    case_id = fitting_out(office)
    own = taken(office, case_id, pay_method="cash")
    assert deduct(office, case_id, own, 30050)["held"] == 169950
    assert refund(office, case_id, own) == {"deposit": own, "amount": 169950, "held": 0}
    row = deposit(office, own)
    assert (row.taken, row.deducted, row.refunded) == (200000, 30050, 169950)
    first, second, third = entries(office, own)
    assert (first.amount, second.amount, third.amount) == (200000, -30050, -169950)
    assert (
        second.evidence == [f"photo-{case_id}"] and second.reason == "破坏公共走道墙面"
    )
    assert {each.by for each in (first, second, third)} == {office.person("jiahl").id}
    with office.sessions() as session:
        (receipt,) = session.scalars(select(Record).where(Record.kind == "R67")).all()
    assert receipt.number.endswith("-00001") and receipt.task_id == row.task_id
    assert (receipt.data["amount"], receipt.data["pay_method"]) == (200000, "cash")
    check_balance(office)


def test_receipts_are_numbered_without_gaps(desk: Office) -> None:
    """A taking that is refused leaves no hole."""
    case_id = fitting_out(desk, cap_fen=250000)
    taken(desk, case_id, 100000)
    with pytest.raises(DepositOverCap):
        taken(desk, case_id, 200000)
    taken(desk, case_id, 150000)
    with desk.sessions() as session:
        numbers = session.scalars(
            select(Record.serial).where(Record.kind == "R67")
        ).all()
    assert sorted(numbers) == [1, 2]


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, "100", None, 10_000_000_00 + 1])
def test_an_amount_is_whole_fen(desk: Office, amount: Any) -> None:
    case_id = fitting_out(desk)
    own = taken(desk, case_id, 1)
    with pytest.raises(AmountRefused):
        taken(desk, case_id, amount, kind="card")
    with pytest.raises(AmountRefused):
        deduct(desk, case_id, own, amount)
    if amount is not None:
        with pytest.raises(AmountRefused):
            refund(desk, case_id, own, amount=amount)
    assert taken(desk, case_id, 10_000_000_00, kind="card")


def test_the_cap_is_one_of_the_household(desk: Office) -> None:
    case_id = fitting_out(desk)
    own = taken(desk, case_id, 150000)
    with pytest.raises(DepositOverCap):
        taken(desk, another_case(desk), 50001)
    taken(desk, another_case(desk), 50000)
    taken(desk, another_case(desk, "1-1-0201"), 200000)
    taken(desk, case_id, 500000, kind="card")  # not a fit-out deposit
    with pytest.raises(DepositOverCap):
        taken(desk, case_id, 1)
    refund(desk, case_id, own)
    taken(desk, case_id, 150000)
    check_balance(desk)


def test_where_there_is_no_legal_basis_none_is_taken(desk: Office) -> None:
    case_id = fitting_out(desk, enabled=False)
    with pytest.raises(DepositNotAllowed):
        taken(desk, case_id)
    case_id = fitting_out(desk, legal_basis=" ")
    with pytest.raises(PolicyRefused):
        taken(desk, case_id)
    case_id = fitting_out(desk, payer="company")
    with pytest.raises(PayerRefused):
        taken(desk, case_id, payer_kind="owner")
    taken(desk, case_id, payer_kind="company")
    with pytest.raises(HouseUnknown):
        taken(desk, another_case(desk, None))


@pytest.mark.parametrize(
    "change",
    [
        {"legal_basis": ""},
        {"legal_basis": "长" * 201},
        {"cap_fen": 0},
        {"cap_fen": -1},
        {"cap_fen": True},
        {"cap_fen": 1.5},
        {"payer": "anybody"},
        {"refund_within_workdays": 0},
        {"refund_within_workdays": 61},
        {"observation_months": -1},
        {"observation_months": 25},
        {"deduction_needs_photo": "yes"},
        {"unknown": 1},
    ],
)
def test_a_policy_that_cannot_be(change: dict[str, Any]) -> None:
    with pytest.raises(PolicyRefused):
        DepositPolicy.of({**POLICY, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": False, "legal_basis": "", "cap_fen": 0},
        {"legal_basis": "长" * 200},
        {"cap_fen": 1},
        {"refund_within_workdays": 60, "observation_months": 24},
        {"refund_within_workdays": 1, "observation_months": 0},
    ],
)
def test_a_policy_at_its_edges(change: dict[str, Any]) -> None:
    assert DepositPolicy.of({**POLICY, **change}).as_value() == {**POLICY, **change}


def test_no_more_goes_out_than_is_held(office: Office) -> None:
    case_id = fitting_out(office)
    own = taken(office, case_id, 100000)
    with pytest.raises(DepositEmpty):
        deduct(office, case_id, own, 100001)
    deduct(office, case_id, own, 40000)
    with pytest.raises(DepositEmpty):
        refund(office, case_id, own, amount=60001)
    refund(office, case_id, own, amount=20000)
    with pytest.raises(RefundStarted):
        deduct(office, case_id, own, 1)
    refund(office, case_id, own)
    with pytest.raises(DepositGone):
        refund(office, case_id, own)
    with pytest.raises(DepositEmpty):
        refund(office, case_id, own, amount=1)
    assert len(entries(office, own)) == 4  # what was refused left nothing
    check_balance(office)


def test_all_of_it_may_be_deducted(desk: Office) -> None:
    case_id = fitting_out(desk)
    own = taken(desk, case_id, 100)
    assert deduct(desk, case_id, own, 100)["held"] == 0
    with pytest.raises(DepositGone):
        refund(desk, case_id, own)


def test_the_same_act_books_once(office: Office) -> None:
    case_id = fitting_out(office)
    own = taken(office, case_id, 100000, task="a")
    assert taken(office, case_id, 100000, task="a") == own
    for _ in range(2):
        deduct(office, case_id, own, 1000, task="b")
        refund(office, case_id, own, amount=500, task="c")
    assert deposit(office, own).held == 98500
    refund(office, case_id, own, task="d")
    assert refund(office, case_id, own, task="d") == {"deposit": own, "held": 0}
    assert len(entries(office, own)) == 4
    with office.sessions() as session:
        assert len(session.scalars(select(Record.id)).all()) == 1
    check_balance(office)


def test_several_of_one_act_have_keys(desk: Office) -> None:
    case_id = fitting_out(desk)
    own = taken(desk, case_id, 100000)
    for key in ("墙面", "电梯", "墙面"):
        deduct(desk, case_id, own, 1000, task="b", key=key)
    assert deposit(desk, own).deducted == 2000


@pytest.mark.parametrize(
    "evidence, refusal",
    [
        ([], EvidenceMissing),
        (None, EvidenceMissing),
        ([{"id": ""}], EvidenceMissing),
        (["photo-{0}"] * 3, None),
        ([{"id": "photo-{0}", "name": "墙.jpg"}], None),
        (["slip-{0}"], PhotoMissing),
        (["slip-{0}", "photo-{0}"], None),
        (["photo-{1}"], EvidenceUnknown),
        (["photo-{0}", "R26-2026-00001"], EvidenceUnknown),
        (["R67-{2}-00001"], PhotoMissing),
    ],
)
def test_a_deduction_rests_on_evidence(
    desk: Office, evidence: Any, refusal: type[Refused] | None
) -> None:
    case_id = fitting_out(desk)
    own, other = taken(desk, case_id), another_case(desk)

    def named(each: Any) -> Any:
        if isinstance(each, dict):
            return {name: named(value) for name, value in each.items()}
        return each.format(case_id, other, now().year)

    given_evidence = None if evidence is None else [named(each) for each in evidence]
    if refusal is None:
        deduct(desk, case_id, own, 1, evidence=given_evidence)
        return
    with pytest.raises(refusal):
        deduct(desk, case_id, own, 1, evidence=given_evidence)
    assert len(entries(desk, own)) == 1


def test_a_record_is_evidence_where_no_photo_is_wanted(desk: Office) -> None:
    case_id = fitting_out(desk, deduction_needs_photo=False)
    own = taken(desk, case_id)
    number = f"R67-{now().year}-00001"
    deduct(desk, case_id, own, 1, evidence=number)
    with desk.sessions.begin() as session:
        session.execute(update(Record).values(voided_at=now()))
    with pytest.raises(EvidenceUnknown):
        deduct(desk, case_id, own, 1, evidence=number)


@pytest.mark.parametrize("reason", [None, "", " ", "长" * 501, "a\x00"])
def test_a_deduction_has_a_reason(desk: Office, reason: Any) -> None:
    case_id = fitting_out(desk)
    own = taken(desk, case_id)
    with pytest.raises(ReasonMissing):
        deduct(desk, case_id, own, 1, reason=reason)
    deduct(desk, case_id, own, 1, reason="长" * 500)


def test_a_deposit_of_another_house_or_site_is_not_here(desk: Office) -> None:
    case_id = fitting_out(desk)
    own, other = taken(desk, case_id), another_case(desk, "1-1-0201")
    for wrong in (own + 1, 0, -1, str(own), None, True, 2**70):
        with pytest.raises(DepositNotHere):
            refund(desk, case_id, wrong)  # type: ignore[arg-type]
    with pytest.raises(DepositNotHere):
        refund(desk, other, own)


def test_money_passes_through_somebodys_hands(desk: Office) -> None:
    case_id = fitting_out(desk)
    with desk.sessions() as session:
        act = act_on(desk, session, case_id, None)
        object.__setattr__(act, "person", None)
        with pytest.raises(MoneyNeedsPerson):
            perform(act, "take_deposit", {"amount": 1, **TAKE})


def test_a_mistake_is_reversed_not_erased(office: Office) -> None:
    case_id = fitting_out(office)
    own = taken(office, case_id, 100000)
    deduct(office, case_id, own, 60000)
    wrong = {"deposit": own, "reason": "户号弄错"}
    with pytest.raises(DepositEmpty):  # 60000 of it are gone
        do(office, case_id, "correct_deposit", what="taken", **wrong)
    found = do(office, case_id, "correct_deposit", what="deducted", task="x", **wrong)
    again = do(office, case_id, "correct_deposit", what="deducted", task="x", **wrong)
    assert found["held"] == again["held"] == 100000
    with pytest.raises(EntryReversed):
        do(office, case_id, "correct_deposit", what="deducted", **wrong)
    for nonsense in ("reversed", "", None):
        with pytest.raises(EntryReversed):
            do(office, case_id, "correct_deposit", what=nonsense, **wrong)
    refund(office, case_id, own)
    do(office, case_id, "correct_deposit", what="refunded", **wrong)
    deduct(office, case_id, own, 1)  # nothing is refunded any more
    do(office, case_id, "correct_deposit", what="deducted", **wrong)
    do(office, case_id, "correct_deposit", what="taken", **wrong)
    row = deposit(office, own)
    assert (row.taken, row.deducted, row.refunded) == (0, 0, 0)
    assert len(entries(office, own)) == 8
    check_balance(office)


def test_entries_stay_as_they_are(office: Office) -> None:
    case_id = fitting_out(office)
    own = taken(office, case_id)
    for change in (
        "UPDATE deposit_entry SET amount = 1",
        "DELETE FROM deposit_entry",
        f"UPDATE deposit SET refunded = 200001 WHERE id = {own}",
    ):
        with office.sessions() as session, pytest.raises(DatabaseError):
            session.execute(text(change))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ("take_deposit", "deduct_deposit", "refund_deposit", "correct_deposit")
        ),
        st.integers(0, 2),
        st.integers(-1, 120000),
        st.sampled_from(("taken", "deducted", "refunded")),
        st.sampled_from(("", "", "same")),
    ),
    max_size=25,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_sequence_loses_or_invents_money(desk: Office, acts: list[Any]) -> None:
    case_id = fitting_out(desk, cap_fen=150000)
    known = [taken(desk, another_case(desk), 1, kind="card")]
    for name, which, amount, what, task in acts:
        own = known[which % len(known)]
        values: dict[str, Any] = {"amount": amount, "deposit": own}
        if name == "take_deposit":
            values = {"amount": amount, **TAKE}
        elif name == "deduct_deposit":
            values |= {"reason": "损坏", "evidence": [f"photo-{case_id}"]}
        elif name == "correct_deposit":
            values = {"deposit": own, "what": what, "reason": "误"}
        try:
            found = do(desk, case_id, name, task=task or None, **values)
        except Refused:
            found = None
        if found and found["deposit"] not in known:
            known.append(found["deposit"])
        check_balance(desk)


def at_once(*calls: Any) -> list[Any]:
    """What each of several acts at the same moment came to: its answer or its refusal."""
    together = Barrier(len(calls))

    def run(call: Any) -> Any:
        together.wait()
        try:
            return call()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_many_at_once_none_takes_what_another_took(office: Office) -> None:
    case_id = fitting_out(office)
    own = taken(office, case_id, 100000)
    cases = [another_case(office) for _ in range(4)]
    calls = [lambda c=c: refund(office, c, own, amount=60000) for c in cases[:2]]
    calls += [lambda c=c: deduct(office, c, own, 30000) for c in cases[2:]]
    found = at_once(*calls)
    assert any(isinstance(each, dict) for each in found)
    check_balance(office)
    row = deposit(office, own)
    assert row.refunded in (0, 60000) and row.deducted in (0, 30000, 60000)


def test_of_two_who_pay_at_once_the_cap_stops_one(office: Office) -> None:
    fitting_out(office)
    cases = [another_case(office) for _ in range(2)]
    found = at_once(*(lambda c=c: taken(office, c, 150000) for c in cases))
    assert sorted(type(each).__name__ for each in found) == ["DepositOverCap", "int"]
    check_balance(office)


def test_the_same_act_tried_at_once_books_once(office: Office) -> None:
    case_id = fitting_out(office)
    own = taken(office, case_id, 100000)
    found = at_once(
        *(
            lambda: refund(office, case_id, own, amount=40000, task="z")
            for _ in range(3)
        )
    )
    assert deposit(office, own).refunded == 40000, found
    check_balance(office)


def test_nothing_is_published_beside_a_policy_without_its_basis(desk: Office) -> None:
    about = desk.runtime.parameters["deposit_policy"]
    about["value"] = {**POLICY, "legal_basis": ""}
    with pytest.raises(CheckFailed, match="必须写明法律依据"):
        fitting_out(desk)
    about["value"] = POLICY
    fitting_out(desk)
