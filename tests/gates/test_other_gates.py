"""Owners, tenants, keys, meters, cases and papers: each answer and its evidence."""

from __future__ import annotations

from typing import Any

import pytest

from engine.gates import GateAsked, UnknownGate, gate_names
from engine.store.database import now
from engine.store.tables import Case, House, Record
from tests.actions.running import start
from tests.cast import Office
from tests.estate import HOUSE, add_key, add_meter, add_tenant
from tests.gates.conftest import Asked
from tests.models import drawing, publish

NEEDS: dict[str, dict[str, Any]] = {
    "owner_is": {"owner": "冯南乔"},
    "documents_complete": {"kinds": ["R01"], "unit_no": None},
}
WITHOUT_HOUSE = ("documents_complete", "no_open_case", "deposit_held")


@pytest.mark.parametrize("name", sorted(gate_names()))
def test_every_gate_may_be_set_by_the_site_and_answers(
    desk: Office, asked: Asked, name: str
) -> None:
    found = asked(name, **NEEDS.get(name, {}))
    assert found["answer"] in ("ok", "not_ok", "unknown")
    assert found["reason"].endswith("。") and found["may_override"] is False
    assert desk.runtime.parameters[f"gate_{name}"]["value"] == "hard"


@pytest.mark.parametrize("name", sorted(gate_names() - {*WITHOUT_HOUSE}))
def test_of_a_house_that_is_not_there_nobody_knows(asked: Asked, name: str) -> None:
    values = {**NEEDS.get(name, {}), "unit_no": "9-9-9999"}
    assert asked(name, **values)["answer"] == "unknown"


def test_a_gate_that_is_not_there(asked: Asked) -> None:
    for name in ("no_such_gate", "ask", "question", "../os"):
        with pytest.raises(UnknownGate):
            asked(name)
    with pytest.raises(GateAsked):
        asked("owner_is")  # whose?
    with pytest.raises(GateAsked):
        asked("documents_complete", kinds="R01")


@pytest.mark.parametrize(
    "values, answer",
    [
        ({"owner": "冯南乔"}, "ok"),
        ({"owner": " 冯南乔 "}, "ok"),
        ({"owner": "冯南"}, "not_ok"),
        ({"owner": "冯南乔", "id_tail": "8481"}, "ok"),
        ({"owner": "冯南乔", "id_tail": "8482"}, "not_ok"),
        ({"owner": "冯南乔", "id_tail": ""}, "not_ok"),
        ({"owner": "贾大勇", "unit_no": "1-1-0201"}, "ok"),
    ],
)
def test_who_the_owner_is(asked: Asked, values: dict[str, str], answer: str) -> None:
    found = asked("owner_is", **values)
    assert found["answer"] == answer
    assert found["rows"][0]["owner"] in ("冯南乔", "陈晓芸")
    assert "8481" not in str(found)


@pytest.mark.parametrize(
    "consents, answer",
    [
        ([], "not_ok"),
        ([True], "ok"),
        ([None], "unknown"),
        ([True, None], "unknown"),
        ([None, False], "not_ok"),
    ],
)
def test_the_owners_consent(
    desk: Office, asked: Asked, consents: list[bool | None], answer: str
) -> None:
    add_tenant(desk, "刘前任", False, until="2025-12-31")  # has left
    for number, consent in enumerate(consents):
        add_tenant(desk, f"租客{number}", consent)
    assert asked("tenant_has_owner_consent")["answer"] == answer


def test_the_consent_to_one_tenant(desk: Office, asked: Asked) -> None:
    add_tenant(desk, "李兆丰", True)
    add_tenant(desk, "王萱", False)
    gate = "tenant_has_owner_consent"
    assert asked(gate, tenant="李兆丰")["answer"] == "ok"
    assert asked(gate, tenant="王萱")["answer"] == "not_ok"
    assert asked(gate, tenant="周书瑶")["answer"] == "not_ok"


