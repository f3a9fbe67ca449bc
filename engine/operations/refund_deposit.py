"""Give a deposit back, whole or in part."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.operations.money.booking import Booking, check_amount, read_deposit
from engine.operations.money.refusals import DepositGone


def run(
    act: Act,
    deposit: int,
    amount: int | None = None,
    payee: str | None = None,
    key: str = "",
) -> dict[str, Any]:
    """``amount`` in fen of the deposit with that id, by default all that is held, to
    ``payee`` (by default who paid it). Gives ``deposit``, ``amount`` and ``held``.

    Refuses more than is held, and a deposit of which nothing is held. The same act
    refunds once.
    """
    found = read_deposit(act, deposit)
    booking = Booking(act, "refunded", key)
    if booking.is_done():
        return booking.standing(found.id)
    if amount is None and not found.held:
        raise DepositGone()
    fen = found.held if amount is None else check_amount(amount)
    return booking.take_out(found, fen, reason=f"退还给{payee or found.payer}"[:200])
