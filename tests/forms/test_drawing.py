"""What the templates draw: the same answers come back, nothing leaks, all is labelled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
from lxml import html

from engine.forms import WIDGETS, Form, check, fill, read, values
from tests.forms.conftest import ESTATE, FILES, form_of, posted
from web.fields import Drawing, form_view, read_view

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
SCOPE = {"checklist": [{"item": "门"}, {"item": "窗"}], "unit_no": "1-1-1802"}
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="
RIGHT = {
    "unit_no": ["1-1-1802"],
    "owner_name": ['张三 & <b>李四</b>"'],
    "owner_phone": ["13800000001"],
    "id_no": ["990101199003083721"],
    "kind": ["agent"],
    "agent_name": ["李四"],
    "agent_letter": ["f1"],
    "came_on": ["2026-02-13"],
    "meeting": ["2026-02-14T09:30"],
    "stage": ["空置"],
    "area": ["89.5"],
    "rate": ["2.80"],
    "accepted": ["false"],
    "reason": ["\n墙面有裂缝\n</textarea>"],
    "papers": ["contract", "id_copy"],
    "items.0.what": ["钥匙"],
    "items.0.qty": ["2"],
    "items.2.what": ["门禁卡"],
    "items.2.qty": ["3"],
    "items.2.back": ["true"],
    "photos": ["p1"],
    "handler": ["7"],
    "agree": ["true"],
    "sig_owner.name": ["李四"],
    "sig_owner.image": [PNG],
}


@pytest.fixture(scope="module")
def pages() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    found = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    found.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return found


def drawn(pages: jinja2.Environment, form: Form, filled: Any, **how: Any) -> Any:
    errors = check(form, filled) if how.pop("checked", False) else {}
    drawing = Drawing(upload_url="/up", file_url="/files/{}".format, **how)
    view = form_view(form, filled, errors, drawing)
    page = pages.get_template("fields/form.html").render(view=view, lang=drawing.lang)
    return html.fromstring(f"<form>{page}</form>")


def sends(page: Any) -> dict[str, list[str]]:
    """What a browser would post: the successful controls of HTML, in their order."""
    found: dict[str, list[str]] = {}
    for name, value in page.form_values():
        found.setdefault(name, []).append(value)
    return found


def answered(form: Form, names: dict[str, list[str]]) -> Any:
    return fill(form, read(form, names), SCOPE, ESTATE, FILES.get)


def test_what_is_drawn_posts_the_same_answers(
    pages: jinja2.Environment, receipt: Form, checklist: Form
) -> None:
    for form, names in (
        (receipt, RIGHT),
        (receipt, {}),
        (checklist, {"checks.1.ok": ["false"], "checks.1.remark": ["裂"]}),
    ):
        first = answered(form, names)
        again = answered(form, sends(drawn(pages, form, first)))
        assert values(form, again) == values(form, first)
        assert check(form, again) == check(form, first)
    right = answered(receipt, RIGHT)
    assert check(receipt, right) == {}


def test_wrong_text_is_drawn_again(pages: jinja2.Environment, receipt: Form) -> None:
    wrong = {
        "came_on": ["2026-02-30"],
        "meeting": ["morgen"],
        "area": ["12a"],
        "rate": ["<i>"],
        "owner_phone": ["138"],
        "items.0.qty": ["zwei"],
    }
    again = sends(drawn(pages, receipt, answered(receipt, wrong), checked=True))
    assert {name: again[name] for name in wrong} == wrong


def test_an_untouched_prefill_is_told_from_a_typed_one(
    pages: jinja2.Environment, receipt: Form
) -> None:
    names = sends(drawn(pages, receipt, answered(receipt, {"unit_no": ["1-1-1802"]})))
    names["unit_no"] = ["1-1-1803"]
    assert answered(receipt, names).values["owner_name"] == "李四"


def test_every_control_is_labelled_and_every_error_tied_to_it(
    pages: jinja2.Environment, receipt: Form
) -> None:
    wrong = {"items.0.qty": ["x"], "area": ["x"], "kind": [""], "agree": [""]}
    page = drawn(pages, receipt, answered(receipt, wrong), checked=True)
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    for control in page.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        inside = control.xpath("ancestor::label")
        assert inside or page.xpath("//label[@for=$id]", id=control.get("id"))
        assert control.get("autocomplete") == "off" or inside
    for described in page.xpath("//@aria-describedby"):
        assert all(part in ids for part in described.split())
    area = page.get_element_by_id("f-area")
    assert area.get("aria-invalid") == "true" and "is-invalid" in area.get("class")
    assert area.get("aria-describedby") == "f-area-err"
    assert page.get_element_by_id("f-items-0-qty-err").text_content() == "请填写数字。"
    targets = page.xpath("//*[@id='summary']//a/@href")
    assert "#f-items-0-qty" in targets and all(each[1:] in ids for each in targets)


def test_marks_for_scripts(pages: jinja2.Environment, receipt: Form) -> None:
    page = drawn(pages, receipt, answered(receipt, {"kind": ["agent"]}), max_bytes=9)
    live = {each.get("name") for each in page.xpath("//*[@data-live]")}
    assert {"unit_no", "kind", "rate", "items.0.qty", "items.0.price"} <= live
    assert not live & {"remark", "owner_phone", "stage"}
    letter = page.get_element_by_id("f-agent_letter")
    assert letter.get("data-upload") == "/up" and letter.get("data-max-files") == "2"
    assert (
        letter.get("accept") == ".pdf,image/*" and letter.get("data-max-bytes") == "9"
    )
    assert page.get_element_by_id("f-photos").get("capture") == "environment"
    assert page.xpath("//*[@data-signature]//input[@name='sig_owner.image']")
    ops = {each.get("value"): each for each in page.xpath("//button[@name='_op']")}
    assert set(ops) == {"refresh", "add:items", "del:items:0"}
    assert all(each.get("formnovalidate") is not None for each in ops.values())


def test_a_checklist_offers_no_rows(pages: jinja2.Environment, checklist: Form) -> None:
    page = drawn(pages, checklist, answered(checklist, {}))
    assert not page.xpath("//button")
    assert "门" in page.text_content() and not page.xpath("//*[@name='checks.0.item']")


def test_people_are_chosen_from_a_list(
    pages: jinja2.Environment, receipt: Form
) -> None:
    filled = answered(receipt, {"handler": ["7"]})
    page = drawn(pages, receipt, filled, choices={"person": {"7": "王五", "8": "孙二"}})
    select = page.get_element_by_id("f-handler")
    assert select.value == "7" and "孙二" in select.text_content()
    assert page.get_element_by_id("f-customer").get("type") == "text"


def test_reading_masks_and_has_nothing_to_fill_in(
    pages: jinja2.Environment, receipt: Form
) -> None:
    taken = values(receipt, answered(receipt, RIGHT))
    drawing = Drawing(file_url="/files/{}".format, choices={"person": {"7": "王五"}})
    view = read_view(receipt, taken, drawing)
    text = pages.get_template("fields/view.html").render(view=view)
    page = html.fromstring(text)
    assert not page.xpath("//input | //select | //textarea | //button")
    seen = page.text_content()
    for shown in (
        "990***********3721",
        "138****0001",
        "受托人",
        "否",
        "王五",
        "门禁卡",
    ):
        assert shown in seen
    assert "990101199003083721" not in text and "<b>李四</b>" not in text
    assert page.xpath("//a/@href") == ["/files/f1", "/files/p1"]
    assert page.xpath("//img/@src") == ["/files/p1/small", PNG]
    assert "990101199003083721" in pages.get_template("fields/view.html").render(
        view=read_view(receipt, taken, Drawing(masked=False))
    )


def test_reading_leaves_out_what_was_hidden(receipt: Form) -> None:
    taken = {"kind": "owner", "agent_name": None, "remark": None}
    shown = [f.path for _, fields in read_view(receipt, taken).sections for f in fields]
    assert shown == ["kind", "remark"]


def test_a_readonly_field_is_drawn_masked_in_a_form(pages: jinja2.Environment) -> None:
    own = {"type": "string", "title": "身份证号"}
    form = form_of(own, {"widget": "id_number", "readonly": True})
    page = drawn(pages, form, posted(form, {"x": "990101199003083721"}))
    assert "990***********3721" in page.text_content()
    assert not page.xpath("//input")


def test_a_readonly_table_is_drawn_with_nothing_to_change(
    pages: jinja2.Environment,
) -> None:
    row = {
        "type": "object",
        "properties": {"what": {"type": "string", "title": "物品"}},
    }
    own = {"type": "array", "title": "物品清单", "items": row}
    form = form_of(own, {"widget": "table", "readonly": True})
    page = drawn(pages, form, posted(form, {"x": [{"what": "沙发"}, {"what": "茶几"}]}))
    assert [cell.text_content().strip() for cell in page.xpath("//td")] == [
        "沙发",
        "茶几",
    ]
    assert not page.xpath("//input[not(@type='hidden')]|//button|//textarea|//select")


def test_english(pages: jinja2.Environment, receipt: Form) -> None:
    page = drawn(pages, receipt, answered(receipt, {"kind": ["agent"]}), lang="en")
    seen = page.text_content()
    assert "Who came" in seen and "An agent" in seen and "办理人" not in seen


def test_each_widget_has_its_template() -> None:
    assert {path.stem for path in (TEMPLATES / "fields").glob("*.html")} >= set(WIDGETS)
