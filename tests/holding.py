"""Acts with deposits in tests, outside of a diagram."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import transact
from engine.operations.act import Act, perform
from engine.store.database import now
from engine.store.tables import Case, Deposit, DepositEntry, Site, StoredFile
from engine.store.writes import write_all
from tests.actions.running import start
from tests.cast import Office
from tests.estate import HOUSE, set_parameters
from tests.models import drawing, publish

POLICY = {
    "enabled": True,
    "cap_fen": 200000,
    "legal_basis": "某市住宅装饰装修管理办法第十条",
    "payer": "any",
    "refund_within_workdays": 5,
    "observation_months": 3,
    "deduction_needs_photo": True,
}
_tasks = count(1)


def fitting_out(office: Office, **policy: Any) -> int:
    """A case of the house, on a site that may take deposits."""
    set_parameters(office, deposit_policy={**POLICY, **policy})
    nodes = '<startEvent id="begin"/><manualTask id="pay"/><endEvent id="over"/>'
    publish(office, "fitting", drawing("fitting", nodes, "begin > pay\npay > over"))
    return another_case(office)


def another_case(office: Office, house: str | None = HOUSE) -> int:
    case_id = start(office, "fitting")
    with office.sessions.begin() as session:
        session.get_one(Case, case_id).house_code = house
        for name, kind in (("photo", "image/jpeg"), ("slip", "application/pdf")):
            own = f"{name}-{case_id}"
            file = StoredFile(id=own, case_id=case_id, name=name, type=kind)
            file.size, file.sha256 = 1, ""
            session.add(file)
    return case_id


def act_on(office: Office, session: Session, case_id: int, task_id: str | None) -> Act:
    case = session.get_one(Case, case_id)
    param = office.runtime.functions(session, session.get_one(Site, case.site_id))
    more: dict[str, Any] = {"element": "pay", "task_id": task_id}
    more["param"] = param["param"]
    more["seal"] = office.runtime.seal
    return Act.on(session, case, office.person("jiahl"), now(), **more)


def do(
    office: Office, case_id: int, name: str, task: str | None = None, **values: Any
) -> Any:
    """One operation in a transaction of its own; every call is an act of its own unless
    it names its ``task``."""
    task_id = task or f"t{next(_tasks)}"

    def run(session: Session) -> Any:
        act = act_on(office, session, case_id, task_id)
        result = perform(act, name, values)
        write_all(session, act.first)
        act.file_papers()
        return result

    with office.sessions() as session:
        return transact(session, run)


def doing(office: Office, case_id: int, name: str, **values: Any) -> Callable[[], Any]:
    return lambda: do(office, case_id, name, **values)


def deposit(office: Office, deposit_id: int) -> Deposit:
    with office.sessions() as session:
        return session.get_one(Deposit, deposit_id)


def entries(office: Office, deposit_id: int) -> list[DepositEntry]:
    with office.sessions() as session:
        query = select(DepositEntry).where(DepositEntry.deposit_id == deposit_id)
        return list(session.scalars(query.order_by(DepositEntry.id)))


def check_balance(office: Office) -> None:
    """Every fen is accounted for: in each deposit, and by the entries."""
    with office.sessions() as session:
        for row in session.scalars(select(Deposit)):
            assert 0 <= row.held <= row.taken
            assert row.taken == row.deducted + row.refunded + row.held
            sums = select(DepositEntry.act, func.sum(DepositEntry.amount))
            sums = sums.where(DepositEntry.deposit_id == row.id)
            by_act = dict(session.execute(sums.group_by(DepositEntry.act)).all())
            assert by_act.get("taken", 0) == row.taken
            assert -by_act.get("deducted", 0) == row.deducted
            assert -by_act.get("refunded", 0) == row.refunded
            assert sum(by_act.values()) == row.held
