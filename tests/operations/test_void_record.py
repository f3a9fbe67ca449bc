"""A diagram voids the paper of its own case that another takes the place of."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.operations.act import OperationFailed
from engine.store.tables import Record
from tests.cast import Office
from tests.holding import another_case, do, fitting_out


def slips(office: Office) -> list[tuple[str, str | None]]:
    with office.sessions() as session:
        query = select(Record.serial, Record.void_reason).where(Record.kind == "R38")
        return [tuple(row) for row in session.execute(query.order_by(Record.id))]


def test_the_newest_that_holds_is_void(desk: Office) -> None:
    case_id = fitting_out(desk)
    for _ in range(2):
        do(desk, case_id, "write_record", kind="R38", title="物品放行条")
    other = another_case(desk)
    do(desk, other, "write_record", kind="R38", title="物品放行条")
    number = do(desk, case_id, "void_record", kind="R38", reason=" 过期\n未用 ")
    assert number.endswith("-00002")
    assert slips(desk) == [(1, None), (2, "过期 未用"), (3, None)]
    do(desk, case_id, "void_record", kind="R38", reason="字" * 501)
    assert slips(desk)[0] == (1, "字" * 500)
    with pytest.raises(OperationFailed, match="没有 R38"):
        do(desk, case_id, "void_record", kind="R38", reason="再作废")


@pytest.mark.parametrize("reason", ["", "  ", "\0", None])
def test_a_reason_is_needed(desk: Office, reason: str | None) -> None:
    case_id = fitting_out(desk)
    do(desk, case_id, "write_record", kind="R38", title="物品放行条")
    with pytest.raises(OperationFailed, match="没有写明原因"):
        do(desk, case_id, "void_record", kind="R38", reason=reason)
    assert slips(desk) == [(1, None)]
