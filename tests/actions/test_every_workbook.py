"""What holds for the import of each kind of workbook: once, twice, wrong, taken back,
given out and taken in again."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, func, select

from engine.actions.export_registry import export_registry
from engine.actions.import_workbook import import_workbook, preview_workbook
from engine.actions.load_demo import BOOKS, FOLDER
from engine.actions.undo_import import undo_import
from engine.imports.kinds.layouts import layouts, recognise
from engine.imports.refusals import (
    CorruptWorkbook,
    MacroWorkbook,
    NotAWorkbook,
    ProtectedWorkbook,
    WorkbookRefused,
)
from engine.imports.result import ImportResult
from engine.store.database import Base, transact
from engine.store.estate import HOUSE_STATES, last_import
from engine.store.tables import Balance, BalanceSheet, ImportRun, Site
from tests.cast import Office
from tests.imports.workbooks import repacked

KINDS = list(BOOKS)
# what an import itself leaves behind
OF_IMPORTS = ("import_run", "import_change", "balance", "balance_sheet")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def book(kind: str) -> io.BytesIO:
    return io.BytesIO((FOLDER / BOOKS[kind]).read_bytes())


def prepared(office: Office, kind: str) -> int:
    """A site with everything that the workbook of a kind stands on."""
    with office.sessions.begin() as session:
        made = Site(code="second", name="第二小区")
        session.add(made)
        session.flush()
        site = made.id
    if kind not in ("owners", "staff"):
        take(office, "owners", site, book("owners"))
    if kind == "vehicles":
        take(office, "tenants", site, book("tenants"))
    return site


def take(office: Office, kind: str, site: int, file: io.BytesIO) -> ImportResult:
    with office.sessions() as session:
        named = BOOKS[kind]
        return transact(
            session, import_workbook, office.runtime, kind, site, file, named
        )


def look(office: Office, kind: str, site: int, file: io.BytesIO) -> ImportResult:
    with office.sessions() as session:
        return preview_workbook(session, office.runtime, kind, site, file)


def everything(office: Office) -> dict[str, Any]:
    """All rows of all tables but those that tell of imports."""
    with office.sessions() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in OF_IMPORTS
        }


def fates(result: ImportResult) -> tuple[int, int]:
    return result.to_add, result.to_change


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_twice_changes_nothing(office: Office, kind: str) -> None:
    site = prepared(office, kind)
    first = take(office, kind, site, book(kind))
    assert first.written and first.to_add > 0 and first.findings == ()
    before = everything(office)
    again = take(office, kind, site, book(kind))
    assert fates(again) == (0, 0) and again.changes == ()
    assert everything(office) == before
    with office.sessions() as session:
        states = select(ImportRun.state).where(ImportRun.kind == kind)
        assert session.scalars(states.order_by(ImportRun.id)).all() == ["done", "same"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_says_the_same_and_writes_nothing(desk: Office, kind: str) -> None:
    office, site = desk, prepared(desk, kind)
    before = everything(office)
    seen = look(office, kind, site, book(kind))
    assert everything(office) == before and not seen.written
    done = take(office, kind, site, book(kind))
    assert (seen.tallies, seen.changes, seen.notices) == (
        done.tallies,
        done.changes,
        done.notices,
    )


def undo(office: Office, site: int) -> None:
    with office.sessions() as session:
        run = last_import(session, site)
        assert run is not None
        transact(session, undo_import, boss(office), run.id)


def boss(office: Office) -> Any:
    from dataclasses import replace

    return replace(office.person("hanwc"), administrator=True)


@pytest.mark.parametrize("kind", KINDS)
def test_an_import_is_taken_back_whole(office: Office, kind: str) -> None:
    site = prepared(office, kind)
    before = everything(office)
    take(office, kind, site, book(kind))
    undo(office, site)
    after = everything(office)
    del before["register_event"], after["register_event"]
    assert after == before
    if kind == "balances":
        with office.sessions() as session:
            assert session.scalars(select(BalanceSheet.withdrawn)).all() == [True]
            kept = select(func.count()).select_from(Balance)
            assert session.scalar(kept) == 554
    assert take(office, kind, site, book(kind)).to_add > 0


@pytest.mark.parametrize(
    ("kind", "with_numbers"),
    [
        *((kind, False) for kind in KINDS if kind != "staff"),
        ("owners", True),
        ("tenants", True),
    ],
)
def test_what_is_given_out_changes_nothing_when_taken_in(
    desk: Office, kind: str, with_numbers: bool
) -> None:
    office, site = desk, prepared(desk, kind)
    take(office, kind, site, book(kind))
    with office.sessions() as session:
        asked = (office.runtime, boss(office), str(site), kind, with_numbers, "盘点")
        content = transact(session, export_registry, *asked)
    result = look(office, kind, site, io.BytesIO(content))
    assert result.findings == () and fates(result) == (0, 0), result.changes
    assert recognise(io.BytesIO(content), layouts(HOUSE_STATES, {})) == kind
    titles = [cell.value for cell in load_workbook(io.BytesIO(content)).active[1]]
    assert titles[0] is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_is_known_by_its_headers(kind: str) -> None:
    assert recognise(book(kind), layouts(HOUSE_STATES, {})) == kind


def renamed_picture(kind: str) -> io.BytesIO:
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(500))


def locked(kind: str) -> io.BytesIO:
    package = "EncryptedPackage".encode("utf-16-le")
    return io.BytesIO(OLE + bytes(1000) + package)


def with_macro(kind: str) -> io.BytesIO:
    return repacked(book(kind), xl__vbaProject_bin=b"x")


def cut_off(kind: str) -> io.BytesIO:
    return io.BytesIO(book(kind).getvalue()[:3000])


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (renamed_picture, NotAWorkbook),
        (locked, ProtectedWorkbook),
        (with_macro, MacroWorkbook),
        (cut_off, CorruptWorkbook),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_workbook_is_a_sentence(
    desk: Office, kind: str, spoil: Any, refusal: type[WorkbookRefused]
) -> None:
    before = everything(desk)
    with desk.sessions() as session, pytest.raises(refusal) as refused:
        asked = (desk.runtime, kind, desk.site_id, spoil(kind), "x.xlsx")
        transact(session, import_workbook, *asked)
    assert str(refused.value).endswith("。") and refused.value.status == 422
    assert everything(desk) == before


def edited(kind: str, edit: Callable[[Any], None]) -> io.BytesIO:
    """The demo workbook after somebody has been at its last sheet."""
    opened = load_workbook(book(kind))
    for sheet in opened:  # the first rows do
        sheet.delete_rows(20, sheet.max_row)
    edit(opened.worksheets[-1])
    file = io.BytesIO()
    opened.save(file)
    return file


def last_row(sheet: Any) -> int:
    return max(
        row[0].row for row in sheet.iter_rows() if any(cell.value for cell in row[1:5])
    )


def uncalculated(sheet: Any) -> None:
    sheet.cell(last_row(sheet), 2).value = "=A1&B1"


def empty_rows(sheet: Any) -> None:
    sheet.cell(1_048_576, 1).number_format = "0.00"
    for row in range(sheet.max_row - 50, sheet.max_row):
        sheet.row_dimensions[row].height = 15


@pytest.mark.parametrize("kind", KINDS)
def test_a_formula_without_result_is_named_and_nothing_written(
    desk: Office, kind: str
) -> None:
    if kind not in ("owners", "staff"):
        take(desk, "owners", desk.site_id, book("owners"))
    before = everything(desk)
    file = edited(kind, uncalculated)
    result = take(desk, kind, desk.site_id, file)
    assert not result.written
    assert any("公式没有保存计算结果" in found.sentence for found in result.findings)
    assert everything(desk) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_million_empty_rows_below_do_no_harm(desk: Office, kind: str) -> None:
    if kind not in ("owners", "staff"):
        take(desk, "owners", desk.site_id, book("owners"))
    assert take(desk, kind, desk.site_id, edited(kind, empty_rows)).findings == ()


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind not in ("owners", "staff")]
)
def test_a_house_that_is_not_there_is_named(desk: Office, kind: str) -> None:
    """The cast's office has three houses."""
    before = everything(desk)
    result = take(desk, kind, desk.site_id, book(kind))
    assert not result.written
    sentences = {found.sentence for found in result.findings}
    assert any(s.startswith("系统里没有房屋 1-1-0") for s in sentences), sentences
    assert {found.title for found in result.findings} <= {"房号", "业主名称"}
    assert everything(desk) == before


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "staff"])
def test_few_statements_however_many_rows(desk: Office, kind: str) -> None:
    office, site = desk, prepared(desk, kind)
    statements: list[str] = []
    event.listen(
        office.engine, "before_cursor_execute", lambda *a: statements.append(a[2])
    )
    take(office, kind, site, book(kind))
    assert len(statements) <= 25, statements
