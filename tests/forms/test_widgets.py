"""Every widget: what it takes, and a sentence for everything it does not."""

from __future__ import annotations

from typing import Any

import pytest

from engine.forms import WIDGETS, answers_of, check, display, values
from tests.forms.conftest import form_of, posted, said, sent

TEXT = {"type": "string"}
LIST = {"type": "string", "oneOf": [{"const": "a", "title": "甲"}, {"const": "b"}]}
MANY = {"type": "array", "items": LIST}
ROWS = {
    "type": "array",
    "items": {"required": ["q"], "properties": {"q": {"type": "integer"}}},
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "text": TEXT,
    "textarea": TEXT,
    "mobile": TEXT,
    "id_number": TEXT,
    "money": {"type": "integer"},
    "number": {"type": "number"},
    "date": TEXT,
    "datetime": TEXT,
    "radio": LIST,
    "select": LIST,
    "checkboxes": MANY,
    "switch": {"type": "boolean"},
    "table": ROWS,
    "file": {"type": "array"},
    "photo": {"type": "array"},
    "signature": {"type": "object"},
    "house": TEXT,
    "person": TEXT,
    "party": TEXT,
}
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="
HOSTILE = "<script>alert(1)</script>'; DROP TABLE cases;-- {0.__class__} %s \u202e"
LONG = "9" * 20_001


def one(widget: str, schema: dict[str, Any] | None = None, **ui: Any) -> Any:
    return form_of(schema or SCHEMAS[widget], {"widget": widget, **ui})


# widget, typed text, value in the case
READ_TEXT = [
    ("text", "  王五 \u200b", "王五"),
    ("text", "a\r\nb", "a b"),
    ("textarea", "甲\r\n乙 ", "甲\n乙"),
    ("mobile", "１３８ 0000-0001", "13800000001"),
    ("mobile", "+8615400000073", "15400000073"),
    ("id_number", "990101199003083721", "990101199003083721"),
    ("id_number", "99010119900101372x", "99010119900101372X"),
    ("money", "1,418.40", 141840),
    ("money", "￥１４１８．４ 元", 141840),
    ("money", "0.29", 29),
    ("number", "12.50", 12.5),
    ("number", "1,200", 1200),
    ("number", "-3", -3),
    ("date", "2026年2月3日", "2026-02-03"),
    ("date", "2026/2/3", "2026-02-03"),
    ("date", "20260203", "2026-02-03"),
    ("datetime", "2026-02-03T09:30", "2026-02-03T09:30:00+08:00"),
    ("datetime", "2026-2-3 9：30:59", "2026-02-03T09:30:00+08:00"),
    ("datetime", "2026-02-03T01:30:00Z", "2026-02-03T09:30:00+08:00"),
    ("radio", "b", "b"),
    ("select", "a", "a"),
    ("checkboxes", ["", "b", "a", "b"], ["a", "b"]),
    ("switch", ["", "true"], True),
    ("switch", "", False),
    ("file", ["", "f1", "f1"], [{"id": "f1", "name": "委托书.pdf"}]),
    ("house", " 1－1－1802 ", "1-1-1802"),
    ("person", "7", "7"),
    ("party", "21", "21"),
    *[(widget, "", None) for widget in ("text", "money", "number", "date", "radio")],
]


@pytest.mark.parametrize("widget, typed, value", READ_TEXT)
def test_reads_what_people_type(widget: str, typed: Any, value: Any) -> None:
    form = one(widget)
    filled = posted(form, x=typed)
    assert said(form, filled) == ""
    found = values(form, filled)["x"]
    if widget == "file":
        found = [{"id": each["id"], "name": each["name"]} for each in found]
    assert found == value and type(found) is type(value)


# widget, JSON answer, value in the case
READ_JSON = [
    ("text", "王五", "王五"),
    ("money", "1418.40", 141840),
    ("number", 3, 3),
    ("number", 2.5, 2.5),
    ("number", "2.5", 2.5),
    ("number", 3.0, 3),
    ("date", "2026-02-13", "2026-02-13"),
    ("checkboxes", ["b"], ["b"]),
    ("switch", True, True),
    ("table", [{"q": 1}], [{"q": 1}]),
    ("signature", "王五", {"name": "王五", "image": None}),
    ("signature", {"name": "王五", "image": PNG}, {"name": "王五", "image": PNG}),
    ("text", None, None),
    ("switch", None, False),
    ("table", None, []),
]


@pytest.mark.parametrize("widget, answer, value", READ_JSON)
def test_reads_what_the_api_sends(widget: str, answer: Any, value: Any) -> None:
    form = one(widget)
    filled = sent(form, {"x": answer})
    assert said(form, filled) == ""
    assert values(form, filled)["x"] == value


