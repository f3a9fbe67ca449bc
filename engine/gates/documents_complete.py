"""Are all the papers there that a step needs?"""

from __future__ import annotations

from engine.gates.question import Answer, Question
from engine.store.filed import filed_kinds


def run(question: Question, kinds: list[str], unit_no: str | None = None) -> Answer:
    """Of each kind of record (R01 …) one that was not voided: in the case that asks, or
    with ``unit_no`` anywhere for that house. What the act under way files counts."""
    if not isinstance(kinds, list) or not kinds:
        raise ValueError("kinds 应是列表")
    wanted = [str(kind) for kind in kinds]
    found = filed_kinds(
        question.session, question.site_id, wanted, question.case_id, unit_no
    )
    rows = [
        {
            "paper_kind": kind,
            "paper": found.get(kind),
            "there": kind in found or kind in question.filing,
        }
        for kind in wanted
    ]
    missing = [str(row["paper_kind"]) for row in rows if not row["there"]]
    if missing:
        return Answer.not_ok(f"缺少资料：{'、'.join(missing)}。", *rows)
    return Answer.ok("资料齐全。", *rows)
