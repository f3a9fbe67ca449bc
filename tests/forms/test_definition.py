"""A form file is refused when it is published, with the place and a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.forms import Form, FormRefused, depends
from tests.forms.conftest import form_of

TEXT = {"type": "string"}
ROWS = {"type": "array", "items": {"type": "object", "properties": {"q": TEXT}}}


def good() -> dict[str, Any]:
    return {
        "title": "表",
        "schema": {"type": "object", "properties": {"x": TEXT, "t": ROWS}},
        "ui": {"x": {"help": "说明"}},
        "order": ["x"],
    }


def found(**changes: Any) -> dict[str, str]:
    data = {**good(), **changes}
    with pytest.raises(FormRefused) as refused:
        Form.parse(data, ["house"])
    assert str(refused.value) and refused.value.status == 422
    return dict(refused.value.findings)


def looks(**ui: Any) -> dict[str, str]:
    return found(ui={"x": ui})


def schema(**properties: Any) -> dict[str, str]:
    return found(schema={"properties": properties}, ui={}, order=[])


def test_a_good_form_parses() -> None:
    form = Form.parse(good())
    assert [(field.name, field.widget) for field in form.fields] == [
        ("x", "text"),
        ("t", "table"),
    ]
    assert form.title() == "表" and form.records == ()


@pytest.mark.parametrize(
    "changes, place",
    [
        ({"titel": "表"}, "/titel"),
        ({"title": ""}, "/title"),
        ({"schema": []}, "/schema"),
        ({"schema": {"type": "array"}}, "/schema"),
        (
            {"schema": {"properties": {"x": {"type": "strin"}}}},
            "/schema/properties/x/type",
        ),
        ({"schema": {"properties": {"x": True}}}, "/schema/properties/x"),
        (
            {"schema": {"properties": {"x": {"$ref": "http://a/b"}}}},
            "/schema/properties/x/$ref",
        ),
        (
            {"schema": {"properties": {"x": TEXT}, "required": ["y"]}},
            "/schema/required",
        ),
        ({"ui": []}, "/ui"),
        ({"ui": {"y": {}}}, "/ui/y"),
        ({"ui": {"x": []}}, "/ui/x"),
        ({"ui": {"t": {"columns": {"z": {}}}}}, "/ui/t/columns/z"),
        (
            {"ui": {"t": {"columns": {"q": {"compute": "1 +"}}}}},
            "/ui/t/columns/q/compute",
        ),
        ({"ui": {"t": {"columns": {"q": {"widget": "note"}}}}}, "/ui/t/columns/q"),
        ({"order": "x"}, "/order"),
        ({"order": ["y"]}, "/order/0"),
        ({"order": ["x", "x"]}, "/order/1"),
        ({"record": 9}, "/record"),
        ({"record": "9 号"}, "/record"),
        ({"record": [{"kind": "R1", "fields": "x"}]}, "/record/0/fields"),
        ({"record": [{"kind": "R1", "each": "x"}]}, "/record/0/each"),
        ({"record": {"kind": "R1", "only": 1}}, "/record"),
        ({"refuse": {}}, "/refuse"),
        ({"refuse": [{"when": "x"}]}, "/refuse/0"),
        ({"refuse": [{"when": 1, "say": "不行"}]}, "/refuse/0"),
        ({"refuse": [{"if": "x"}]}, "/refuse/0"),
        ({"refuse": [{"when": "x =", "say": "不行"}]}, "/refuse/0/when"),
        ({"refuse": [{"when": "x", "say": "不行", "field": "y"}]}, "/refuse/0/field"),
    ],
)
def test_refused_at_its_place(changes: dict[str, Any], place: str) -> None:
    assert place in found(**changes)


@pytest.mark.parametrize(
    "ui, place",
    [
        ({"widget": "colour"}, "/ui/x/widget"),
        ({"widget": ["text"]}, "/ui/x/widget"),
        ({"colour": "red"}, "/ui/x/colour"),
        ({"readonly": "yes"}, "/ui/x/readonly"),
        ({"max_files": True}, "/ui/x/max_files"),
        ({"rows": 9999}, "/ui/x/rows"),
        ({"width": "third"}, "/ui/x/width"),
        ({"columns": {"q": {}}}, "/ui/x/columns"),
        ({"show_if": "x = 1"}, "/ui/x/show_if"),
        ({"compute": "__import__('os')"}, "/ui/x/compute"),
        ({"prefill": "nobody(x)"}, "/ui/x/prefill"),
        ({"widget": "money"}, "/ui/x"),
        ({"widget": "computed"}, "/ui/x"),
        ({"widget": "radio"}, "/ui/x"),
    ],
)
def test_ui_refused_at_its_place(ui: dict[str, Any], place: str) -> None:
    assert place in looks(**ui)


@pytest.mark.parametrize(
    "name",
    [
        "class",
        "None",
        "typename",
        "csrf_token",
        "house",
        "len",
        "_x",
        "a.b",
        "a__b",
        "房",
    ],
)
def test_names_that_cannot_be_variables(name: str) -> None:
    assert f"/schema/properties/{name}" in schema(**{name: TEXT})


@pytest.mark.parametrize(
    "own",
    [
        {"type": "number", "oneOf": [{"const": 1}]},
        {"oneOf": [{"const": "a"}, {"const": "a"}]},
        {"type": "boolean", "oneOf": [{"const": True}]},
        {"type": "array", "items": {"type": "string"}},
        {"type": "array", "items": {"type": "object"}},
        {"type": ["string", "null"]},
    ],
)
def test_schemas_no_widget_can_draw(own: dict[str, Any]) -> None:
    assert "/ui/x" in schema(x=own)


def test_a_compute_may_name_what_comes_from_the_case() -> None:
    form_of({"type": "integer"}, {"widget": "money", "compute": "area * rate"})


def test_a_date_may_be_called_date() -> None:
    form_of({"properties": {"date": TEXT}}, {"date": {"widget": "date"}})


def test_what_refreshes_the_form() -> None:
    form = form_of(
        {"properties": {"x": TEXT, "y": TEXT, "z": TEXT, "t": ROWS, "n": TEXT}},
        {
            "y": {"show_if": "x == 'a'"},
            "z": {"prefill": "z"},
            "n": {"compute": "len(t)"},
        },
        refuse=[{"when": "y == 'b'", "say": "不行"}],
    )
    assert depends(form) == {"x", "y", "t", "t.q"}
    assert form.is_live("t.3.q") and not form.is_live("z")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda each: st.lists(each, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["title", "schema", "ui", "order", "properties", "type", "items", "x"]
        )
        | st.text(max_size=5),
        each,
        max_size=4,
    ),
    max_leaves=12,
)


@given(JSON, JSON, JSON)
@settings(max_examples=150, deadline=None)
def test_no_file_is_worse_than_refused(whole: Any, own: Any, ui: Any) -> None:
    data = {"title": "表", "schema": {"properties": {"x": own}}, "ui": {"x": ui}}
    for each in (whole, data, {**good(), "record": own, "refuse": ui}):
        try:
            Form.parse(each)
        except FormRefused as refused:
            assert refused.findings


def test_a_parsed_form_does_not_share_the_file() -> None:
    data = good()
    form = Form.parse(data)
    before = json.dumps(form.source)
    data["schema"]["properties"]["x"]["maxLength"] = 1
    assert json.dumps(form.source) == before
