"""Write an asked-for register as a workbook, row by row: memory does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from engine.forms import Field
from engine.registers import (
    Register,
    Wanted,
    all_papers,
    excel_value,
    read_register,
    search_for,
)
from engine.registers.cells import harmless
from engine.runtime import Runtime
from engine.store.database import changed_rows, now
from engine.store.exports import Export
from engine.store.records import Record
from engine.store.terms import ZONE

LEASE = timedelta(minutes=30)
WIDTHS = {"text": 28, "textarea": 36, "table": 10, "number": 12, "date": 12}
FORMATS = {"money": "#,##0.00", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm"}
FIXED = {
    "zh": ("编号", "登记时间", "房号", "状态", "已作废", "合计"),
    "en": ("Number", "Written at", "Unit", "State", "Void", "Total"),
}

# told now and then how many rows are written
Progress = Callable[[int], None]


def export_path(runtime: Runtime, export_id: str) -> Path:
    return runtime.settings.var / "exports" / f"{export_id}.xlsx"


def take_export(session: Session) -> str | None:
    """Lease one waiting export to this worker; one whose worker died counts as waiting."""
    at = now()
    free = (
        Export.state.in_(("waiting", "running")),
        or_(Export.leased_until.is_(None), Export.leased_until < at),
        Export.expires_at > at,
    )
    waiting = select(Export.id).where(*free).order_by(Export.asked_at).limit(1)
    export_id = session.scalar(waiting)
    if export_id is None:
        return None
    taken = changed_rows(
        session,
        update(Export).where(Export.id == export_id, *free),
        state="running",
        leased_until=at + LEASE,
        written=0,
    )
    return export_id if taken == 1 else None


def note_written(session: Session, export_id: str, written: int) -> None:
    changed_rows(session, update(Export).where(Export.id == export_id), written=written)


def write_export(
    session: Session,
    runtime: Runtime,
    export_id: str,
    progress: Progress = lambda written: None,
) -> Export:
    """Write the file, whole or not at all. Rights were checked when it was asked for."""
    export = session.get_one(Export, export_id, populate_existing=True)
    register = read_register(session, runtime, export.kind)
    wanted = Wanted.read(register, export.wanted)
    batches = all_papers(session, search_for(register, wanted, export.site_id))
    path = export_path(runtime, export.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    opened = runtime.seal.reveal if export.unmasked else str
    written = _write(draft, register, export, batches, progress, opened)
    draft.replace(path)
    changed_rows(
        session,
        update(Export).where(Export.id == export.id),
        state="done",
        written=written,
        leased_until=None,
    )
    session.refresh(export)
    return export


def _write(
    path: Path,
    register: Register,
    export: Export,
    batches: Iterator[list[Record]],
    progress: Progress,
    opened: Callable[[str], str],
) -> int:
    """The workbook at that path; how many papers it has."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(register.title(export.lang)[:31].replace("/", "、"))
    sheet.freeze_panes = "B2"
    _set_widths(sheet, register)
    sheet.append([bold_cell(sheet, label) for label in _labels(register, export.lang)])
    totals = dict.fromkeys((column.name for column in register.totals), 0)
    written = 0
    for batch in batches:
        for record in batch:
            sheet.append(_row(sheet, register, record, export, opened))
            _add(totals, record)
        written += len(batch)
        progress(written)
    if totals:
        sheet.append(_last_row(sheet, register, totals, export.lang))
    book.save(path)
    return written


def _labels(register: Register, lang: str) -> list[str]:
    number, at, house, state, *_ = FIXED[lang]
    return [number, at, house, *(c.label(lang) for c in register.columns), state]


def _set_widths(sheet: Any, register: Register) -> None:
    widths = [18, 17, 12, *(WIDTHS.get(c.widget, 16) for c in register.columns), 10]
    for n, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = width


def _row(
    sheet: Any,
    register: Register,
    record: Record,
    export: Export,
    opened: Callable[[str], str],
) -> Iterator[Any]:
    lang, masked = export.lang, not export.unmasked
    yield record.number
    at = record.created_at.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
    yield typed_cell(sheet, at, FORMATS["datetime"])
    yield typed_cell(sheet, harmless(record.house_code or ""))
    for column in register.columns:
        value = record.data.get(column.name)
        value = opened(value) if isinstance(value, str) else value
        shown = excel_value(column, value, lang, masked)
        yield typed_cell(sheet, shown, _format(column))
    yield FIXED[lang][4] if record.voided_at is not None else ""


def _format(column: Field) -> str | None:
    return "0.0%" if column.ui.get("percent") else FORMATS.get(column.widget)


def typed_cell(sheet: Any, value: Any, number_format: str | None = None) -> Any:
    """A bare value where that says it all: a cell of its own costs time."""
    text = isinstance(value, str)
    if text and not value.startswith(("=", "'")):
        return value
    cell = WriteOnlyCell(sheet, value)
    if text:
        cell.data_type = "s"
    elif number_format:
        cell.number_format = number_format
    return cell


def bold_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, harmless(text))
    cell.font = Font(bold=True)
    return cell


def _add(totals: dict[str, int], record: Record) -> None:
    """A voided paper counts for nothing."""
    for name in totals:
        value = record.data.get(name)
        if record.voided_at is None and type(value) is int:
            totals[name] += value


def _last_row(
    sheet: Any, register: Register, totals: dict[str, int], lang: str
) -> list[Any]:
    row = [bold_cell(sheet, FIXED[lang][5]), None, None]
    for column in register.columns:
        sum_ = None
        if column.name in totals:
            sum_ = WriteOnlyCell(sheet, totals[column.name] / 100)
            sum_.number_format = FORMATS["money"]
            sum_.font = Font(bold=True)
        row.append(sum_)
    return row
