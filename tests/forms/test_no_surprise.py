"""Whatever is posted: errors, never an exception, never a key that is not declared."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.forms import Filled, Form, answers_of, apply_op, check, display
from engine.forms import fill, read, read_json, values
from tests.forms.conftest import ESTATE, FILES, sample

FORMS = [sample("receipt"), sample("checklist")]
SCOPE = {"checklist": [{"item": "门"}], "deposit_cap": 9, "unit_no": "1-1-1802"}
NAMES = sorted({field.name for form in FORMS for field in form.fields})
COLUMNS = ["what", "qty", "price", "back", "ok", "item", "zz"]

names = (
    st.sampled_from(NAMES + ["_op", "csrf_token", "_was.owner_name", "items__upload"])
    | st.builds(
        "{}.{}.{}".format,
        st.sampled_from(["items", "checks", "kind", "sig_owner"]),
        st.integers(-2, 10**7) | st.text(max_size=3),
        st.sampled_from(COLUMNS) | st.text(max_size=4),
    )
    | st.sampled_from(["sig_owner.name", "sig_owner.image", "a.b.c.d.e", "..", ""])
    | st.text(max_size=12)
)
texts = (
    st.text(max_size=30)
    | st.sampled_from(["1e999", "-" * 50, "9" * 5000, "١٢", "2026-02-30", "f1", "true"])
    | st.integers().map(str)
    | st.floats().map(str)
    | st.text(
        alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Nd", "Zs"]), max_size=9
    )
)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.just(10**4000)
    | st.floats()
    | texts,
    lambda each: st.lists(each, max_size=4)
    | st.dictionaries(
        st.sampled_from(COLUMNS + ["name", "image"]) | texts, each, max_size=4
    ),
    max_leaves=10,
)
forms = st.sampled_from(FORMS)
quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def proved(form: Form, filled: Filled, typed: bool = True) -> None:
    declared = {field.name for field in form.fields if field.widget != "note"}
    for lang in ("zh", "en"):
        for path, sentences in check(form, filled, lang).items():
            assert isinstance(path, str) and sentences and all(sentences)
    entering = values(form, filled)
    assert set(entering) <= declared
    text = json.dumps(entering, allow_nan=False, ensure_ascii=not typed)
    assert "\\u0000" not in text.encode("utf-8").decode() or not typed
    answers_of(form, entering)
    for field in form.fields:
        display(field, entering.get(field.name))
        columns = {column.name for column in field.columns}
        for row in entering.get(field.name) or () if columns else ():
            assert set(row) == columns


@given(forms, st.dictionaries(names, st.lists(texts, max_size=3), max_size=8), names)
@quick
def test_nothing_posted_surprises(
    form: Form, posted: dict[str, list[str]], op: str
) -> None:
    answers = apply_op(form, read(form, posted), op)
    proved(form, fill(form, answers, SCOPE, ESTATE, FILES.get))


@given(forms, st.dictionaries(names, anything, max_size=8) | anything)
@quick
def test_no_json_surprises(form: Form, answers: Any) -> None:
    proved(form, fill(form, read_json(form, answers), SCOPE, ESTATE, FILES.get))


@given(forms, st.dictionaries(st.sampled_from([*NAMES, "checklist", "x"]), anything))
@quick
def test_no_data_of_the_case_surprises(form: Form, scope: dict[str, Any]) -> None:
    proved(form, fill(form, read(form, {}), scope, ESTATE, FILES.get), typed=False)