@pytest.mark.parametrize(
    "states, answer",
    [
        ([], "ok"),
        (["in_cabinet"], "ok"),
        (["in_cabinet", "lent"], "not_ok"),
        (["handed_over", "returned"], "ok"),
        (["lost"], "ok"),
        (["lost", "lent"], "not_ok"),
    ],
)
def test_keys_that_are_out(
    desk: Office, asked: Asked, states: list[str], answer: str
) -> None:
    add_key(desk, "K900", "lent", house="1-1-0101")  # of another house
    for number, state in enumerate(states):
        add_key(desk, f"K{number}", state)
    found = asked("keys_returned")
    assert found["answer"] == answer
    if "lost" in states:
        assert [row["state"] for row in found["rows"]][0] in ("lost", "lent")


@pytest.mark.parametrize(
    "since, answer", [(None, "not_ok"), ("2026-03-09", "ok"), ("2026-03-10", "not_ok")]
)
def test_meters_read_lately(
    desk: Office, asked: Asked, since: str | None, answer: str
) -> None:
    add_meter(desk, "W1", "water", ("2026-02-28", 100), ("2026-03-09", 200))
    add_meter(desk, "E1", "power", ("2026-03-10", 5000))
    add_meter(desk, "E0", "power", ("2025-01-01", 1), until="2025-06-30")  # taken down
    found = asked("meters_read", since=since)
    assert found["answer"] == answer
    readings = {row["meter"]: row["reading"] for row in found["rows"]}
    assert readings == {"W1": 2, "E1": 50}


def test_without_meters_nobody_knows(desk: Office, asked: Asked) -> None:
    assert asked("meters_read")["answer"] == "unknown"
    add_meter(desk, "G1", "gas")
    assert asked("meters_read")["answer"] == "not_ok"


def test_cases_under_way(desk: Office, asked: Asked) -> None:
    nodes = '<startEvent id="begin"/><manualTask id="work"/><endEvent id="over"/>'
    flows = "begin > work\nwork > over"
    publish(desk, "fitout", drawing("fitout", nodes, flows))
    assert asked("no_open_case")["answer"] == "ok"
    case_id = start(desk, "fitout")
    with desk.sessions.begin() as session:
        session.get_one(Case, case_id).house_code = HOUSE
    found = asked("no_open_case")
    assert (found["answer"], len(found["rows"])) == ("not_ok", 1)
    assert asked("no_open_case", processes=["repair"])["answer"] == "ok"
    assert asked("no_open_case", processes=["fitout"])["answer"] == "not_ok"
    with desk.sessions.begin() as session:
        session.get_one(Case, case_id).status = "ended"
    assert asked("no_open_case")["answer"] == "ok"


def _file(
    desk: Office, kind: str, serial: int, voided: bool = False, **data: Any
) -> None:
    with desk.sessions.begin() as session:
        record = Record(
            site_id=desk.site_id,
            kind=kind,
            year=2026,
            serial=serial,
            number=f"{kind}-2026-{serial:05d}",
            title=kind,
            house_code=HOUSE,
            data=data,
        )
        record.voided_at = now() if voided else None
        session.add(record)


def test_a_fitout_that_passed(desk: Office, asked: Asked) -> None:
    gate = "renovation_accepted"
    assert asked(gate)["answer"] == "unknown"
    with desk.sessions.begin() as session:
        session.query(House).filter_by(code=HOUSE).one().status = "fitout"
    assert asked(gate)["answer"] == "not_ok"
    _file(desk, "R29", 1, accept_result="fail")
    assert asked(gate)["answer"] == "not_ok"
    _file(desk, "R29", 2, accept_result="pass", accepted_on="2026-03-01")
    found = asked(gate)
    row = {"paper": "R29-2026-00002", "accepted_on": "2026-03-01"}
    assert (found["answer"], found["rows"]) == ("ok", [row])
    _file(desk, "R29", 3, voided=True, accept_result="fail")
    assert asked(gate)["answer"] == "ok"


def test_papers_of_a_house(desk: Office, asked: Asked) -> None:
    _file(desk, "R02", 1)
    _file(desk, "R03", 1, voided=True)
    found = asked("documents_complete", kinds=["R02", "R03"])
    assert found["answer"] == "not_ok" and found["reason"] == "缺少资料：R03。"
    assert [row["there"] for row in found["rows"]] == [True, False]
    assert asked("documents_complete", kinds=["R02"])["answer"] == "ok"
    assert (
        asked("documents_complete", kinds=["R02"], unit_no=None)["answer"] == "not_ok"
    )
