"""A paper's key may be what somebody typed, however long."""

from __future__ import annotations

from sqlalchemy import select

from engine.store.records import LONGEST_KEY, Paper
from engine.store.tables import Record
from tests.actions.handover import finish, upto
from tests.cast import Office


def test_long_keys_fit_and_stay_apart() -> None:
    first, second = ("卫生间渗水" * 30 + end for end in "ab")
    keys = {Paper("R07", "", {}, key).key for key in (first, second, first)}
    assert len(keys) == 2
    assert all(key is not None and len(key) <= LONGEST_KEY for key in keys)
    assert Paper("R07", "", {}, "K-0101-1").key == "K-0101-1"


def test_a_defect_told_at_length_is_kept(office: Office) -> None:
    case_id = upto(office, "inspect_house")
    finish(office, case_id, "inspect_house", has_defects=True)
    told = "卫生间墙面渗水" * 20
    defect = {"defect": told, "responsible": "developer"}
    finish(office, case_id, "list_defects", defects=[defect])
    with office.sessions() as session:
        query = select(Record).where(Record.kind == "R07", Record.case_id == case_id)
        paper = session.scalars(query).one()
    assert paper.data["defect"] == told
