"""A survey at the counter and on a phone: from the list through its items to the end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.running import waits_for
from tests.browser.chromium import DESK, PHONE
from tests.browser.conftest import Sits
from tests.cast import Office
from tests.survey import answer, items, open_survey


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_a_survey_is_filled_in(
    sits: Sits, office: Office, screen: dict[str, Any]
) -> None:
    case_id, task_id = open_survey(office, 23)
    for item in items(office, task_id)[:21]:
        answer(office, item, {"score": 4})
    clerk = sits("jiahl", screen).open(f"/tasks/{task_id}")
    clerk.sees("已填 21 / 共 23（91%）")
    clerk.fit()
    clerk.follow("1-22 业主22")
    clerk.press("保存，下一项")
    clerk.sees("请填写这一项。")
    clerk.fit()
    clerk.write("评分", "5")
    clerk.choose("部门", "工程")
    clerk.press("保存，下一项")
    clerk.headed("1-23 业主23")
    clerk.press("保存")
    clerk.write("评分", "1")
    clerk.press("保存")
    clerk.sees("全部填好了")
    clerk.open(f"/tasks/{task_id}?box=done&q=1-22")
    clerk.follow("1-22 业主22")
    clerk.headed("1-22 业主22")
    clerk.fit()
    clerk.open(f"/tasks/{task_id}").press("办结")
    clerk.headed("报告结果")
    assert waits_for(office, case_id) == ["report"]