@pytest.mark.parametrize("widget", sorted(SCHEMAS))
def test_missing(widget: str) -> None:
    """Required and left empty: by a person, by an API client, or not asked at all."""
    schema = {**SCHEMAS[widget]}
    if widget == "switch":
        schema["const"] = True  # a switch always has a value; a tick is demanded so
    form = form_of(
        {"properties": {"x": schema}, "required": ["x"]}, {"x": {"widget": widget}}
    )
    sentence = "请勾选。" if widget == "switch" else None
    for filled in (posted(form), posted(form, x=""), sent(form, {"x": None})):
        if widget == "signature" and filled.errors:  # its names are x.name and x.image
            continue
        found = said(form, filled)
        assert found.startswith("请") and found == (sentence or found)
        assert said(form, filled, lang="en").isascii()


WRONG = [
    ("text", LONG, "最多 20000 个字"),
    ("text", "a\x00b", "无法保存"),
    ("text", "\ud800", "无法保存"),
    ("textarea", LONG, "最多"),
    ("mobile", "1380000000", "11 位手机号码"),
    ("mobile", "12800000001", "11 位手机号码"),
    ("mobile", LONG, "最多"),
    ("id_number", "99010119900101372", "18 位"),
    ("id_number", "990101199002303721", "出生日期"),
    ("id_number", "990101299001013729", "出生日期"),
    ("id_number", "990101199001013721", "最后一位"),
    ("money", "一百元", "只用数字"),
    ("money", "1,41", "只用数字"),
    ("money", "1.005", "两位小数"),
    ("money", "-5", "负数"),
    ("money", "1e5", "只用数字"),
    ("money", "9" * 30, "太大"),
    ("number", "12a", "请填写数字"),
    ("number", "٣", "请填写数字"),
    ("number", "nan", "请填写数字"),
    ("number", "0.1234567890123456", "位数太多"),
    ("date", "2026-02-30", "没有“2026-02-30”这一天"),
    ("date", "明天", "请填写日期"),
    ("date", "0026-02-03", "这一天"),
    ("datetime", "2026-02-13", "日期和时间"),
    ("datetime", "2026-02-13 25:00", "这一天"),
    ("datetime", "2026-02-30 09:00", "这一天"),
    ("radio", "c", "列表中的一项"),
    ("select", "甲", "列表中的一项"),
    ("checkboxes", ["a", "c"], "列表中的一项"),
    ("switch", "maybe", "“是”或“否”"),
    ("file", "nobody", "找不到这个文件"),
    ("file", "../../etc/passwd", "找不到这个文件"),
    ("file", [f"f{n}" for n in range(60)], "最多 50 个文件"),
    ("photo", "f1", "文件类型"),
    ("house", "9-9-9999", "没有房号“9-9-9999”"),
    ("house", "9" * 81, "最多 80 个字"),
    ("person", "8", "没有员工“8”"),
    ("party", "8", "没有客户“8”"),
]


@pytest.mark.parametrize("widget, typed, sentence", WRONG)
def test_a_sentence_for_what_cannot_be_read(
    widget: str, typed: Any, sentence: str
) -> None:
    form = one(widget)
    filled = posted(form, x=typed)
    assert sentence in said(form, filled)
    assert said(form, filled, lang="en")
    kept = filled.typed["x"]
    assert kept == typed or typed in kept  # the typed text is never lost


@pytest.mark.parametrize("widget", sorted(SCHEMAS))
@pytest.mark.parametrize(
    "answer", [{"a": 1}, [[1]], 10**400, float("nan"), True, 1.5, HOSTILE, LONG, "zz"]
)
def test_any_json_of_the_wrong_kind(widget: str, answer: Any) -> None:
    """Each is either refused with a sentence, or a value of the right kind."""
    texts = [(w, t) for w in ("text", "textarea", "signature") for t in (HOSTILE, "zz")]
    right = [*texts, ("switch", True), ("number", 1.5)]
    form = one(widget)
    errors = check(form, sent(form, {"x": answer}))
    assert bool(errors) == ((widget, answer) not in right)


@pytest.mark.parametrize("widget", sorted(SCHEMAS))
def test_hostile_text_is_only_text(widget: str) -> None:
    form = one(widget)
    name = "x__name" if widget == "signature" else "x"
    filled = posted(form, **{name: HOSTILE})
    if widget in ("text", "textarea", "signature"):
        value = values(form, filled)["x"]
        text = value["name"] if widget == "signature" else value
        assert text == HOSTILE.replace("\u202e", "").strip()
    elif widget != "table":  # a table's own name says only that it was drawn
        assert said(form, filled)


