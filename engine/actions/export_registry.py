"""Give a register of the estate out as the workbook that an import reads: taken in again
it changes nothing."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from sqlalchemy.orm import Session

from engine.actions.import_balances import sheet_in_force
from engine.actions.note_look import note_look, reason_of
from engine.actions.registry_rows import ROWS, Open
from engine.actions.write_export import bold_cell, typed_cell
from engine.errors import NotFound, NotYours
from engine.imports.columns import Column, Layout
from engine.imports.kinds.layouts import layouts
from engine.people import Person, may_import, may_reveal
from engine.registers import chosen_site
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.estate import HOUSE_STATES
from engine.store.exports import RegisterEvent

MONEY = ("due", "paid", "monthly", "value", "before")
DAYS = ("_on", "since", "begins", "ends")
WIDE = ("name", "owner", "remark", "members", "company", "meter", "phone", "id_no")


def export_registry(
    session: Session,
    runtime: Runtime,
    person: Person,
    site: str,
    kind: str,
    with_numbers: bool = False,
    reason: str = "",
) -> bytes:
    """``with_numbers``: whole ID numbers, for who may take them out of a register and
    says why; they are left out else. Who took what is written down. Raises ``NotFound``,
    ``NotYours``, ``RevealReasonMissing``."""
    site_id = chosen_site(session, person, site).id
    if kind not in ROWS or not may_import(person, site_id, kind):
        raise NotFound()
    if with_numbers and not may_reveal(person, site_id):
        raise NotYours()
    why = reason_of(reason) if with_numbers else None
    book = Workbook(write_only=True)
    opened = runtime.seal.open if with_numbers else None
    written = _write(session, runtime, book, kind, site_id, opened)
    if why is not None:
        label = f"导出登记表 {written} 行（完整号码）"
        note_look(session, person, site_id, None, None, f"export {kind}", label, why)
    session.add(
        RegisterEvent(
            site_id=site_id,
            record_kind=kind,
            at=now(),
            actor_id=person.id,
            actor=person.name,
            kind="registry_exported",
            detail={"rows": written, "unmasked": with_numbers},
        )
    )
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write(
    session: Session,
    runtime: Runtime,
    book: Workbook,
    kind: str,
    site_id: int,
    opened: Open | None,
) -> int:
    written = 0
    known = layouts(HOUSE_STATES, runtime.roles)[kind]
    for layout, rows_of in zip(known, ROWS[kind], strict=True):
        sheet: Any = book.create_sheet(layout.name)
        columns = _columns(kind, layout)
        for n, column in enumerate(columns, start=1):
            width = 18 if column.key in WIDE else 12
            sheet.column_dimensions[get_column_letter(n)].width = width
        if kind == "balances":
            sheet.append([_as_of(session, site_id)])
        sheet.append([bold_cell(sheet, column.title) for column in columns])
        for number, row in enumerate(rows_of(session, site_id, opened), start=1):
            values = {**row, "serial": number}
            sheet.append([_cell(sheet, c.key, values.get(c.key)) for c in columns])
            written += 1
    return written


def _columns(kind: str, layout: Layout) -> list[Column]:
    """But for owners' houses one column says the whole code."""
    parted = () if kind == "owners" else ("building", "unit")
    return [column for column in layout.columns if column.key not in parted]


def _as_of(session: Session, site_id: int) -> str:
    sheet = sheet_in_force(session, site_id)
    day = now().date().isoformat() if sheet is None else sheet.as_of
    return f"数据截止日期：{day}    单位：元"


def _cell(sheet: Any, key: str, value: Any) -> Any:
    if value is None:
        return None
    if key in MONEY:
        cell = WriteOnlyCell(sheet, value / 100)
        cell.number_format = "0.00"
        return cell
    if isinstance(value, str) and key.endswith(DAYS):
        cell = WriteOnlyCell(sheet, datetime.fromisoformat(value))
        cell.number_format = "yyyy-mm-dd"
        return cell
    if isinstance(value, str) and value.isdigit():
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "@"  # edited it stays a text
        return cell
    return typed_cell(sheet, value)
