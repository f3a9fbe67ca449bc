"""Reverse what was booked on a deposit by mistake: both stay to be read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.operations.act import Act
from engine.operations.money.booking import Booking, check_reason, read_deposit
from engine.operations.money.refusals import EntryReversed
from engine.store.deposits import ACTS, DepositEntry


def run(
    act: Act, deposit: int, what: str, reason: str, key: str = ""
) -> dict[str, Any]:
    """The newest entry of ``what`` (taken, deducted, refunded) of the deposit with that
    id that was not reversed yet. Gives ``deposit``, ``amount`` and ``held``.

    A taking is reversed only while all of it is held.
    """
    why = check_reason(reason)
    found = read_deposit(act, deposit)
    booking = Booking(act, "reversed", key)
    if booking.is_done():
        return booking.standing(found.id)
    entry = _newest(act, found.id, what)
    if entry is None:
        raise EntryReversed()
    return booking.reverse(entry, why)


def _newest(act: Act, deposit_id: int, what: str) -> DepositEntry | None:
    if what not in ACTS:
        return None
    again = select(DepositEntry.reverses_id).where(
        DepositEntry.deposit_id == deposit_id, DepositEntry.reverses_id.is_not(None)
    )
    query = select(DepositEntry).where(
        DepositEntry.deposit_id == deposit_id,
        DepositEntry.act == what,
        DepositEntry.reverses_id.is_(None),
        DepositEntry.id.not_in(again),
    )
    return act.session.scalar(query.order_by(DepositEntry.id.desc()).limit(1))
