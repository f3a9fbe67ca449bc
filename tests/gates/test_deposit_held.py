"""Whether a deposit is held for a house."""

from __future__ import annotations

import pytest

from tests.cast import Office
from tests.gates.conftest import Asked
from tests.holding import do, fitting_out


@pytest.mark.parametrize(
    "values, answer",
    [
        ({}, "ok"),
        ({"kind": "fitout"}, "ok"),
        ({"kind": "card"}, "not_ok"),
        ({"at_least": 100000}, "ok"),
        ({"at_least": 100001}, "not_ok"),
        ({"unit_no": "1-1-0201"}, "not_ok"),
    ],
)
def test_what_is_held(
    desk: Office, asked: Asked, values: dict[str, object], answer: str
) -> None:
    case_id = fitting_out(desk)
    assert asked("deposit_held", **values)["answer"] == "not_ok"
    taken = do(desk, case_id, "take_deposit", amount=100000, payer="冯南乔")
    assert asked("deposit_held", **values)["answer"] == answer
    do(desk, case_id, "refund_deposit", deposit=taken["deposit"], amount=99999)
    assert asked("deposit_held")["rows"][0]["held_fen"] == 1
    do(desk, case_id, "refund_deposit", deposit=taken["deposit"])
    assert asked("deposit_held")["answer"] == "not_ok"
