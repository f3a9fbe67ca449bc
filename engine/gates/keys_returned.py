"""Is no key of the house out?"""

from __future__ import annotations

from engine.gates.question import Answer, Question
from engine.store.estate import keys_of


def run(question: Question, unit_no: str) -> Answer:
    """A key that is lent has to come back. One that is lost cannot: it is shown, and its
    responsibility is settled by P23.08."""
    found = keys_of(question.session, question.site_id, str(unit_no))
    if found is None:
        return Answer.no_house(unit_no)
    out = [row for row in found if row["state"] == "lent"]
    if out:
        codes = "、".join(row["key"] for row in out)
        return Answer.not_ok(f"有 {len(out)} 份钥匙借出未还：{codes}。", *out)
    lost = [row for row in found if row["state"] == "lost"]
    if lost:
        codes = "、".join(row["key"] for row in lost)
        return Answer.ok(f"没有借出的钥匙；另有遗失登记：{codes}。", *found)
    return Answer.ok("没有借出未还的钥匙。", *found)
