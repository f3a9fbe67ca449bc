"""What is refused before a cell is read, and how rows are found in what is taken."""

from __future__ import annotations

import io
import itertools
import re
import time
import zipfile
from typing import Any

import pytest

from engine.imports import table as table_module
from engine.imports.archive import MEGABYTE
from engine.imports.cells import as_code, as_name
from engine.imports.columns import Column, Layout
from engine.imports.refusals import (
    CorruptWorkbook,
    MacroWorkbook,
    MissingColumns,
    NoHeader,
    NoRows,
    NotAWorkbook,
    OldWorkbook,
    ProtectedWorkbook,
    SeveralSheets,
    TooManyRows,
    WorkbookRefused,
    WorkbookTooBig,
)
from engine.imports.table import Table, read_table
from tests.imports.workbooks import merged, repacked, sheet_xml, sheets, workbook

CARS = Layout(
    "车辆清册",
    (
        Column("plate", "车牌号", as_code(20), ("车牌", "号牌"), True),
        Column("house", "房号", as_code(40), (), True),
        Column("owner", "车主", as_name(40)),
    ),
)
HEAD = ("车牌号", "房号", "车主")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def read(file: io.BytesIO) -> Table:
    return read_table(file, CARS)


def rows(file: io.BytesIO) -> list[tuple[Any, ...]]:
    return [(row.number, *row.values.values()) for row in read(file).rows]


def archive(**parts: bytes) -> io.BytesIO:
    return repacked(workbook([HEAD, ("示A·1", "1-1-0101", "张三")]), **parts)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NotAWorkbook),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), NotAWorkbook),
        (b"<html><table></table></html>", NotAWorkbook),
        (OLE + bytes(2000) + "Workbook".encode("utf-16-le"), OldWorkbook),
        (
            OLE + bytes(2**20) + "EncryptedPackage".encode("utf-16-le"),
            ProtectedWorkbook,
        ),
        (b"PK\x03\x04" + bytes(500), CorruptWorkbook),
    ],
)
def test_other_files(content: bytes, refusal: type[WorkbookRefused]) -> None:
    with pytest.raises(refusal) as refused:
        read(io.BytesIO(content))
    assert refused.value.status == 422
    assert str(refused.value).endswith("。")


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({"xl__vbaProject_bin": b"macro"}, MacroWorkbook),
        ({"xl__macrosheets__sheet1_xml": b"<a/>"}, MacroWorkbook),
        ({"xl__workbook_bin": b"x"}, OldWorkbook),
        ({"xl__workbook_xml": None}, NotAWorkbook),
        ({"xl__workbook_xml": b"<workbook"}, CorruptWorkbook),
        ({"xl__workbook_xml": b"<a/>"}, CorruptWorkbook),
        ({"xl__worksheets__sheet1_xml": b"<worksheet><sheetData>"}, CorruptWorkbook),
        ({"xl__styles_xml": b"\x00\x01"}, CorruptWorkbook),
    ],
)
def test_archives(parts: dict[str, Any], refusal: type[WorkbookRefused]) -> None:
    with pytest.raises(refusal):
        read(archive(**parts))


def test_a_macro_workbook_by_its_content_type() -> None:
    with zipfile.ZipFile(archive()) as whole:
        types = whole.read("[Content_Types].xml")
    macro = types.replace(
        b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
        b"vnd.ms-excel.sheet.macroEnabled.main",
    )
    assert macro != types
    with pytest.raises(MacroWorkbook):
        read(repacked(archive(), **{"[Content_Types]_xml": macro}))


def test_a_zip_whose_parts_are_encrypted() -> None:
    content = bytearray(archive().getvalue())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(ProtectedWorkbook):
        read(io.BytesIO(bytes(content)))


def test_a_truncated_file() -> None:
    with pytest.raises(CorruptWorkbook):
        read(io.BytesIO(archive().getvalue()[:-200]))


def test_a_damaged_part() -> None:
    content = archive().getvalue()
    at = content.index(b"xl/worksheets/sheet1.xml") + 60
    with pytest.raises(CorruptWorkbook):
        read(io.BytesIO(content[:at] + bytes(40) + content[at + 40 :]))


def test_an_entity_bomb_ends_as_damage() -> None:
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 50) for n in range(1, 9)
    )
    text = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">' + entities + b"]>"
    sheet = sheet_xml(archive()).replace(b"</t>", b"&e8;</t>", 1)
    with pytest.raises(CorruptWorkbook):
        read(archive(xl__worksheets__sheet1_xml=text + sheet))


