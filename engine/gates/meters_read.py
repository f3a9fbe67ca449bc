"""Has every meter of the house been read lately?"""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.gates.question import Answer, Question
from engine.store.estate import meters_of

METERS = {"water": "水表", "power": "电表", "gas": "燃气表"}


def run(question: Question, unit_no: str, since: str | None = None) -> Answer:
    """Every meter that hangs there was read on ``since`` (a day, by default today) or
    after."""
    first = question.day(since)
    found = meters_of(question.session, question.site_id, str(unit_no))
    if found is None:
        return Answer.no_house(unit_no)
    if not found:
        return Answer.unknown(f"{unit_no} 没有登记水、电、燃气表。")
    missing = [row for row in found if not _read(row, first)]
    if missing:
        names = "、".join(
            f"{METERS.get(r['kind'], r['kind'])}{r['meter']}" for r in missing
        )
        return Answer.not_ok(f"{first.isoformat()} 以来没有抄表：{names}。", *found)
    return Answer.ok(f"各表均已在 {first.isoformat()} 以来抄过。", *found)


def _read(row: dict[str, Any], first: date) -> bool:
    return row["read_on"] is not None and row["read_on"] >= first.isoformat()
