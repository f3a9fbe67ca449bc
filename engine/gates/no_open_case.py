"""Is nothing else under way for the house?"""

from __future__ import annotations

from engine.gates.question import MOST_ROWS, Answer, Question
from engine.store.open_cases import open_cases


def run(question: Question, unit_no: str, processes: list[str] | None = None) -> Answer:
    """No running case of the house but the one that asks, the one it belongs to and those
    that belong to it; ``processes`` chooses among them by their ids."""
    if processes is not None and not isinstance(processes, list):
        raise ValueError("processes 应是列表")
    found = open_cases(
        question.session,
        question.site_id,
        str(unit_no),
        without=question.case_id,
        processes=processes,
        limit=MOST_ROWS + 1,
    )
    if not found:
        return Answer.ok(f"{unit_no} 没有其他在办案件。")
    count = len(found) if len(found) <= MOST_ROWS else f"{MOST_ROWS} 件以上"
    told = f"{unit_no} 还有 {count} 件案件在办。"
    return Answer.not_ok(told, *found)