@pytest.mark.parametrize("size", [21 * MEGABYTE, 201 * MEGABYTE])
def test_a_zip_bomb(size: int) -> None:
    with pytest.raises(WorkbookTooBig, match="200 MB") as refused:
        read(archive(xl__media__a_bin=bytes(size)))
    assert refused.value.status == 413


def test_two_million_empty_rows_cost_nothing() -> None:
    file = workbook([HEAD, ("示A·1", "1-1-0101", "张三")])
    empty = b'<row><c s="0"/><c s="0"/></row>' * 2_000_000
    xml = sheet_xml(file).replace(b"</sheetData>", empty + b"</sheetData>")
    large = repacked(file, xl__worksheets__sheet1_xml=xml)
    began = time.process_time()
    assert rows(large) == [(2, "示A·1", "1-1-0101", "张三")]
    assert time.process_time() - began < 5


def test_a_row_far_below_is_not_waited_for() -> None:
    def touch(sheet: Any) -> None:
        sheet["A1048576"] = "far"
        sheet["XFD3"] = "wide"

    found = read(workbook([HEAD, ("示A·1", "1-1-0101", "张三")], touch))
    assert [row.number for row in found.rows] == [2]
    assert [(f.row, f.column) for f in found.findings] == [(3, "XFD")]


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert table_module.MAX_ROWS == 100_000
    monkeypatch.setattr(table_module, "MAX_ROWS", 3)
    taken = [HEAD, *[(f"示A·{n}", "1-1-0101", None) for n in range(3)]]
    assert len(rows(workbook(taken))) == 3
    with pytest.raises(TooManyRows, match="超过 3 行"):
        rows(workbook([*taken, ("示A·9", "1-1-0101", None)]))


def test_no_header() -> None:
    with pytest.raises(NoHeader, match="车辆清册的表头.*车牌号、房号"):
        read(workbook([("一", "二"), ("三", "四")]))
    with pytest.raises(NoHeader):
        read(workbook([]))
    with pytest.raises(NoHeader):
        read(workbook([*[("标题",)] * 10, HEAD, ("示A·1", "1-1-0101", "张三")]))


def test_a_header_without_a_needed_column() -> None:
    with pytest.raises(MissingColumns, match="缺少这些列：房号"):
        read(workbook([("车主", "车牌号"), ("张三", "示A·1")]))


def test_no_rows() -> None:
    with pytest.raises(NoRows, match="车辆清册只有表头"):
        read(workbook([HEAD, (None, " ", None)]))


def test_columns_in_any_order_under_titles_by_alias() -> None:
    file = workbook(
        [
            ("某某小区车辆清册", None, None, None),
            ("制表人：某某", None, None, None),
            (),
            ("车主 *", "房 号（必填）", "序", "号牌"),
            ("张三", "1-1-0101", None, "示A·1"),
        ],
        merged("A1:D1"),
        merged("A2:D2"),
    )
    found = read(file)
    assert [row.values for row in found.rows] == [
        {"plate": "示A·1", "house": "1-1-0101", "owner": "张三"}
    ]
    assert [(f.row, f.column, f.title) for f in found.findings] == [(4, "C", "序")]


def test_a_header_of_two_rows_merged_down() -> None:
    file = workbook(
        [
            ("房号", "车辆", None),
            (None, "车牌", "车主"),
            ("1-1-0101", "示A·1", "张三"),
        ],
        merged("A1:A2"),
        merged("B1:C1"),
    )
    assert rows(file) == [(3, "示A·1", "1-1-0101", "张三")]
    assert read(file).findings == []


def test_cells_merged_down_show_their_value_in_each_row() -> None:
    file = workbook(
        [
            HEAD,
            ("示A·1", "1-1-0101", "甲"),
            ("示A·2", None, "乙"),
            ("示A·3", None, "丙"),
        ],
        merged("B2:B3"),
    )
    assert rows(file) == [
        (2, "示A·1", "1-1-0101", "甲"),
        (3, "示A·2", "1-1-0101", "乙"),
        (4, "示A·3", None, "丙"),
    ]


