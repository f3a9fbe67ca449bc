"""Prefill, compute, hide, and the rows of tables."""

from __future__ import annotations

from typing import Any

from engine.forms import (
    Form,
    answers_of,
    apply_op,
    check,
    fill,
    read,
    read_json,
    values,
)
from tests.forms.conftest import ESTATE, form_of, posted, said, sent

TEXT = {"type": "string"}
FEN = {"type": "integer"}
TABLE = {
    "type": "array",
    "items": {"properties": {"what": TEXT, "qty": FEN}, "required": ["what"]},
}


def test_a_prefill_stands_until_the_person_answers() -> None:
    form = form_of(TEXT, {"prefill": "owner"})
    scope = {"owner": "张三"}
    assert values(form, posted(form, scope)) == {"x": "张三"}
    assert values(form, sent(form, {}, scope)) == {"x": "张三"}
    assert values(form, posted(form, scope, x="")) == {"x": None}
    assert values(form, sent(form, {"x": None}, scope)) == {"x": None}
    assert values(form, posted(form, scope, x="李四")) == {"x": "李四"}


def test_a_prefill_follows_the_field_it_comes_from(receipt: Form) -> None:
    first = posted(receipt, unit_no="1-1-1802", owner_name="")
    assert first.values["owner_name"] is None  # emptied by hand: it stays empty
    drawn = posted(receipt, unit_no="1-1-1802")
    assert drawn.prefilled["owner_name"] == "张三"
    moved = {
        "unit_no": ["1-1-1803"],
        "owner_name": ["张三"],
        "_was.owner_name": ["张三"],
    }
    assert _filled(receipt, moved).values["owner_name"] == "李四"
    typed = {**moved, "owner_name": ["张三丰"]}
    assert _filled(receipt, typed).values["owner_name"] == "张三丰"


def _filled(form: Form, names: dict[str, list[str]], **scope: Any) -> Any:
    return fill(form, read(form, names), scope, ESTATE)


def test_its_own_name_means_the_value_of_the_case() -> None:
    form = form_of(FEN, {"compute": "default(x, 0) + 1"})
    assert values(form, posted(form)) == {"x": 1}
    assert values(form, posted(form, {"x": 4})) == {"x": 5}


def test_readonly_and_computed_are_never_read_from_the_client() -> None:
    form = form_of(
        {"properties": {"a": TEXT, "b": FEN, "t": TABLE}},
        {
            "a": {"readonly": True},
            "b": {"compute": "2 * fee"},
            "t": {"columns": {"qty": {"compute": "7"}}},
        },
    )
    scope = {"a": "旧", "fee": 5}
    html = posted(form, scope, a="新", b="9", t__0__what="门", t__0__qty="1")
    api = sent(form, {"a": "新", "b": 9, "t": [{"what": "门", "qty": 1}]}, scope)
    for filled in (html, api):
        assert check(form, filled) == {}
        assert values(form, filled) == {
            "a": "旧",
            "b": 10,
            "t": [{"what": "门", "qty": 7}],
        }


def test_hidden_fields_lose_value_and_required() -> None:
    form = form_of(
        {
            "properties": {"a": TEXT, "x": {"type": "string", "minLength": 4}},
            "required": ["x"],
        },
        {"x": {"show_if": "a == 'yes'"}},
    )
    hidden = posted(form, {"x": "old value"}, a="no", x="b")
    assert check(form, hidden) == {} and values(form, hidden) == {"a": "no"}
    assert "x" in hidden.hidden
    assert said(form, posted(form, a="yes")) == "请填写这一项。"


def test_what_hides_may_itself_be_hidden_or_computed() -> None:
    form = form_of(
        {"properties": {"c": TEXT, "b": FEN, "a": TEXT}},
        {"c": {"show_if": "b > 1"}, "b": {"compute": "len(a)", "show_if": "a"}},
    )
    assert values(form, posted(form, a="长长", c="x")) == {
        "c": "x",
        "b": 2,
        "a": "长长",
    }
    assert values(form, posted(form, a="", c="x")) == {"a": None}


def test_rules_that_chase_each_other_still_end() -> None:
    form = form_of(
        {"properties": {"a": TEXT, "b": TEXT}},
        {"a": {"show_if": "not b"}, "b": {"show_if": "not a"}},
    )
    assert set(values(form, posted(form, a="1", b="2"))) <= {"a", "b"}
    ring = form_of(
        {"properties": {"a": FEN, "b": FEN}},
        {"a": {"compute": "default(b, 0) + 1"}, "b": {"compute": "default(a, 0) + 1"}},
    )
    assert values(ring, posted(ring)).keys() == {"a", "b"}


def test_an_expression_without_result_gives_nothing() -> None:
    form = form_of(FEN, {"compute": "area * 2"})
    assert values(form, posted(form)) == {"x": None}
    assert values(form, posted(form, {"area": "text"})) == {"x": None}


def test_money_is_computed_half_up_on_the_fen() -> None:
    form = form_of(FEN, {"widget": "money", "compute": "area * rate"})
    assert values(form, posted(form, {"area": 89.5, "rate": 281}))["x"] == 25150
    assert values(form, posted(form, {"area": 0.29, "rate": 50}))["x"] == 15


