"""Keys change hands: each move is written down, none is in two hands."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.operations.act import OperationFailed
from engine.operations.estate.refusals import (
    DayRefused,
    HouseMissing,
    KeyElsewhere,
    KeyMissing,
    KeyRefused,
    KeyThere,
    PersonRefused,
)
from engine.store.tables import HouseKey, KeyMove
from tests.cast import Office
from tests.estate import HOUSE, add_key
from tests.holding import do, fitting_out
from tests.operations.test_deposits import at_once


def moves(office: Office, code: str) -> list[KeyMove]:
    with office.sessions() as session:
        query = select(KeyMove).join(HouseKey).where(HouseKey.code == code)
        return list(session.scalars(query.order_by(KeyMove.id)))


def state(office: Office, code: str) -> str:
    with office.sessions() as session:
        return (
            session.scalars(select(HouseKey).where(HouseKey.code == code)).one().state
        )


def receive(office: Office, case_id: int, code: str = "K1", **more: Any) -> Any:
    values = {"unit_no": HOUSE, "quantity": 3, **more}
    return do(office, case_id, "receive_key", key=code, **values)


def lend(office: Office, case_id: int, code: str = "K1", **more: Any) -> Any:
    return do(office, case_id, "lend_key", key=code, **{"who": "石长林", **more})


def test_a_key_from_its_receipt_to_its_return(office: Office) -> None:
    case_id = fitting_out(office)
    receive(office, case_id, who="冯南乔", place="钥匙柜001格", on="2026-03-01")
    lent = lend(office, case_id, due_on="2026-03-12", quantity=1, company="安居维修")
    assert lent == {"key": "K1", "state": "lent", "quantity": 1}
    assert do(office, case_id, "take_back_key", key="K1")["state"] == "in_cabinet"
    do(office, case_id, "give_back_key", key="K1", who="冯南乔")
    assert state(office, "K1") == "returned"
    found = moves(office, "K1")
    assert [each.act for each in found] == ["received", "lent", "back", "returned"]
    assert [each.quantity for each in found] == [3, 1, 3, 3]
    assert (found[1].who, found[1].company) == ("石长林", "安居维修")
    assert (found[0].on, found[1].due_on) == ("2026-03-01", "2026-03-12")
    assert {each.case_id for each in found} == {case_id}
    assert {each.by for each in found} == {office.person("jiahl").id}
    receive(office, case_id, quantity=2)  # it comes in again
    assert (state(office, "K1"), moves(office, "K1")[-1].quantity) == ("in_cabinet", 2)


# the state a key is in, and what cannot be done with it then
@pytest.mark.parametrize(
    "before, refused",
    [
        ("in_cabinet", ["take_back_key"]),
        ("lent", ["lend_key", "give_back_key"]),
        ("returned", ["lend_key", "take_back_key", "give_back_key", "lose_key"]),
        ("handed_over", ["lend_key", "take_back_key", "give_back_key", "lose_key"]),
        ("lost", ["lend_key", "take_back_key", "give_back_key", "lose_key"]),
    ],
)
def test_what_a_key_allows(desk: Office, before: str, refused: list[str]) -> None:
    case_id = fitting_out(desk)
    values: dict[str, dict[str, str]] = {
        "lend_key": {"who": "石长林"},
        "take_back_key": {},
        "give_back_key": {"who": "冯南乔"},
        "lose_key": {"remark": "维修途中遗失，由维修员赔偿"},
    }
    for number, (name, more) in enumerate(values.items()):
        code = f"K{number}"
        add_key(desk, code, before)
        if name in refused:
            with pytest.raises(KeyElsewhere):
                do(desk, case_id, name, key=code, **more)
            assert (state(desk, code), moves(desk, code)) == (before, [])
        else:
            do(desk, case_id, name, key=code, **more)
            assert state(desk, code) != before


@pytest.mark.parametrize("before", ["in_cabinet", "lent", "lost"])
def test_a_key_that_is_here_is_not_received_again(desk: Office, before: str) -> None:
    case_id = fitting_out(desk)
    add_key(desk, "K1", before)
    with pytest.raises(KeyThere):
        receive(desk, case_id)


@pytest.mark.parametrize(
    "values, refusal",
    [
        ({"code": ""}, KeyRefused),
        ({"code": "长" * 21}, KeyRefused),
        ({"kind": "spare"}, KeyRefused),
        ({"quantity": -1}, KeyRefused),
        ({"quantity": 201}, KeyRefused),
        ({"quantity": 1.5}, KeyRefused),
        ({"quantity": True}, KeyRefused),
        ({"unit_no": "9-9-9999"}, HouseMissing),
        ({"on": "昨天"}, DayRefused),
    ],
)
def test_what_is_no_key(
    desk: Office, values: dict[str, Any], refusal: type[Exception]
) -> None:
    case_id = fitting_out(desk)
    with pytest.raises(refusal):
        receive(desk, case_id, **values)
    assert receive(desk, case_id, "长" * 20, quantity=200)["quantity"] == 200
    assert receive(desk, case_id, "K2", quantity=0) is None
    with pytest.raises(KeyMissing):
        lend(desk, case_id, "K2")


def test_no_more_of_a_bunch_than_there_is(desk: Office) -> None:
    case_id = fitting_out(desk)
    receive(desk, case_id)
    with pytest.raises(KeyRefused):
        lend(desk, case_id, quantity=4)
    with pytest.raises(PersonRefused):
        lend(desk, case_id, who=" ")
    assert lend(desk, case_id, quantity=3)["quantity"] == 3


def test_of_two_who_take_a_key_one_has_it(office: Office) -> None:
    case_id = fitting_out(office)
    receive(office, case_id)
    names = ("石长林", "姚佳宁")
    found = at_once(*(lambda n=n: lend(office, case_id, who=n) for n in names))
    kinds = sorted(type(each).__name__ for each in found)
    assert kinds == ["KeyElsewhere", "dict"]
    assert [each.act for each in moves(office, "K1")] == ["received", "lent"]


def test_the_keys_of_a_handover(desk: Office) -> None:
    case_id = fitting_out(desk)
    add_key(desk, "K1", kind="not_handed_over", quantity=5)
    add_key(desk, "K2", kind="developer", quantity=1)
    add_key(desk, "K3", kind="entrusted")
    hand = {"unit_no": HOUSE, "who": "冯南乔"}
    for counted in (5, 7):
        with pytest.raises(KeyRefused):
            do(desk, case_id, "hand_over_house_keys", quantity=counted, **hand)
    lend(desk, case_id, "K2")
    with pytest.raises(KeyElsewhere):
        do(desk, case_id, "hand_over_house_keys", **hand)
    assert state(desk, "K1") == "in_cabinet"
    do(desk, case_id, "take_back_key", key="K2")
    found = do(desk, case_id, "hand_over_house_keys", quantity=6, **hand)
    assert found == {"keys": ["K1", "K2"], "quantity": 6}
    assert [state(desk, code) for code in ("K1", "K2", "K3")] == [
        "handed_over",
        "handed_over",
        "in_cabinet",
    ]
    none = {"keys": [], "quantity": 0}
    # none are left, whatever came from the developer's own hands is counted on paper
    assert do(desk, case_id, "hand_over_house_keys", quantity=5, **hand) == none
    with pytest.raises(HouseMissing):
        do(desk, case_id, "hand_over_house_keys", unit_no="9-9-9999", who="冯南乔")
    with pytest.raises(PersonRefused):
        do(desk, case_id, "hand_over_house_keys", unit_no=HOUSE, who="")


def test_two_who_hand_over_at_once(office: Office) -> None:
    case_id = fitting_out(office)
    add_key(office, "K1", kind="not_handed_over", quantity=5)
    hand = {"unit_no": HOUSE, "who": "冯南乔"}
    found = at_once(
        *(lambda: do(office, case_id, "hand_over_house_keys", **hand) for _ in "12")
    )
    given = [each for each in found if isinstance(each, dict) and each["keys"]]
    assert len(given) == 1 and len(moves(office, "K1")) == 1


def test_the_keys_that_are_out(desk: Office) -> None:
    case_id = fitting_out(desk)
    for code, due_on in (("K1", "2026-03-09"), ("K2", "2026-03-10"), ("K3", None)):
        receive(desk, case_id, code)
        lend(desk, case_id, code, due_on=due_on, quantity=1, on="2026-03-01")
    receive(desk, case_id, "K4")

    def listed(**values: Any) -> list[str]:
        return [row["key"] for row in do(desk, case_id, "list_keys", **values)]

    assert listed() == ["K1", "K2", "K3"]
    assert listed(due_by="2026-03-09") == ["K1"]
    assert listed(due_by="2026-03-10") == ["K1", "K2"]
    assert listed(states=["in_cabinet"]) == ["K4"]
    first, *_ = do(desk, case_id, "list_keys")
    assert first["who"] == "石长林" and first["unit_no"] == HOUSE
    assert (first["quantity"], first["since"]) == (1, "2026-03-01")
    with pytest.raises(OperationFailed):
        listed(states="lent")