def shared(strings: bytes) -> io.BytesIO:
    """The cells' texts in a part of their own, as Excel itself writes them."""
    file = archive()
    with zipfile.ZipFile(file) as whole:
        types = whole.read("[Content_Types].xml")
    part = (
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    )
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>'
    number = itertools.count()
    xml = re.sub(
        rb't="inlineStr"><is><t>[^<]*</t></is>',
        lambda _: b't="s"><v>%d</v>' % next(number),
        sheet_xml(file),
    )
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return repacked(
        file,
        xl__worksheets__sheet1_xml=xml,
        xl__sharedStrings_xml=b"<sst %s>%s</sst>" % (space, strings),
        **{"[Content_Types]_xml": types.replace(b"</Types>", override % part)},
    )


def test_shared_strings() -> None:
    texts = [*HEAD, "示A·1", "1-1-0101", "张三"]
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    assert rows(shared(items.encode())) == [(2, "示A·1", "1-1-0101", "张三")]
    phonetic = items.replace("<t>张三</t>", "<r><t>张</t></r><r><t>三</t></r>")
    assert rows(shared(phonetic.encode())) == [(2, "示A·1", "1-1-0101", "张三")]
    with pytest.raises(CorruptWorkbook):
        rows(shared(b"<si><t>one</t></si>"))


def test_of_several_sheets_the_one_that_fits() -> None:
    table = [HEAD, ("示A·1", "1-1-0101", "张三")]
    named = {"说明": [("请先读",)], "选项": [("房号", "x")], "车辆": table}
    assert rows(sheets(named)) == [(2, "示A·1", "1-1-0101", "张三")]
    assert rows(sheets({"空表": [HEAD], "车辆": table}))
    with pytest.raises(SeveralSheets, match="车辆、旧"):
        read(sheets({"车辆": table, "旧": table}))


def test_a_hidden_sheet_does_not_count() -> None:
    def hide(sheet: Any) -> None:
        sheet.sheet_state = "hidden"

    old, new = [HEAD, ("旧", "1", None)], [HEAD, ("新", "2", None)]
    assert rows(sheets({"旧": old, "新": new}, hide)) == [(2, "新", "2", None)]


def test_two_columns_of_one_meaning() -> None:
    found = read(workbook([(*HEAD, "车牌"), ("示A·1", "1-1-0101", "张三", "示A·2")]))
    assert [(f.row, f.column) for f in found.findings] == [(1, "D")]
    assert "A 列“车牌号”" in found.findings[0].sentence


def test_a_column_without_a_title() -> None:
    table = [(*HEAD, None), ("示A·1", "1", "甲", None), ("示A·2", "2", "乙", "?")]
    assert [(f.row, f.column) for f in read(workbook(table)).findings] == [(3, "D")]


def test_a_formula_counts_as_its_saved_value() -> None:
    file = workbook([HEAD, ("示A·1", '="1-1-"&"0101"', "张三")])
    with_value = sheet_xml(file).replace(
        b'<c r="B2"><f>"1-1-"&amp;"0101"</f><v></v>',
        b'<c r="B2" t="str"><f>"1-1-"&amp;"0101"</f><v>1-1-0101</v>',
    )
    assert with_value != sheet_xml(file)
    saved = repacked(file, xl__worksheets__sheet1_xml=with_value)
    assert rows(saved) == [(2, "示A·1", "1-1-0101", "张三")]
    assert read(saved).findings == []


def test_a_formula_whose_result_is_an_empty_text_is_empty() -> None:
    file = workbook([HEAD, ("示A·1", "1-1-0101", '=IF(1,"","x")')])
    xml = sheet_xml(file).replace(b'<c r="C2">', b'<c r="C2" t="str">')
    assert b't="str"' in xml
    saved = repacked(file, xl__worksheets__sheet1_xml=xml)
    assert rows(saved) == [(2, "示A·1", "1-1-0101", None)]
    assert read(saved).findings == []


def test_a_formula_without_a_value_is_named() -> None:
    found = read(workbook([HEAD, ("示A·1", "=1+1", "张三"), ("=A2", "2", "=A2")]))
    where = [(f.row, f.column, f.title) for f in found.findings]
    assert where == [(2, "B", "房号"), (3, "A", "车牌号"), (3, "C", "车主")]
    assert all("公式" in f.sentence for f in found.findings)


def test_a_date_out_of_range_is_no_crash() -> None:
    def touch(sheet: Any) -> None:
        sheet["C2"] = 99_999_999
        sheet["C2"].number_format = "yyyy-mm-dd"

    found = read(workbook([HEAD, ("示A·1", "1-1-0101", None)], touch))
    assert [(f.row, f.column) for f in found.findings] == [(2, "C")]
