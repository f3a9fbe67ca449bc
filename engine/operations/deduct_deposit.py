"""Keep a part of a deposit for good, on evidence."""

from __future__ import annotations

from typing import Any

from sqlalchemy import literal, select

from engine.deposit_policy import KIND, PARAMETER, DepositPolicy
from engine.operations.act import Act
from engine.operations.money.booking import (
    Booking,
    check_amount,
    check_reason,
    read_deposit,
)
from engine.operations.money.refusals import (
    EvidenceMissing,
    EvidenceUnknown,
    PhotoMissing,
)
from engine.store.deposits import Deposit
from engine.store.files import StoredFile
from engine.store.records import Record

MOST_EVIDENCE = 50


def run(
    act: Act, deposit: int, amount: int, reason: str, evidence: Any, key: str = ""
) -> dict[str, Any]:
    """``amount`` in fen of the deposit with that id, for ``reason``; ``evidence`` are
    files of the case (as a form's field has them, or their ids) and numbers of records
    that are valid. Of a fit-out deposit the site's policy may want a photo among them.

    Gives ``deposit``, ``amount`` and ``held``. Refuses more than is held, and anything
    once a part was refunded.
    """
    fen, why = check_amount(amount), check_reason(reason)
    found = read_deposit(act, deposit)
    names = _check_evidence(act, found, evidence)
    booking = Booking(act, "deducted", key)
    return booking.take_out(found, fen, reason=why, evidence=names)


def _check_evidence(act: Act, deposit: Deposit, evidence: Any) -> list[str]:
    listed = evidence if isinstance(evidence, list) else [evidence]
    names = [str(e.get("id", "") if isinstance(e, dict) else e or "") for e in listed]
    names = list(dict.fromkeys(filter(None, names)))
    if not 0 < len(names) <= MOST_EVIDENCE:
        raise EvidenceMissing()
    types = _types_of(act, names)
    for name in names:
        if name not in types:
            raise EvidenceUnknown(evidence=name)
    pictured = any(kind.startswith("image/") for kind in types.values())
    if _needs_photo(act, deposit) and not pictured:
        raise PhotoMissing()
    return names


def _types_of(act: Act, names: list[str]) -> dict[str, str]:
    """The types of files of the case, "" of records; what is neither is left out."""
    files = select(StoredFile.id, StoredFile.type).where(
        StoredFile.id.in_(names), StoredFile.case_id == act.case_id
    )
    records = select(Record.number, literal("")).where(
        Record.number.in_(names),
        Record.site_id == act.site_id,
        Record.voided_at.is_(None),
    )
    found = act.session.execute(files.union_all(records)).all()
    return {str(name): str(kind) for name, kind in found}


def _needs_photo(act: Act, deposit: Deposit) -> bool:
    if deposit.kind != KIND:
        return False
    return DepositPolicy.of(act.param(PARAMETER)).deduction_needs_photo
