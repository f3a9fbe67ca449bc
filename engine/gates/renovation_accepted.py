"""Has the house's fit-out passed its inspection (R29)?"""

from __future__ import annotations

from engine.gates.question import Answer, Question
from engine.store.filed import house_state, newest_of_house

KIND = "R29"


def run(question: Question, unit_no: str) -> Answer:
    """By the newest inspection sheet that was not voided. Without one, a house under
    fit-out has not been accepted; of any other house nobody knows."""
    state = house_state(question.session, question.site_id, str(unit_no))
    if state is None:
        return Answer.no_house(unit_no)
    newest = newest_of_house(question.session, question.site_id, str(unit_no), KIND)
    if newest is None:
        if state == "fitout":
            return Answer.not_ok(f"{unit_no} 正在装修，还没有竣工验收表。")
        return Answer.unknown(f"{unit_no} 没有装修竣工验收表。")
    row = {"paper": newest.number, "accepted_on": newest.data.get("accepted_on")}
    if newest.data.get("accept_result") == "pass":
        return Answer.ok(f"竣工验收合格（{newest.number}）。", row)
    return Answer.not_ok(f"最近一次竣工验收不合格或未有结论（{newest.number}）。", row)
