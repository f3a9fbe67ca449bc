"""Every widget with everything wrong: a sentence beside it, the text kept, nothing stored.

One form has them all (tests/forms/samples/patrol.json), filled in rightly but for the one
answer that is tried.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from engine.forms import WIDGETS, Form
from engine.runtime import FUNCTION_NAMES
from tests.cast import Office
from tests.pictures import PDF, PNG, png
from tests.web.browsing import Page, Visitor
from tests.web.patrol import (
    CLERK,
    FORM,
    RIGHT,
    colleague,
    filled,
    open_patrol,
    resident,
    sent,
)
from tests.web.test_bad_input import whole

Arrives = Callable[[str], Visitor]
PARSED = Form.parse(FORM, FUNCTION_NAMES)
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
RTL = "\u202eFDP.exe\u2066"
LONG = "长" * 20_001
DRAWN = "data:image/png;base64,"
AGENT = {"visitor": "agent", "agent_name": "李四", "agent_letter": ("委托书.pdf", PDF)}
# what the form must be asked for before the field is on the page
SHOWN_BY: dict[str, dict[str, Any]] = {
    "agent_name": {"visitor": "agent"},
    "agent_letter": {"visitor": "agent"},
    "fault": {"accepted": "false"},
    "urgent_why": {"urgent": "true"},
}


@pytest.fixture
def address(office: Office) -> str:
    return open_patrol(office)


@pytest.fixture
def clerk(arrives: Arrives) -> Visitor:
    return arrives(CLERK)


def path_of(name: str) -> str:
    """The field an input belongs to."""
    return name.partition(".")[0] if name.startswith("sig_") else name


def refused(page: Page, name: str, sentence: str) -> None:
    assert page.status == 422, (name, page.status)
    found = page.error(path_of(name))
    assert sentence in found and found, (name, sentence, found)
    assert found in page.said("//*[@id='summary']")


def test_filled_in_rightly_it_is_taken(
    office: Office, clerk: Visitor, address: str
) -> None:
    page = clerk.press(filled(clerk, address), "办结")
    assert page.status == 200, page.alert
    assert page.path.startswith("/cases/")
    for shown in ("防水涂料", "12.5", "2,000.00 元", "990***********8725", "厨房.png"):
        assert shown in page.main, shown
    assert RIGHT["owner_id"] not in page.response.text


def test_the_form_has_every_widget() -> None:
    columns = {column.widget for own in PARSED.fields for column in own.columns}
    shown = {"gate"}  # read-only: nothing of it is posted (test_gates.py)
    assert {own.widget for own in PARSED.fields} | columns == set(WIDGETS) - shown
    assert len(PARSED.fields) >= 30


# -- left out -------------------------------------------------------------------------

REQUIRED = [own for own in PARSED.fields if own.required]


@pytest.mark.parametrize("own", REQUIRED, ids=lambda own: own.name)
def test_missing(office: Office, clerk: Visitor, address: str, own: Any) -> None:
    form = clerk.open(address).form()
    if own.name in SHOWN_BY:
        form = clerk.press(form.fill(SHOWN_BY[own.name]), "refresh").form()
    right = {**RIGHT, **(SHOWN_BY.get(own.name) or {})}
    form.fill({n: v for n, v in right.items() if n.partition(".")[0] != own.name})
    form.pairs = [
        (
            (n, ("", b"") if isinstance(v, tuple) else "")
            if n.partition(".")[0] == own.name
            else (n, v)
        )
        for n, v in form.pairs
        if n != "_was.owner_name"  # it was drawn with the name, and emptied
    ]
    before = whole(office)
    refused(clerk.press(form, "办结"), own.name, "请")
    nothing_but_files(office, before)


def nothing_but_files(office: Office, before: list[Any]) -> None:
    """A file sent along stays with the form, and who sends it has claimed the task."""
    after = whole(office)
    assert after[0][2:4] == before[0][2:4], "history or records"
    assert after[1] == before[1] or [row[1] for row in after[1]] == [
        row[1] for row in before[1]
    ]
    assert [state for state, _ in after[2]] == [state for state, _ in before[2]]


# -- texts -----------------------------------------------------------------------------

TYPED = ("house", "text", "mobile", "id_number", "textarea", "date", "datetime")
TYPED += ("money", "number")


def inputs() -> list[tuple[str, str]]:
    """The inputs one types in: the name, and the widget behind it."""
    found = [
        (own.name, own.widget)
        for own in PARSED.fields
        if own.widget in TYPED and not own.readonly
    ]
    [items] = (own for own in PARSED.fields if own.widget == "table")
    found += [
        (f"items.0.{column.name}", column.widget)
        for column in items.columns
        if column.widget in TYPED and not column.readonly
    ]
    return [*found, ("sig_owner.name", "signature")]


# widget: what of a text alone will not do, whatever the schema says
WRONG = {
    "house": ("9-9-9999", MARKUP, RTL),
    "mobile": ("1380000000", "一三八", MARKUP, RTL, "138000000011"),
    "id_number": ("990101199606188724", "99010119960618872", MARKUP, RTL),
    "date": ("2026-02-30", "明天", MARKUP, RTL, "99999-01-01"),
    "datetime": ("2026-02-10", "2026-02-10 24:01", MARKUP, RTL),
    "money": ("一百", "1e5", "1.005", "-1", MARKUP, RTL, "9" * 400, "NaN"),
    "number": ("十", "1e999", "NaN", "0x10", MARKUP, RTL, "9" * 400),
}
EVERYWHERE = (LONG, "甲\0乙", "甲\ufffd乙", "\x1b[31m红")


@pytest.mark.parametrize("name, widget", inputs())
def test_a_text_that_will_not_do(
    office: Office, clerk: Visitor, address: str, name: str, widget: str
) -> None:
    form = clerk.open(address).form()
    if name in SHOWN_BY:
        form = clerk.press(form.fill(SHOWN_BY[name]), "refresh").form()
    form.fill({**RIGHT, **(SHOWN_BY.get(name) or {})})
    form.pairs = [(n, v) for n, v in form.pairs if not isinstance(v, tuple)]
    before = whole(office)
    for text in (*EVERYWHERE, *WRONG.get(widget, ())):
        page = sent(clerk, form, **{name: text})
        refused(page, name, "")
        assert page.form()[name] == text.replace("\0", "\ufffd")
        assert "<script>alert(1)" not in page.response.text
    assert whole(office) == before


TEXTS = [name for name, widget in inputs() if widget in ("text", "textarea")]


@pytest.mark.parametrize("name", [*TEXTS, "sig_owner.name"])
def test_hostile_text_is_only_text(
    office: Office, clerk: Visitor, address: str, name: str
) -> None:
    """Where any text will do, markup is shown as typed and direction marks are dropped."""
    changes = {**(SHOWN_BY.get(name) or {})}
    if name == "agent_name":
        changes |= AGENT
    form = clerk.open(address).form()
    if name in SHOWN_BY:
        form = clerk.press(form.fill(SHOWN_BY[name]), "refresh").form()
    form.fill({**RIGHT, **changes})
    text = f"<b>甲</b>{RTL}"[:30]
    page = sent(clerk, form, **{name: text})
    if name == "email":
        return refused(page, name, "格式不对")
    assert page.status == 200, page.alert
    assert "<b>甲</b>" not in page.response.text
    if name != "bank_account":  # of that, only the end is shown
        assert "<b>甲</b>FDP.exe" in page.main
    assert "\u202e" not in page.main


# -- choices ---------------------------------------------------------------------------

CHOSEN = ["kind", "visitor", "accepted", "papers", "items.0.grade", "handler"]
CHOSEN += ["customer", "urgent", "agree", "items.0.left_over"]


@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.parametrize("value", ["镀金", MARKUP, LONG, "甲\0乙", "99999999999", "-1"])
def test_what_is_not_in_the_list(
    office: Office, clerk: Visitor, address: str, name: str, value: str
) -> None:
    form = filled(clerk, address)
    form.pairs = [(n, v) for n, v in form.pairs if not isinstance(v, tuple)]
    before = whole(office)
    page = sent(clerk, form, **{name: value})
    refused(page, name, "")
    assert page.form()["owner_name"] == "张依诺"
    assert "<script>alert(1)" not in page.response.text
    assert whole(office) == before


def test_people_are_chosen_by_name(
    office: Office, clerk: Visitor, address: str
) -> None:
    page = clerk.press(filled(clerk, address), "refresh")
    names = page.html.xpath("//select[@name='customer']/option/text()")
    assert names == ["请选择", "张依诺"]
    inspectors = page.html.xpath("//select[@name='handler']/option/text()")
    assert {"贾惠玲", "石长林"} <= {*inspectors}
    other = resident(office, "陈晓芸")  # of another house: nobody offers her
    form = page.form().fill(handler=colleague(office, "shicl"))
    page = sent(clerk, form, customer=resident(office, "张依诺"), photos=("a.png", PNG))
    assert page.status == 200, page.alert
    assert "石长林" in page.main and other not in names


# -- names nobody declared ------------------------------------------------------------

UNKNOWN = ["outcome", "unit_no.x", "items.0.zz", "items.x.what", "items.-1.what"]
UNKNOWN += ["sig_owner.at", "kind.0", "items.0.what.x", "甲", "a" * 500]


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_name_nobody_declared(
    office: Office, clerk: Visitor, address: str, name: str
) -> None:
    form = filled(clerk, address)
    form.pairs = [(n, v) for n, v in form.pairs if not isinstance(v, tuple)]
    before = whole(office)
    page = sent(clerk, form, photos=[], **{name: "1"})
    assert page.status == 422
    assert "没有这一项" in page.said("//*[@id='summary']")
    assert page.form()["owner_name"] == "张依诺"
    assert whole(office) == before


@pytest.mark.parametrize("name", ["area", "fee_total", "items_total", "days_left"])
def test_what_is_computed_is_not_read(
    office: Office, clerk: Visitor, address: str, name: str
) -> None:
    page = sent(clerk, filled(clerk, address), **{name: "666666"})
    assert page.status == 200
    assert "666" not in page.main


# -- files -----------------------------------------------------------------------------


def office_file(name: str, part: bytes) -> bytes:
    """A .docx or .xlsx with one more part."""
    folder = "word" if name.endswith("docx") else "xl"
    main = "word/document.xml" if folder == "word" else "xl/workbook.xml"
    found = BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", "<Relationships/>")
        archive.writestr(main, "<a/>")
        archive.writestr(f"{folder}/more.xml", part)
    return found.getvalue()


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return b"0" * (201 * 1024 * 1024)


def files_left(office: Office) -> int:
    return int(whole(office)[0][4])


FILES = [
    ("photos", "空.png", b"", "是空的"),
    ("photos", "病毒.exe", b"MZ" * 99, "不是图片"),
    ("photos", "其实是.png", PDF, "内容与扩展名不符"),
    ("photos", "说明.pdf", PDF, "不是这里可以用的文件类型"),
    ("photos", "半张.png", png(900, 900)[:900], "打不开"),
    ("photos", "太大.png", png(9_000, 8_000), "打不开"),
    ("drawings", "长" * 197 + ".png", PNG, "文件名太长"),
    ("drawings", "半个.docx", office_file("a.docx", b"x")[:-30], "打不开"),
]


@pytest.mark.parametrize("field, name, content, sentence", FILES)
def test_a_file_that_will_not_do(
    office: Office,
    clerk: Visitor,
    address: str,
    field: str,
    name: str,
    content: bytes,
    sentence: str,
) -> None:
    form = filled(clerk, address, **{field: (name, content)})
    page = clerk.press(form, "办结")
    refused(page, field, sentence)
    assert page.form()["owner_name"] == "张依诺"
    assert name not in page.said("//*[@data-chips]")


@pytest.mark.parametrize("name", ["表.xlsx", "文.docx"])
def test_an_office_file_must_not_unpack_to_more_than_it_may(
    office: Office, clerk: Visitor, address: str, name: str, bomb: bytes
) -> None:
    inflating = office_file(name, bomb)
    assert len(inflating) < 1024 * 1024
    page = clerk.press(filled(clerk, address, drawings=(name, inflating)), "办结")
    refused(page, "drawings", "解压后超过 200 MB")
    good = office_file(name, bomb[: 190 * 1024 * 1024])
    page = clerk.press(filled(clerk, address, drawings=(name, good)), "办结")
    assert page.status == 200, page.alert


def test_a_name_of_200_characters_is_the_longest(clerk: Visitor, address: str) -> None:
    name = "长" * 196 + ".png"
    page = clerk.press(filled(clerk, address, drawings=(name, PNG)), "办结")
    assert page.status == 200 and name in page.main


def test_no_more_files_than_the_form_takes(clerk: Visitor, address: str) -> None:
    four = [(f"{n}.png", png(n + 2, 2)) for n in range(4)]
    page = sent(clerk, filled(clerk, address), photos=[*four, ("五.png", PNG)])
    refused(page, "photos", "最多 4 个文件")
    page = sent(clerk, filled(clerk, address), photos=four)
    assert page.status == 200, page.alert
