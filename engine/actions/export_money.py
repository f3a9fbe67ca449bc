"""Give out what a site holds for others as a workbook, as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy.orm import Session

from engine.actions.write_export import bold_cell, typed_cell
from engine.people import Person
from engine.registers.money_held import MoneyHeld, money_held
from engine.store.database import now
from engine.store.exports import RegisterEvent

COLUMNS = ("opening", "taken", "deducted", "refunded", "closing", "held")
WORDS = {
    "zh": (
        "押金对账 {site} {since} 至 {until}",
        "押金对账",
        ("房号", "期初在账", "收取", "扣款", "退还", "期末在账", "现在在账"),
        ("没有房号", "合计"),
    ),
    "en": (
        "Deposits {site} {since} to {until}",
        "Deposits",
        ("Unit", "Opening", "Taken", "Deducted", "Refunded", "Closing", "Held now"),
        ("No unit", "Total"),
    ),
}


@dataclass(frozen=True)
class MoneyBook:
    name: str
    content: bytes


def export_money(
    session: Session, person: Person, args: Mapping[str, str], lang: str = "zh"
) -> MoneyBook:
    """Every house, whatever page is shown; amounts in yuan. Who took it is written down.
    Raises ``NotYours``, ``NotFound``."""
    found = money_held(session, person, args)
    facts = {"since": found.period.since.isoformat()}
    facts |= {"until": found.period.until.isoformat()}
    title = WORDS.get(lang, WORDS["zh"])[0].format(site=found.site.name, **facts)
    session.add(
        RegisterEvent(
            site_id=found.site.id,
            record_kind="deposits",
            at=now(),
            actor_id=person.id,
            actor=person.name,
            kind="money_exported",
            detail={"rows": len(found.rows), **facts},
        )
    )
    return MoneyBook(f"{title}.xlsx", _written(found, title, lang))


def _written(found: MoneyHeld, title: str, lang: str) -> bytes:
    _, name, labels, (nowhere, total) = WORDS.get(lang, WORDS["zh"])
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(name)
    sheet.freeze_panes = "B3"
    for letter in "ABCDEFG":
        sheet.column_dimensions[letter].width = 14
    sheet.append([bold_cell(sheet, title)])
    sheet.append([bold_cell(sheet, label) for label in labels])
    for row in found.rows:
        amounts = [_yuan(sheet, getattr(row, column)) for column in COLUMNS]
        sheet.append([typed_cell(sheet, row.house or nowhere), *amounts])
    totals = [_yuan(sheet, found.total(column)) for column in COLUMNS]
    sheet.append([bold_cell(sheet, total), *totals])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _yuan(sheet: Any, fen: int) -> Any:
    cell = WriteOnlyCell(sheet, fen / 100)
    cell.number_format = "#,##0.00"
    return cell