@pytest.mark.parametrize("widget", sorted(SCHEMAS))
@pytest.mark.parametrize("name", ["y", "x.y", "x.0", "x.0.zz", "x.-1.q", "x.name.z"])
def test_unknown_names_are_refused(widget: str, name: str) -> None:
    form = one(widget)
    filled = posted(form, **{name: "1"})
    assert "没有这一项" in said(form, filled, name)
    assert set(values(form, filled)) == {"x"}


def test_unknown_keys_of_json_are_refused() -> None:
    form = one("table")
    filled = sent(form, {"y": 1, "x": [{"q": 1, "z": 2}]})
    assert "没有这一项" in said(form, filled, "y")
    assert "没有这一项" in said(form, filled, "x.0.z")
    assert values(form, filled) == {"x": [{"q": 1}]}


def test_money_as_a_bare_number_could_be_fen_or_yuan() -> None:
    form = one("money")
    assert "字符串" in said(form, sent(form, {"x": 1418}))


def test_money_may_be_negative_where_the_schema_says_so() -> None:
    form = one("money", {"type": "integer", "minimum": -10000})
    assert values(form, posted(form, x="-100"))["x"] == -10000
    assert said(form, posted(form, x="-100.01")) == "不能小于 -100.00 元。"


@pytest.mark.parametrize("typed, value", [("true", True), ("false", False)])
def test_a_boolean_as_radio_needs_a_choice(typed: str, value: bool) -> None:
    form = form_of(
        {"properties": {"x": {"type": "boolean"}}, "required": ["x"]},
        {"x": {"widget": "radio"}},
    )
    assert values(form, posted(form, x=["", typed])) == {"x": value}
    assert said(form, posted(form, x=[""])) == "请选择一项。"
    assert said(form, sent(form, {"x": "true"})) == "请选择“是”或“否”。"


def test_a_signature_has_a_name_and_perhaps_an_image() -> None:
    form = one("signature")
    drawn = posted(form, x__name="王五", x__image=PNG)
    assert values(form, drawn)["x"] == {"name": "王五", "image": PNG}
    stored = posted(form, x__name="王五", x__image="p1")
    assert values(form, stored)["x"] == {"name": "王五", "image": "p1"}
    assert said(form, posted(form, x__name="", x__image=PNG)) == "请写上签名人的姓名。"
    for image in ("data:image/svg+xml,<svg/>", PNG[:-6], "stranger", "javascript:1"):
        filled = posted(form, x__name="王五", x__image=image)
        assert said(form, filled) == "签名图片不对，请重签。"
        assert values(form, filled)["x"] is None


SHOWN = [
    ("id_number", "990101199003083721", "990***********3721"),
    ("mobile", "13800000001", "138****0001"),
    ("money", 141840, "1,418.40 元"),
    ("number", 0.0000001, "0.0000001"),
    ("datetime", "2026-02-03T09:30:00+08:00", "2026-02-03 09:30"),
    ("radio", "a", "甲"),
    ("checkboxes", ["a", "b"], "甲、b"),
    ("switch", False, "否"),
    ("table", [{}, {}], "2 行"),
    ("file", [{"id": "f1", "name": "委托书.pdf"}], "委托书.pdf"),
    (
        "signature",
        {"name": "王五", "at": "2026-02-03T09:30:00+08:00"},
        "王五 2026-02-03 09:30",
    ),
    ("text", None, ""),
    ("checkboxes", [], ""),
]


@pytest.mark.parametrize("widget, value, text", SHOWN)
def test_shown_for_reading(widget: str, value: Any, text: str) -> None:
    assert display(one(widget).by_name["x"], value) == text


def test_masking_is_a_choice_of_the_caller_and_of_the_form() -> None:
    number = "990101199001013721"
    assert display(one("id_number").by_name["x"], number, masked=False) == number
    assert display(one("id_number", mask=False).by_name["x"], number) == number
    bank = one("text", mask=True).by_name["x"]
    assert display(bank, "6222021234") == "******1234"
    assert display(bank, "123") == "***"


@pytest.mark.parametrize("widget, value, text", SHOWN)
def test_values_go_out_and_come_back(widget: str, value: Any, text: str) -> None:
    if widget == "table" or not value or widget == "signature":
        return
    form = one(widget)
    filled = sent(form, answers_of(form, {"x": value}))
    assert said(form, filled) == ""
    assert display(form.by_name["x"], values(form, filled)["x"]) == text


def test_every_widget_is_tested_here() -> None:
    assert set(WIDGETS) == set(SCHEMAS) | {"computed", "gate", "note"}
