"""The deposits of one house, each with its entries, its case and its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.people import Person, may_see_money
from engine.registers import chosen_site
from engine.store.cases import Case
from engine.store.deposits import Deposit, DepositEntry
from engine.store.records import Record
from engine.store.staff import Site, Staff


@dataclass(frozen=True)
class EntryRow:
    """``act`` is taken, deducted or refunded, of one that ``reverses`` another: of that;
    ``amount`` in fen as it changed what is held."""

    act: str
    amount: int
    reverses: bool
    reason: str | None
    evidence: list[str]
    by: str
    at: datetime
    case_id: int
    case: str


@dataclass(frozen=True)
class DepositRow:
    deposit: Deposit
    case: str
    receipt_id: int | None
    receipt: str | None
    entries: list[EntryRow]


@dataclass(frozen=True)
class DepositList:
    site: Site
    house: str
    rows: list[DepositRow]


def deposit_list(
    session: Session, person: Person, house: str, site: str = ""
) -> DepositList:
    """The newest deposit first; two statements. ``house`` "" means those of no house.
    Raises ``NotYours``, ``NotFound`` where there is none."""
    where = chosen_site(session, person, site)
    if not may_see_money(person, where.id):
        raise NotYours()
    found = list(session.execute(_deposits(where.id, house)))
    if not found:
        raise NotFound()
    entries = _entries(session, [row.Deposit.id for row in found])
    rows = {
        row.Deposit.id: DepositRow(
            row.Deposit, row.case, row.receipt_id, row.receipt, entries[row.Deposit.id]
        )
        for row in found
    }
    return DepositList(where, house, list(rows.values()))


def _deposits(site_id: int, house: str) -> Select[*tuple[Any, ...]]:
    receipt = and_(
        Record.case_id == Deposit.case_id,
        Record.task_id == Deposit.task_id,
        Record.kind == Deposit.receipt_kind,
    )
    own = Deposit.house_code == house if house else Deposit.house_code.is_(None)
    return (
        select(
            Deposit,
            Case.number.label("case"),
            Record.id.label("receipt_id"),
            Record.number.label("receipt"),
        )
        .join(Case, Case.id == Deposit.case_id)
        .outerjoin(Record, receipt)
        .where(Deposit.site_id == site_id, own)
        .order_by(Deposit.id.desc(), Record.id)
    )


def _entries(session: Session, ids: list[int]) -> dict[int, list[EntryRow]]:
    query = (
        select(DepositEntry, Staff.name, Case.number)
        .join(Staff, Staff.id == DepositEntry.by)
        .join(Case, Case.id == DepositEntry.case_id)
        .where(DepositEntry.deposit_id.in_(ids))
        .order_by(DepositEntry.id)
    )
    found: dict[int, list[EntryRow]] = {own: [] for own in ids}
    for entry, by, case in session.execute(query):
        row = EntryRow(
            act=entry.act,
            amount=entry.amount,
            reverses=entry.reverses_id is not None,
            reason=entry.reason,
            evidence=[str(each) for each in entry.evidence or ()],
            by=by,
            at=entry.at,
            case_id=entry.case_id,
            case=case,
        )
        found[entry.deposit_id].append(row)
    return found
