"""Book one act on a deposit: its entry, its sums, its line in the case's history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.operations.money.refusals import (
    AmountRefused,
    DepositEmpty,
    DepositNotHere,
    EntryReversed,
    MoneyNeedsPerson,
    ReasonMissing,
    RefundStarted,
)
from engine.operations.act import Act
from engine.store.deposits import (
    LONGEST_REASON,
    Deposit,
    DepositEntry,
    add_once,
    put_back,
    take_out,
)
from engine.store.writes import Rows

MOST_FEN = 10_000_000_00


@dataclass(frozen=True)
class Booking:
    """What one act of a case does with money. ``key`` tells several such acts of one
    element apart, where it does more than one at once."""

    act: Act
    kind: str
    key: str = ""

    @property
    def once(self) -> str:
        """The same for the same act, however often it is tried; a later act of the same
        element has a task, an answer or at least a time of its own."""
        act = self.act
        moment = act.task_id or act.answered or act.at.isoformat()
        return f"{act.case_id}:{act.element}:{moment}:{self.kind}:{self.key}"[:200]

    @property
    def by(self) -> int:
        if self.act.person is None:
            raise MoneyNeedsPerson()
        return self.act.person.id

    def take(self, amount: int, **facts: Any) -> dict[str, Any]:
        """A deposit of its own. ``facts``: house_code, kind, payer, receipt_kind."""
        row = {
            "site_id": self.act.site_id,
            "case_id": self.act.case_id,
            "task_id": self.act.task_id,
            "taken": amount,
            "deducted": 0,
            "refunded": 0,
            "once": self.once,
            "taken_at": self.act.at,
            **facts,
        }
        deposit_id = add_once(self.act.session, Deposit, row)
        if deposit_id is None:
            query = select(Deposit.id).where(Deposit.once == self.once)
            return self.standing(self.act.session.scalars(query).one())
        # its mark was the deposit's own: the entry may travel with the case
        entry = self._row(deposit_id, "taken", amount)
        self.act.first.append(Rows(DepositEntry, [entry]))
        return self._told("deposit_taken", deposit_id, amount, amount)

    def take_out(self, deposit: Deposit, amount: int, **why: Any) -> dict[str, Any]:
        """Deduct or refund. ``why``: reason, evidence. Raises ``DepositEmpty``,
        ``RefundStarted``."""
        if self._enter(deposit.id, self.kind, -amount, **why) is None:
            return self.standing(deposit.id)
        held = take_out(self.act.session, deposit.id, self.kind, amount)
        if held is None:
            raise self._why_not(deposit.id, amount)
        return self._told(f"deposit_{self.kind}", deposit.id, amount, held, **why)

    def reverse(self, entry: DepositEntry, reason: str) -> dict[str, Any]:
        """Take an entry back by its opposite. Raises ``EntryReversed``, ``DepositEmpty``."""
        if entry.reverses_id is not None:
            raise EntryReversed()
        amount, session = abs(entry.amount), self.act.session
        found = self._enter(
            entry.deposit_id,
            entry.act,
            -entry.amount,
            reason=reason,
            reverses_id=entry.id,
        )
        if found is None:
            return self._reversed_before(entry)
        held = put_back(session, entry.deposit_id, entry.act, amount)
        if held is None:
            raise self._why_not(entry.deposit_id, amount)
        facts = {"reversed": entry.act, "reason": reason}
        return self._told("deposit_reversed", entry.deposit_id, amount, held, **facts)

    def is_done(self) -> bool:
        """Whether this very act was booked before."""
        query = select(DepositEntry.id).where(DepositEntry.once == self.once)
        return self.act.session.scalar(query) is not None

    def _reversed_before(self, entry: DepositEntry) -> dict[str, Any]:
        """By this very act, or by another one: that is refused."""
        if not self.is_done():
            raise EntryReversed()
        return self.standing(entry.deposit_id)

    def standing(self, deposit_id: int) -> dict[str, Any]:
        """The deposit as it is now."""
        held = read_deposit(self.act, deposit_id).held
        return {"deposit": deposit_id, "held": held}

    def _enter(self, deposit_id: int, act: str, amount: int, **more: Any) -> int | None:
        row = self._row(deposit_id, act, amount, **more)
        return add_once(self.act.session, DepositEntry, row)

    def _row(
        self, deposit_id: int, act: str, amount: int, **more: Any
    ) -> dict[str, Any]:
        return {
            "deposit_id": deposit_id,
            "act": act,
            "amount": amount,
            "case_id": self.act.case_id,
            "element": self.act.element,
            "task_id": self.act.task_id,
            "once": self.once,
            "by": self.by,
            "at": self.act.at,
            **more,
        }

    def _told(
        self, kind: str, deposit_id: int, amount: int, held: int, **more: Any
    ) -> dict[str, Any]:
        self.act.tell(kind, deposit=deposit_id, amount=amount, held=held, **more)
        return {"deposit": deposit_id, "amount": amount, "held": held}

    def _why_not(self, deposit_id: int, amount: int) -> Exception:
        deposit = read_deposit(self.act, deposit_id)
        if self.kind == "deducted" and deposit.refunded:
            return RefundStarted()
        return DepositEmpty(held=yuan(deposit.held), amount=yuan(amount))


def read_deposit(act: Act, deposit_id: object) -> Deposit:
    """A deposit of the site and of the case's house, as it is now. Raises
    ``DepositNotHere``."""
    if isinstance(deposit_id, bool) or not isinstance(deposit_id, int):
        raise DepositNotHere(deposit=deposit_id)
    if not 0 < deposit_id < 2**31:
        raise DepositNotHere(deposit=deposit_id)
    found = act.session.get(Deposit, deposit_id, populate_existing=True)
    if found is None or found.site_id != act.site_id:
        raise DepositNotHere(deposit=deposit_id)
    if act.house_code and found.house_code not in (None, act.house_code):
        raise DepositNotHere(deposit=deposit_id)
    return found


def check_amount(amount: object) -> int:
    """Whole fen, more than none. Raises ``AmountRefused``."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise AmountRefused()
    if not 0 < amount <= MOST_FEN:
        raise AmountRefused()
    return amount


def check_reason(reason: object) -> str:
    """Raises ``ReasonMissing``."""
    text = str(reason or "").strip()
    if not 0 < len(text) <= LONGEST_REASON or "\x00" in text:
        raise ReasonMissing()
    return text


def yuan(fen: int) -> str:
    """An amount in a sentence."""
    return f"{fen / 100:,.2f}"
