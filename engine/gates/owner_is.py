"""Is this person an owner of the house now?"""

from __future__ import annotations

from typing import Any

from engine.gates.question import Answer, Question
from engine.store.estate import HouseParty, Party, links_of


def run(
    question: Question, unit_no: str, owner: str, id_tail: str | None = None
) -> Answer:
    """``owner`` is compared with the owners' names as registered; ``id_tail``, the last
    characters of an identity number, too where it is given: unknown where none is kept.
    """
    found = links_of(question.session, question.site_id, str(unit_no), "owner")
    if found is None:
        return Answer.no_house(unit_no)
    if not found:
        return Answer.unknown(f"{unit_no} 没有登记业主。")
    rows = [_row(*each) for each in found]
    same = [party for _, party in found if party.name == str(owner).strip()]
    if not same:
        return Answer.not_ok(f"“{owner}”不是 {unit_no} 登记的业主。", *rows)
    if id_tail is None:
        return Answer.ok(f"{owner} 是 {unit_no} 登记的业主。", *rows)
    return _by_tail(unit_no, owner, str(id_tail).upper(), same, rows)


def _by_tail(
    unit_no: str, name: str, tail: str, same: list[Party], rows: list[dict[str, Any]]
) -> Answer:
    kept = [party.id_tail.upper() for party in same if party.id_tail]
    if tail and any(tail.endswith(own) or own.endswith(tail) for own in kept):
        return Answer.ok(f"{name} 是 {unit_no} 登记的业主，证件尾号相符。", *rows)
    if not kept:
        return Answer.unknown(f"{name} 没有登记证件号码，无法核对。", *rows)
    return Answer.not_ok(f"{name} 的证件尾号与登记不符。", *rows)


def _row(link: HouseParty, party: Party) -> dict[str, Any]:
    return {
        "owner": party.name,
        "share": None if link.share is None else f"{link.share / 100:g}%",
        "since": link.since,
    }
