"""Has the owner consented in writing to who lives in the house as a tenant?"""

from __future__ import annotations

from engine.gates.question import Answer, Question
from engine.store.estate import tenants_of


def run(question: Question, unit_no: str, tenant: str | None = None) -> Answer:
    """Of every tenant of the house now, or of the one named ``tenant``."""
    found = tenants_of(question.session, question.site_id, str(unit_no))
    if found is None:
        return Answer.no_house(unit_no)
    asked = [each for each in found if tenant in (None, each["tenant"])]
    if not asked:
        who = f"租户“{tenant}”" if tenant is not None else "租户"
        return Answer.not_ok(f"{unit_no} 没有登记在住的{who}。")
    refused = [each["tenant"] for each in asked if each["owner_consents"] is False]
    if refused:
        return Answer.not_ok(f"业主没有出具承诺书：{'、'.join(refused)}。", *asked)
    open_ones = [each["tenant"] for each in asked if each["owner_consents"] is None]
    if open_ones:
        told = f"没有登记业主是否出具承诺书：{'、'.join(open_ones)}。"
        return Answer.unknown(told, *asked)
    return Answer.ok("业主已出具承诺书。", *asked)
