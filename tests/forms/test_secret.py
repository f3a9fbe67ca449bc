"""Numbers that are kept encrypted: what a form does with them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.forms import (
    Form,
    answers_of,
    check,
    display,
    fill,
    hidden_answers,
    hidden_draft,
    opened_draft,
    read,
    values,
)
from engine.sealing import Seal, is_hidden

SEAL = Seal("a secret")
NUMBER, OTHER = "990101199606188725", "990101199001168481"
ACCOUNT = "6222020200012345678"


@pytest.fixture
def worker() -> Form:
    text = {"type": "string"}
    row = {"type": "object", "properties": {"name": text, "id_no": text}}
    fields = {"id_no": {**text, "maxLength": 18, "title": "身份证号"}, "account": text}
    fields |= {"workers": {"type": "array", "items": row}}
    return Form.parse(
        {
            "title": "登记",
            "schema": {"type": "object", "properties": fields, "required": ["id_no"]},
            "ui": {
                "id_no": {"widget": "id_number", "prefill": "known"},
                "account": {"mask": True},
                "workers": {"columns": {"id_no": {"widget": "id_number"}}},
            },
        },
        {"known"},
    )


def kept(form: Form, posted: dict[str, list[str]], **scope: Any) -> dict[str, Any]:
    filled = fill(form, read(form, posted), {"known": None, **scope})
    assert check(form, filled) == {}
    return hidden_answers(form, values(form, filled), SEAL)


def test_what_is_kept_is_encrypted_in_rows_too(worker: Form) -> None:
    posted = {"id_no": [NUMBER], "account": [ACCOUNT], "workers.0.id_no": [OTHER]}
    found = kept(worker, {**posted, "workers": [""], "workers.0.name": ["张三"]})
    assert is_hidden(found["id_no"]) and SEAL.reveal(found["account"]) == ACCOUNT
    (row,) = found["workers"]
    assert row["name"] == "张三" and SEAL.reveal(row["id_no"]) == OTHER


def test_it_is_shown_by_its_ends_whatever_the_caller_asks(worker: Form) -> None:
    found = kept(worker, {"id_no": [NUMBER], "account": [ACCOUNT]})
    for masked in (True, False):
        shown = display(worker.by_name["id_no"], found["id_no"], masked=masked)
        assert shown == "990***********8725"
        shown = display(worker.by_name["account"], found["account"], masked=masked)
        assert shown == "***********5678"
    assert answers_of(worker, found)["id_no"] == "990***********8725"


def test_left_as_it_stood_it_stays(worker: Form) -> None:
    """The stars in the input are no answer, and the schema's length is the number's."""
    hidden = SEAL.hide(NUMBER)
    filled = fill(worker, read(worker, {}), {"known": hidden})
    assert filled.typed["id_no"] == "990***********8725"
    posted = {"id_no": [str(filled.typed["id_no"])]}
    assert kept(worker, posted, known=hidden)["id_no"] == hidden


def test_typed_anew_it_is_checked(worker: Form) -> None:
    hidden = SEAL.hide(NUMBER)
    assert kept(worker, {"id_no": [OTHER]}, known=hidden)["id_no"] == SEAL.hide(OTHER)
    for typed in ("990***********8481", "990101199606188720"):
        filled = fill(worker, read(worker, {"id_no": [typed]}), {"known": hidden})
        assert "id_no" in check(worker, filled)


def test_a_draft_is_encrypted_and_comes_back_as_typed(worker: Form) -> None:
    typed = {"id_no": ["9901 0119"], "account": "6222", "workers.3.id_no": [OTHER]}
    typed |= {"workers": [""], "unknown": ["x"]}
    draft = hidden_draft(worker, typed, SEAL)
    assert not {"9901 0119", "6222", OTHER} & {t for v in draft.values() for t in v}
    opened = opened_draft(worker, draft, SEAL)
    assert opened == {**typed, "account": ["6222"]}