def test_rows_keep_their_keys_and_blank_ones_are_left_out() -> None:
    form = form_of(TABLE, {"min_rows": 2})
    assert posted(form).rows == {"x": (0, 1)} and values(form, posted(form)) == {
        "x": []
    }
    filled = posted(form, x__0__what="", x__0__qty="", x__3__what="", x__3__qty="0")
    assert filled.rows == {"x": (0, 3)}
    assert values(form, filled) == {"x": [{"what": None, "qty": 0}]}
    assert check(form, filled) == {"x.3.what": ["请填写这一项。"]}


def test_an_empty_object_of_the_api_is_meant_as_a_row() -> None:
    form = form_of(TABLE)
    assert check(form, sent(form, {"x": [{}]})) == {"x.0.what": ["请填写这一项。"]}
    assert check(form, sent(form, {"x": [1]})).keys() == {"x.0", "x.0.what"}


def test_a_row_that_only_has_its_prefill_is_blank() -> None:
    form = form_of(TABLE, {"min_rows": 1, "columns": {"qty": {"prefill": "1"}}})
    assert values(form, posted(form, x__0__what="", x__0__qty="1")) == {"x": []}
    assert values(form, posted(form, x__0__what="", x__0__qty="2"))["x"]


def test_rows_are_added_and_removed_without_javascript() -> None:
    form = form_of({"properties": {"t": TABLE, "n": TEXT}})
    names = {"t": [""], "t.0.what": ["甲"], "t.4.what": ["乙"], "t.4.qty": ["x"]}
    answers = read(form, names)
    assert apply_op(form, answers, "add:t").rows["t"] == (0, 4, 5)
    less = apply_op(form, answers, "del:t:4")
    assert less.rows["t"] == (0,) and not less.errors and "t.4.what" not in less.typed
    for op in (
        "",
        "add:n",
        "add:zz",
        "del:t:99",
        "del:t",
        "add:t:1",
        "refresh",
        "add:" * 9,
    ):
        assert apply_op(form, answers, op).rows == answers.rows
    full = read(form, {f"t.{n}.what": ["甲"] for n in range(200)})
    assert len(apply_op(form, full, "add:t").rows["t"]) == 200


def test_a_checklist_has_fixed_rows(checklist: Form) -> None:
    scope = {"unit_no": "1-1-1802", "checklist": [{"item": "门"}, {"item": "窗"}]}
    filled = posted(checklist, scope, checks__1__ok="false", checks__1__item="假")
    assert filled.values["checks"] == [
        {"item": "门", "ok": None, "remark": None},
        {"item": "窗", "ok": False, "remark": None},
    ]
    assert check(checklist, filled) == {"checks.0.ok": ["请选择一项。"]}
    assert "checks.0.remark" in filled.hidden and "checks.1.remark" not in filled.hidden
    answers = read(checklist, {"checks.0.ok": ["true"]})
    assert apply_op(checklist, answers, "add:checks") == answers
    more = sent(checklist, {"checks": [{"ok": True}] * 3}, scope)
    assert "固定" in said(checklist, more, "checks")


def test_bounds_on_rows_and_keys() -> None:
    form = form_of(TABLE)
    many = [{"what": "甲"}] * 201
    assert said(form, sent(form, {"x": many})) == "最多 200 行。"
    html = {f"x.{n}.what": ["甲"] for n in range(201)}
    assert said(form, _filled(form, html)) == "最多 200 行。"
    flood = {f"k{n}": ["1"] for n in range(2001)}
    assert "太多" in said(form, _filled(form, flood), "")
    assert len(check(form, _filled(form, flood))) <= 21


def test_a_function_is_asked_once_in_a_form() -> None:
    asked: list[str] = []

    def house(code: str) -> dict[str, Any]:
        asked.append(code)
        return {"owner_name": "张三"}

    form = form_of(
        {"properties": {"unit_no": TEXT, "a": TEXT, "b": TEXT}},
        {
            "unit_no": {"widget": "house"},
            "a": {"compute": "house(unit_no).owner_name"},
            "b": {"compute": "house(unit_no).owner_name"},
        },
    )
    fill(form, read_json(form, {"unit_no": "1-1-1802"}), {}, {"house": house})
    assert asked.count("1-1-1802") == 1


def test_mistakes_in_hidden_fields_do_not_count() -> None:
    form = form_of(
        {"properties": {"a": TEXT, "t": TABLE, "n": FEN}},
        {"t": {"show_if": "a"}, "n": {"show_if": "a"}},
    )
    filled = posted(form, a="", t__0__qty="x", n="x")
    assert check(form, filled) == {} and values(form, filled) == {"a": None}


def test_the_values_of_a_case_come_back_as_answers(receipt: Form) -> None:
    given = {
        "unit_no": "1-1-1802",
        "rate": "2.80",
        "kind": "owner",
        "accepted": True,
        "came_on": "2026-02-13",
        "items": [{"what": "钥匙", "qty": 2, "price": "10.50", "back": True}],
        "agree": True,
        "sig_owner": "张三",
    }
    filled = sent(receipt, given)
    assert check(receipt, filled) == {}
    again = sent(receipt, answers_of(receipt, values(receipt, filled)))
    assert values(receipt, again) == values(receipt, filled)
    assert values(receipt, filled)["items_total"] == 2100
