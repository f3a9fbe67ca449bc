"""The sentences of the schema and of the form's own rules."""

from __future__ import annotations

from typing import Any

import pytest

from engine.forms import Form, check
from tests.forms.conftest import form_of, posted, said, sent

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    "own, typed, sentence, english",
    [
        ({"minLength": 3}, "ab", "至少 3 个字。", "At least 3 characters."),
        ({"maxLength": 3}, "abcd", "最多 3 个字。", "At most 3 characters."),
        ({"pattern": "^a"}, "b", "格式不对，请核对。", "The format is not right."),
        ({"format": "email"}, "b", "格式不对，请核对。", "The format is not right."),
        ({"const": "a"}, "b", "请选择“a”。", "Please choose “a”."),
        ({"not": {"const": "b"}}, "b", "填写的内容不对，请核对。", None),
        (
            {"type": "number", "minimum": 1.5},
            "1",
            "不能小于 1.5。",
            "Must be at least 1.5.",
        ),
        ({"type": "number", "maximum": 1}, "2", "不能大于 1。", "Must be at most 1."),
        ({"type": "number", "exclusiveMinimum": 0}, "0", "必须大于 0。", None),
        ({"type": "number", "exclusiveMaximum": 9}, "9", "必须小于 9。", None),
        ({"type": "number", "multipleOf": 0.1}, "0.25", "必须是 0.1 的倍数。", None),
        ({"type": "integer"}, "1.5", "请填写整数。", "Please give a whole number."),
    ],
)
def test_sentences_of_the_schema(
    own: dict[str, Any], typed: str, sentence: str, english: str | None
) -> None:
    form = form_of({"type": "string", **own})
    filled = posted(form, x=typed)
    assert said(form, filled) == sentence
    assert said(form, filled, lang="en") == (english or said(form, filled, lang="en"))
    assert said(form, posted(form, x="")) == ""  # nothing answered, nothing wrong


def test_a_multiple_of_a_decimal_is_exact() -> None:
    form = form_of({"type": "number", "multipleOf": 0.1})
    assert said(form, posted(form, x="0.3")) == ""


def test_a_bound_of_money_is_said_in_yuan() -> None:
    form = form_of({"type": "integer", "maximum": 200000}, {"widget": "money"})
    assert said(form, posted(form, x="2000.01")) == "不能大于 2000.00 元。"


def test_an_empty_list_that_needs_entries() -> None:
    form = form_of({"type": "array", "minItems": 1}, {"widget": "photo"})
    assert said(form, posted(form, x="")) == "请拍照或上传照片。"
    two = form_of({"type": "array", "minItems": 2}, {"widget": "file"})
    assert said(two, posted(two, x="f1")) == "至少 2 项。"


def test_the_form_may_say_it_in_its_own_words() -> None:
    own = {
        "type": "string",
        "pattern": "^A",
        "x-messages": {
            "pattern": "合同编号以 A 开头。",
            "pattern@en": "Starts with A.",
        },
    }
    form = form_of({"properties": {"x": own}, "required": ["x"]})
    assert said(form, posted(form, x="B")) == "合同编号以 A 开头。"
    assert said(form, posted(form, x="B"), lang="en") == "Starts with A."
    assert said(form, posted(form, x="")) == "请填写这一项。"


def test_errors_stand_in_the_order_of_the_page(receipt: Form) -> None:
    filled = posted(receipt, hack="1", items__1__qty="0", items__0__what="a" * 31)
    assert list(check(receipt, filled)) == [
        "hack",
        "unit_no",
        "owner_name",
        "kind",
        "came_on",
        "accepted",
        "items.0.what",
        "items.0.qty",
        "items.1.what",
        "items.1.qty",
        "agree",
        "sig_owner",
    ]


def rule(when: str, **more: Any) -> Form:
    properties = {"a": TEXT, "b": TEXT}
    refuse = [{"when": when, "say": "不行。", "say@en": "No.", **more}]
    return form_of({"properties": properties, "required": ["a"]}, refuse=refuse)


def test_a_rule_is_asked_only_when_the_rest_is_right() -> None:
    form = rule("b == 'x'", field="b")
    assert check(form, posted(form, a="", b="x")) == {"a": ["请填写这一项。"]}
    assert check(form, posted(form, a="1", b="x")) == {"b": ["不行。"]}
    assert check(form, posted(form, a="1", b="x"), "en") == {"b": ["No."]}
    assert check(form, posted(form, a="1", b="y")) == {}


def test_a_rule_about_the_whole_form_or_over_the_case() -> None:
    form = rule("cap < 5")
    assert check(form, posted(form, {"cap": 4}, a="1")) == {"": ["不行。"]}
    assert check(form, posted(form, {"cap": 5}, a="1")) == {}


def test_a_rule_over_what_is_empty_says_nothing_but_a_broken_one_is_told() -> None:
    form = rule("b < a", field="b")
    assert check(form, posted(form, a="1", b="")) == {}
    broken = rule("a < 5")
    assert "管理员" in said(broken, posted(broken, a="1"), "")


def test_json_that_is_no_object(receipt: Form) -> None:
    for answers in (None, [], "x", 3):
        assert said(receipt, sent(receipt, answers), "") == "答案的格式不对。"
