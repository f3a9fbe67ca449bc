"""A diagram takes a deposit, deducts, refunds; each in the act of its task."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from engine import complete_task, start_case, transact
from engine.forms import read_json
from engine.store.tables import Record
from tests.actions.handover import open_task
from tests.actions.running import case, told, waits_for
from tests.cast import Office
from tests.estate import HOUSE, set_parameters
from tests.gating import START
from tests.holding import POLICY, check_balance
from tests.models import drawing, operator, publish
from tests.statements import counted

FLOWS = """begin > pay
    pay > take
    take > look
    look > harm
    harm > deduct
    deduct > claim
    claim > refund
    refund > over"""
STEPS = {
    "take": operator(
        "take_deposit", result="bail", amount="200000", payer="&quot;冯南乔&quot;"
    ),
    "look": operator(
        "ask_gate", result="held", name="&quot;deposit_held&quot;", unit_no="unit_no"
    ),
    "deduct": operator(
        "deduct_deposit",
        result="bail",
        deposit="bail.deposit",
        amount="fen(300.5)",
        reason="&quot;违章&quot;",
        evidence="&quot;R67-&quot; + str(today())[:4] + &quot;-00001&quot;",
    ),
    "refund": operator("refund_deposit", result="paid", deposit="bail.deposit"),
}


def publish_fitout(office: Office) -> None:
    nodes = '<startEvent id="begin"/><endEvent id="over"/>'
    nodes += "".join(f'<manualTask id="{n}"/>' for n in ("pay", "harm", "claim"))
    for name, step in STEPS.items():
        nodes += f'<serviceTask id="{name}">{step}</serviceTask>'
    publish(office, "fitting", drawing("fitting", nodes, FLOWS), {"start": START})


def begin(office: Office) -> int:
    with office.sessions() as session:
        reading = partial(read_json, answers={"unit_no": HOUSE})
        person = office.person("jiahl")
        return transact(
            session, start_case, office.runtime, person, "fitting", reading
        ).id


def press(office: Office, case_id: int, element: str) -> int:
    """How many statements completing the task took."""
    task_id, person = open_task(office, case_id, element).id, office.person("jiahl")
    with office.sessions() as session, counted(office.engine) as asked:
        reading = partial(read_json, answers={})
        transact(session, complete_task, office.runtime, person, task_id, reading)
    assert asked.commits == 1
    return len(asked.statements)


def test_money_moves_with_its_tasks(office: Office) -> None:
    policy = {**POLICY, "deduction_needs_photo": False}
    set_parameters(office, deposit_policy=policy)
    publish_fitout(office)
    case_id = begin(office)
    taking = press(office, case_id, "pay")
    data = case(office, case_id).data
    # the gate of the same act sees the money
    assert data["bail"]["held"] == 200000 and data["held"]["answer"] == "ok"
    assert data["held"]["rows"][0]["held_fen"] == 200000
    deducting = press(office, case_id, "harm")
    refunding = press(office, case_id, "claim")
    data = case(office, case_id).data
    assert (data["bail"]["held"], data["paid"]["amount"]) == (169950, 169950)
    assert waits_for(office, case_id) == []
    kinds = ("deposit_taken", "deposit_deducted", "deposit_refunded")
    lines = [told(office, case_id, kind)[0].detail for kind in kinds]
    assert [line["amount"] for line in lines] == [200000, 30050, 169950]
    with office.sessions() as session:
        (receipt,) = session.scalars(select(Record)).all()
    assert (receipt.kind, receipt.house_code) == ("R67", HOUSE)
    check_balance(office)
    # moving money takes a lock, an entry and a receipt beside what any step takes; SQLite,
    # which is no trip away, is told in single statements
    most = (12, 9, 8) if office.engine.name == "sqlite" else (8, 8, 8)
    asked = (taking, deducting, refunding)
    assert all(n <= limit for n, limit in zip(asked, most, strict=True)), asked
