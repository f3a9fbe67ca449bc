"""The lint: each faulty drawing gets its findings and no others; sound ones get none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.workflow.check import Arguments, Finding, check_drawing, check_model
from engine.workflow.check.refusals import refusal_of
from engine.workflow.library import ModelRefused, Source, parse
from tests.workflow import build
from tests.workflow.build import Model, message, props
from tests.workflow.faulty_models import FAULTY, MESSAGE, TWO, multi, operator, timer

CATALOGUE = replace(
    build.CATALOGUE,
    arguments={"write_record": Arguments(frozenset({"title"}), None)},
    processes={"p": frozenset(), "other": frozenset(), "back": frozenset({"p"})},
)


def found_in(model: Model) -> list[Finding]:
    """As at publishing: a drawing without errors is parsed and explored."""
    source = model.source()
    found = check_drawing(source, CATALOGUE)
    if not any(finding.severity == "error" for finding in found):
        found += check_model(source, parse(source), CATALOGUE)
    return found


def told(findings: list[Finding], severity: str) -> set[tuple[str, str]]:
    return {(f.element, f.code) for f in findings if f.severity == severity}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_drawing_gets_exactly_its_findings(name: str) -> None:
    faulty = FAULTY[name]
    assert told(found_in(faulty.model), "error") == faulty.expected


@pytest.mark.parametrize("name", FAULTY)
def test_every_finding_is_one_sentence_that_names_its_element(name: str) -> None:
    for finding in found_in(FAULTY[name].model):
        assert finding.sentence.startswith("“")
        assert finding.sentence.endswith(("。", "！"))
        assert not set(",;?!") & set(finding.sentence.replace('["甲", "乙"]', ""))


FINE = {
    "two steps": Model(TWO),
    "a choice": Model("start.s -> xor.g -> user.a -> end.e\ng -> end.f"),
    "a rework round": Model("start.s -> xor.m -> user.a -> xor.g -> m\ng -> end.e"),
    "a parallel block": Model(
        "start.s -> and.g -> user.a -> and.j -> end.e\ng -> user.b -> j"
    ),
    "branches with ends of their own": Model(
        "start.s -> and.g -> user.a -> end.e\ng -> user.b -> end.f"
    ),
    "a parallel block in a rework round": Model(
        "start.s -> xor.m -> and.g -> user.a -> and.j -> xor.x -> m\n"
        "g -> user.b -> j\nx -> end.e"
    ),
    "a deadline": Model(f"{TWO}\nlate@a -> user.c -> end.f"),
    "a reminder": Model(f"{TWO}\nremind~a -> user.c -> end.f"),
    "a reminder that repeats": Model(
        f"{TWO}\nremind~a -> user.c -> end.f",
        inner={"remind": timer('"R3/PT1H"', "timeCycle")},
    ),
    "a reminder in a rework round": Model(
        "start.s -> xor.m -> user.a -> xor.g -> m\ng -> end.e\n"
        "remind~a -> user.c -> end.f"
    ),
    "a deadline ends the other branch": Model(
        "start.s -> and.g -> user.a -> and.j -> end.e\ng -> user.b -> j\n"
        "late@b -> end.f",
        inner={"f": build.TERMINATE},
    ),
    "a wait for whichever comes first": Model(
        "start.s -> eg.g -> catch.c -> end.e\ng -> catch.d -> end.f",
        inner={"c": timer('"P15D"'), "d": message("m")},
        roots=MESSAGE,
    ),
    "a subprocess that may fail": Model(
        "start.s -> sub.x -> end.e\nfail@x -> end.f",
        inside={"x": "start.i -> xor.g -> user.a -> end.o\ng -> end.bad"},
        inner={"fail": "<errorEventDefinition/>", "bad": "<errorEventDefinition/>"},
    ),
    "an error caught two levels up": Model(
        "start.s -> sub.x -> end.e\nfail@x -> end.f",
        inside={
            "x": "start.i -> sub.y -> end.o",
            "y": "start.k -> xor.g -> end.fine\ng -> end.bad",
        },
        inner={"fail": "<errorEventDefinition/>", "bad": "<errorEventDefinition/>"},
    ),
    "several of one kind": Model(
        TWO,
        inner={"a": multi()},
        forms={"a": {"schema": {"properties": {"done": {}}}}},
    ),
    "what several wrote in their turns is free for several others": Model(
        TWO,
        inner={"a": multi(), "b": multi(output="others", item="x", result="y")},
        forms={n: {"schema": {"properties": {"done": {}, "y": {}}}} for n in "ab"},
    ),
    "an operation, a linked case, a call": Model(
        "start.s -> service.x -> service.y -> call.z -> end.e",
        more={
            "x": operator("write_record", title="'甲'", kind="'R01'"),
            "y": operator("start_case", process="'other'"),
        },
        attributes={"z": 'calledElement="other"'},
    ),
    "words of its own": Model(
        TWO,
        more={
            "p": props(title="unit_no", context="'新'"),
            "a": props(due="add_days(today(), 2)", assignee="manager"),
        },
    ),
}
CALLS = frozenset({"an operation, a linked case, a call"})


@pytest.mark.parametrize("name", FINE)
def test_a_good_drawing_gets_no_errors(name: str) -> None:
    source = FINE[name].source()
    if name in CALLS:
        source = replace(source, called={"other": Model(TWO).bpmn("other")})
    found = check_drawing(source, CATALOGUE)
    found += check_model(source, parse(source), CATALOGUE)
    assert [f for f in found if f.severity == "error"] == []


WARNED = {
    "a message at the border comes once": (
        Model(f"{TWO}\nx~a -> end.f", inner={"x": message("m")}, roots=MESSAGE),
        {("x", "boundary.once")},
    ),
    "a moment without a zone": (
        Model(
            "start.s -> catch.c -> end.e",
            inner={"c": timer('"2026-03-10T09:00"', "timeDate")},
        ),
        {("c", "timer.zone")},
    ),
    "an end without an outcome": (
        Model("start.s -> xor.g -> end.e\ng -> end.f", more={"e": props(outcome="ok")}),
        {("f", "outcome.missing")},
    ),
    "a second pool": (
        Model(
            TWO,
            roots='<collaboration id="c"><participant id="one" processRef="p"/>'
            '<participant id="two" name="业主"/></collaboration>',
        ),
        {("two", "pool.several")},
    ),
    "26 steps": (
        Model(" -> ".join(["start.s", *(f"user.u{n}" for n in range(26)), "end.e"])),
        {("p", "drawing.many")},
    ),
    "branches that meet without a join": (
        Model(
            "start.s -> and.g -> user.a -> xor.m -> user.c -> end.e\ng -> user.b -> m"
        ),
        {("m", "unsound.twice")},
    ),
    "two branches that write one variable": (
        Model(
            "start.s -> and.g -> user.a -> and.j -> end.e\ng -> user.b -> j",
            forms={n: {"schema": {"properties": {"opinion": {}}}} for n in "ab"},
        ),
        {("a", "variable.parallel")},
    ),
    "several, again and again": (
        Model(
            "start.s -> xor.m -> user.a -> xor.g -> m\ng -> end.e",
            inner={"a": multi()},
            forms={"a": {"schema": {"properties": {"done": {}}}}},
        ),
        {("a", "mi.again")},
    ),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_may_be_meant_is_a_warning(name: str) -> None:
    model, expected = WARNED[name]
    found = found_in(model)
    assert told(found, "error") == set()
    assert told(found, "warning") == expected


def test_two_branches_that_write_apart_are_not_warned_of() -> None:
    model = Model(
        "start.s -> xor.g -> user.a -> xor.j -> user.c -> end.e\ng -> user.b -> j",
        forms={n: {"schema": {"properties": {"opinion": {}}}} for n in "abc"},
    )
    assert told(found_in(model), "warning") == set()


def test_once_may_be_meant() -> None:
    inner = {"x": message("m")}
    model = Model(f"{TWO}\nx~a -> end.f", inner=inner, roots=MESSAGE)
    assert told(found_in(model), "warning") == {("x", "boundary.once")}
    model.more["x"] = props(once="yes")
    assert told(found_in(model), "warning") == set()


def test_a_field_only_to_be_read_is_not_written() -> None:
    schema = {"schema": {"properties": {"opinion": {}}}}
    forms = {"a": schema, "b": {**schema, "ui": {"opinion": {"readonly": True}}}}
    chain = "start.s -> and.g -> user.a -> and.j -> end.e\ng -> user.b -> j"
    assert told(found_in(Model(chain, forms=forms)), "warning") == set()
    computed = {"opinion": {"readonly": True, "prefill": "now()"}}
    forms["b"] = {**schema, "ui": computed}
    found = told(found_in(Model(chain, forms=forms)), "warning")
    assert found == {("a", "variable.parallel")}


def test_a_step_without_a_clause_is_warned_of() -> None:
    plain = Model(TWO).bpmn().replace(b'value="P01.01"', b'value=""')
    found = check_drawing(Source("p", plain, {}, {"a": {}, "b": {}}), CATALOGUE)
    assert told(found, "warning") == {("a", "clause.missing"), ("b", "clause.missing")}


def test_findings_come_in_the_order_of_the_drawing() -> None:
    model = Model(
        "start.s -> user.a -> user.b -> catch.c -> end.e",
        inner={"c": timer("P2D")},
        more={"a": props(form="gone"), "b": props(due="1 +"), "p": props(title="(")},
    )
    assert [f.element for f in found_in(model)] == ["p", "a", "b", "c"]


def test_a_sentence_reads_like_one() -> None:
    model = Model(
        "start.s -> catch.c -> end.e",
        inner={"c": timer("P3M")},
        names={"c": "等三个月"},
    )
    assert [f.sentence for f in found_in(model)] == [
        '“等三个月”：时间“P3M”要加英文双引号，写成 "P3M"。'
    ]


def test_a_drawing_of_too_many_elements_is_not_looked_into() -> None:
    steps = " -> ".join(["start.s", *(f"user.u{n}" for n in range(2000)), "end.e"])
    assert [f.code for f in found_in(Model(steps))] == ["drawing.too_large"]


def test_the_largest_drawing_that_passes_can_be_read() -> None:
    steps = " -> ".join(["start.s", *(f"user.u{n}" for n in range(298)), "end.e"])
    assert told(found_in(Model(steps)), "error") == set()


def test_another_process_in_the_file_is_refused() -> None:
    bpmn = Model(TWO).bpmn()
    second = Model("start.s2 -> end.e2").bpmn("q").split(b"<process", 1)[1]
    both = bpmn.replace(b"</definitions>", b"<process" + second)
    found = check_drawing(Source("p", both, {}, {"a": {}, "b": {}}), CATALOGUE)
    assert ("q", "process.several") in told(found, "error")


def test_a_process_of_another_id_is_missed() -> None:
    source = replace(Model(TWO).source(), process_id="q")
    assert told(check_drawing(source, CATALOGUE), "error") == {("p", "process.missing")}


def test_data_of_a_scope_further_out_than_the_library_looks_is_refused() -> None:
    """It would look for it without end (node_parser._resolve_data_object_ref)."""
    model = Model(
        "start.s -> sub.x -> end.e",
        inside={"x": "start.i -> sub.y -> end.o", "y": "start.k -> user.a -> end.q"},
        inner={
            "a": "<dataInputAssociation><sourceRef>ref</sourceRef></dataInputAssociation>"
        },
    )
    bpmn = model.bpmn().replace(
        b'<startEvent id="s"',
        b'<dataObject id="d"/><dataObjectReference id="ref" dataObjectRef="d"/>'
        b'<startEvent id="s"',
    )
    found = check_drawing(replace(model.source(), bpmn=bpmn), CATALOGUE)
    assert told(found, "error") == {("a", "data.reference")}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (b"<userTask", b"<userTask nonsense='1'", "属性“nonsense”"),
        (b"</process>", b"<nonsense/></process>", "“nonsense”不该出现在这里"),
        (b"isExecutable='true'", b"isExecutable='false'", "可执行"),
    ],
)
def test_what_the_library_refuses_is_told_in_chinese(
    before: bytes, after: bytes, words: str
) -> None:
    bpmn = Model(TWO).bpmn().replace(before, after, 1)
    with pytest.raises(ModelRefused) as refused:
        parse(Source("p", bpmn, {}, {}))
    finding = refusal_of(refused.value, "p")
    assert words in finding.sentence
    assert finding.code == "parse"


def test_what_nobody_has_translated_is_quoted() -> None:
    with pytest.raises(ModelRefused) as refused:
        parse(Source("p", Model("start.s -> call.x -> end.e").bpmn(), {}, {}))
    assert "引擎不能读" in refusal_of(refused.value, "p").sentence
