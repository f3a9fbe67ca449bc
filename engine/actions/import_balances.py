"""Take a table of balances in: a snapshot of one day, which takes the place of the one
before. Every table is kept; the same table a second time changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.register_plan import Plan, RegisterPlan, compared, iso
from engine.actions.stored_owners import OWNER, StoredOwners
from engine.actions.written_rows import Change
from engine.imports.kinds.balances import BalanceRow, read_balances
from engine.imports.result import ImportResult
from engine.runtime import Runtime
from engine.store.database import insert_rows, now
from engine.store.estate import Balance, BalanceSheet, newest_sheet

REGISTER, ITEMS = "欠费余额", "款项"
FACTS = ("house_id", "item", "begins", "ends", "due", "paid", "due_on", "remark")
Fact = tuple[Any, ...]


def plan_balances(
    session: Session, runtime: Runtime, site_id: int, file: BinaryIO, source: str
) -> tuple[ImportResult, Plan | None]:
    table, as_of, rows = read_balances(file)
    stored = StoredOwners(session, site_id)
    for row in rows:
        stored.find_house(table, row.number, row.code)
    plan = _Plan(session, stored, source)
    if as_of is not None and not table.findings:
        plan.take(as_of, rows)
        if as_of > runtime.today():
            plan.notices.append(f"数据截止日期 {as_of} 还没有到，请核对有没有写错")
    return compared(plan, REGISTER, table)


def sheet_in_force(session: Session, site_id: int) -> BalanceSheet | None:
    """The newest table that was not taken back."""
    newest = newest_sheet(site_id).scalar_subquery()
    return session.scalar(select(BalanceSheet).where(BalanceSheet.id == newest))


class _Plan(RegisterPlan):
    def __init__(self, session: Session, stored: StoredOwners, source: str) -> None:
        super().__init__(REGISTER, (ITEMS,), source)
        self._session, self._stored = session, stored
        self._sheet: BalanceSheet | None = None
        self._facts: list[Fact] = []

    def take(self, as_of: date, rows: list[BalanceRow]) -> None:
        self._facts = [self._fact(row) for row in rows]
        force = sheet_in_force(self._session, self._stored.site_id)
        if self._same(as_of, force):
            for _ in rows:
                self.ledger.same(ITEMS)
            return
        site_id, source, at = self._stored.site_id, self.source, now()
        self._sheet = BalanceSheet(
            site_id=site_id,
            as_of=as_of.isoformat(),
            imported_at=at,
            withdrawn=False,
            source=source,
        )
        self.additions.add(self._sheet)
        for row in rows:
            self.ledger.new(ITEMS)
        self.ledger.say(_told(as_of, rows, force))
        self._notice(as_of, rows, force)

    def write(self, session: Session) -> list[Change]:
        """Only the sheet is noted: taken back it is withdrawn as a whole."""
        changes = super().write(session)
        if self._sheet is not None:
            sheet_id = self._sheet.id
            values = [dict(zip(FACTS, fact, strict=True)) for fact in self._facts]
            insert_rows(
                session, Balance, [{"sheet_id": sheet_id, **row} for row in values]
            )
        return changes

    def _fact(self, row: BalanceRow) -> Fact:
        house = self._stored.house(row.code)
        assert house is not None
        days = iso(row.begins), iso(row.ends)
        return house.id, row.item, *days, row.due, row.paid, iso(row.due_on), row.remark

    def _same(self, as_of: date, force: BalanceSheet | None) -> bool:
        if force is None or force.as_of != as_of.isoformat():
            return False
        columns = [getattr(Balance, name) for name in FACTS]
        kept = self._session.execute(
            select(*columns).where(Balance.sheet_id == force.id)
        )
        return Counter(map(tuple, kept)) == Counter(self._facts)

    def _notice(
        self, as_of: date, rows: list[BalanceRow], force: BalanceSheet | None
    ) -> None:
        if force is not None and force.as_of > as_of.isoformat():
            self.notices.append(
                f"系统里已有截至 {force.as_of} 的余额，这张更早的表只存档，不作为当前余额"
            )
        others = [row for row in rows if not self._owned(row)]
        names = [f"{row.code} {row.owner}" for row in others]
        self.notice(
            list(dict.fromkeys(names)), "{count} 套房屋的业主名称与系统不同，按房号登记"
        )
        absent = self._stored.houses.keys() - {
            house.code for row in rows if (house := self._stored.house(row.code))
        }
        if absent:
            self.notices.append(f"另有 {len(absent)} 套房屋不在表中，没有余额资料")

    def _owned(self, row: BalanceRow) -> bool:
        house = self._stored.house(row.code)
        assert house is not None
        owners = self._stored.names(house.code, OWNER)
        return row.owner is None or set(row.owner.split("、")) <= owners.keys()


def _told(as_of: date, rows: Iterable[BalanceRow], force: BalanceSheet | None) -> str:
    due = sum(row.due for row in rows)
    left = sum(row.due - row.paid for row in rows)
    instead = f"，取代截至 {force.as_of} 的表" if force else ""
    return f"余额表截至 {as_of}：应缴 {_yuan(due)} 元，未缴 {_yuan(left)} 元{instead}"


def _yuan(fen: int) -> str:
    return f"{Decimal(fen).scaleb(-2):,.2f}"
