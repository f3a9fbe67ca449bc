"""Is a deposit held for the house?"""

from __future__ import annotations

from engine.gates.question import Answer, Question
from engine.store.deposit_sums import deposits_of


def run(
    question: Question,
    unit_no: str,
    kind: str | None = None,
    at_least: int | None = None,
) -> Answer:
    """Of that ``kind`` (fitout …; any without), and ``at_least`` so much in fen."""
    found = deposits_of(question.session, question.site_id, str(unit_no), kind)
    held = sum(deposit.held for deposit in found)
    rows = [
        {
            "deposit": deposit.id,
            "kind": deposit.kind,
            "payer": deposit.payer,
            "taken_fen": deposit.taken,
            "held_fen": deposit.held,
        }
        for deposit in found
    ]
    if not found:
        return Answer.not_ok(f"{unit_no} 没有在账的押金。")
    if at_least is not None and held < at_least:
        wanted = f"不足 {at_least / 100:,.2f} 元"
        return Answer.not_ok(
            f"{unit_no} 在账押金 {held / 100:,.2f} 元，{wanted}。", *rows
        )
    return Answer.ok(f"{unit_no} 在账押金 {held / 100:,.2f} 元。", *rows)
