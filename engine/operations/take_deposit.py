"""Take a deposit, with its numbered receipt."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from engine.deposit_policy import KIND, PARAMETER, DepositPolicy
from engine.operations.act import Act
from engine.operations.money.booking import Booking, check_amount, yuan
from engine.operations.money.refusals import (
    DepositNotAllowed,
    DepositOverCap,
    HouseUnknown,
    PayerRefused,
)
from engine.operations.write_record import run as write_record
from engine.store.database import changed_rows
from engine.store.deposit_sums import deposits_of
from engine.store.estate import House

PAYERS = {"owner": "业主", "company": "装修公司"}


def run(
    act: Act,
    amount: int,
    payer: str,
    kind: str = KIND,
    unit_no: str | None = None,
    payer_kind: str | None = None,
    receipt: str | None = "R67",
    paid_for: str = "装修押金",
    key: str = "",
    **on_receipt: Any,
) -> dict[str, Any]:
    """``amount`` in fen from ``payer``; the record ``receipt`` is written (None: a form
    writes it) with ``paid_for`` and ``on_receipt`` (pay_method, sig_cashier …).

    Gives ``deposit`` (its id), ``amount`` and ``held``: keep them in a variable. The same
    act takes it once; ``key`` tells several of one act apart. A fit-out deposit follows
    the site's policy: refused where it is not enabled, over the cap of the household, or
    from a ``payer_kind`` (owner, company) that does not pay it.
    """
    house = unit_no or act.house_code
    fen = check_amount(amount)
    booking = Booking(act, "taken", key)
    if kind == KIND:
        _follow_policy(act, house or "", fen, payer_kind, booking.once)
    facts = {"house_code": house, "kind": kind, "payer": str(payer)[:100]}
    taken = booking.take(fen, receipt_kind=receipt, **facts)
    if receipt is not None and "amount" in taken:
        paid = {"amount": fen, "paid_for": paid_for, "at": act.at.isoformat()}
        data = {"unit_no": house, "payer": payer, **paid, **on_receipt}
        write_record(act, receipt, "收据", **data)
    return taken


def _follow_policy(
    act: Act, house: str, fen: int, payer_kind: str | None, once: str
) -> None:
    policy = DepositPolicy.of(act.param(PARAMETER))
    if not policy.enabled:
        raise DepositNotAllowed()
    if payer_kind in PAYERS and policy.payer not in ("any", payer_kind):
        raise PayerRefused(payer=PAYERS[policy.payer])
    # the house's row is held to the end: of two that pay at once the second one sees the
    # first one's money
    locked = update(House).where(House.site_id == act.site_id, House.code == house)
    if changed_rows(act.session, locked.values(status=House.status)) != 1:
        raise HouseUnknown(unit_no=house)
    found = deposits_of(act.session, act.site_id, house, KIND)
    held = sum(deposit.held for deposit in found if deposit.once != once)
    if held + fen > policy.cap_fen:
        raise DepositOverCap(cap=yuan(policy.cap_fen), held=yuan(held))
