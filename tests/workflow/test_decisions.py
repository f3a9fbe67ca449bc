"""Decision tables: as they run in the engine, and what the check finds in them."""

from __future__ import annotations

import random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

from engine.expressions import evaluate
from engine.workflow.check import Catalogue, Finding, check_drawing
from engine.workflow.decisions import SUBJECT, condition_of
from engine.workflow.library import parse
from engine.workflow.run import StepFailed, World, start
from engine.workflow.state import Specs, dump_specs, load_specs
from tests.workflow.build import Model, props

CATALOGUE = Catalogue(
    functions=frozenset({"param"}), parameters={"limit": 1000, "more": 5000}
)
CALLED = "<spiffworkflow:calledDecisionId>kind</spiffworkflow:calledDecisionId>"
AMOUNT, TYPE = ("amount", "金额", "number"), ("type", "类别", "string")


def table(
    inputs: list[tuple[str, ...]],
    outputs: list[str],
    rules: list[list[str]],
    policy: str = "UNIQUE",
    name: str = "定级",
) -> bytes:
    """A DMN file; inputs are (expression, label, type, allowed values)."""

    def cell(kind: str, at: str, text: str) -> str:
        return f'<{kind} id="{kind}{at}"><text>{escape(text)}</text></{kind}>'

    parts = []
    for at, (text, label, kind, *allowed) in enumerate(inputs):
        values = "".join(
            f'<inputValues id="v{at}"><text>{escape(a)}</text></inputValues>'
            for a in allowed
        )
        parts.append(
            f'<input id="i{at}" label={quoteattr(label)}><inputExpression id="x{at}"'
            f' typeRef="{kind}"><text>{escape(text)}</text></inputExpression>{values}</input>'
        )
    parts += [f'<output id="o{at}" name="{own}"/>' for at, own in enumerate(outputs)]
    for row, cells in enumerate(rules):
        entries = [
            cell(
                "inputEntry" if at < len(inputs) else "outputEntry", f"{row}_{at}", text
            )
            for at, text in enumerate(cells)
        ]
        parts.append(f'<rule id="r{row}">{"".join(entries)}</rule>')
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"'
        f' name="d" namespace="n"><decision id="kind" name={quoteattr(name)}>'
        f'<decisionTable id="t" hitPolicy="{policy}">{"".join(parts)}'
        "</decisionTable></decision></definitions>"
    ).encode()


def model(content: bytes, **properties: str) -> Model:
    more = CALLED + (props(**properties) if properties else "")
    return Model(
        "start.s -> rule.decide -> user.a -> end.e",
        more={"decide": more},
        names={"decide": "定级"},
        decisions={"kind.dmn": content},
    )


def specs_of(content: bytes, **properties: str) -> Specs:
    """As they come back from the database."""
    drawn = model(content)
    source = drawn.source()
    bpmn = source.bpmn
    if properties:
        added = "".join(
            f'<spiffworkflow:property name="{name}" value="{value}"/>'
            for name, value in properties.items()
        )
        first, last = bpmn.split(b'<businessRuleTask id="decide"')
        last = last.replace(
            b"<spiffworkflow:properties>",
            b"<spiffworkflow:properties>" + added.encode(),
            1,
        )
        bpmn = first + b'<businessRuleTask id="decide"' + last
    parsed = parse(type(source)("p", bpmn, source.decisions, {}))
    return load_specs(dump_specs(parsed.specs))


def decide(content: bytes, data: dict[str, Any], **properties: str) -> dict[str, Any]:
    world = World({"param": {"limit": 1000}.__getitem__})
    return dict(start(specs_of(content, **properties), data, world).data)


LEVELS = table(
    [AMOUNT, TYPE],
    ["level"],
    [
        ["< 1000", "-", '"一般"'],
        ["1000 <= ? < 50000", '"水电"', '"重要"'],
        ["1000 <= ? < 50000", '? in ["电梯", "消防"]', '"紧急"'],
        [">= 50000", "", '"重大"'],
    ],
)


@pytest.mark.parametrize(
    ("amount", "kind", "level"),
    [
        (999, "水电", "一般"),
        (1000, "水电", "重要"),
        (49_999, "消防", "紧急"),
        (50_000, "别的", "重大"),
    ],
)
def test_the_rule_that_matches_answers(amount: int, kind: str, level: str) -> None:
    assert decide(LEVELS, {"amount": amount, "type": kind})["level"] == level


def test_no_rule_is_an_error_that_names_the_step_and_the_inputs() -> None:
    with pytest.raises(StepFailed) as refused:
        decide(LEVELS, {"amount": 2000, "type": "绿化"})
    assert str(refused.value) == (
        "“定级”这一步办不下去：决策表“定级”没有一条规则符合：“金额”是 2000，“类别”是 绿化。"
    )


def test_no_rule_is_fine_where_the_step_says_so() -> None:
    data = {"amount": 2000, "type": "绿化", "level": "旧的"}
    assert decide(LEVELS, data, may_match_nothing="yes")["level"] is None


def test_a_missing_input_is_an_error_that_names_it() -> None:
    with pytest.raises(StepFailed, match="“定级”这一步.*输入“类别”没有值：.*“type”"):
        decide(LEVELS, {"amount": 2000})


def test_a_value_of_the_wrong_kind_names_the_rule() -> None:
    with pytest.raises(StepFailed, match="第 1 条规则的“金额”算不出来"):
        decide(LEVELS, {"amount": "很多", "type": "水电"})


TWICE = [["< 10", '"甲"'], ["< 20", '"乙"'], ["-", '"丙"']]


def test_unique_lets_only_one_rule_match() -> None:
    content = table([AMOUNT], ["level"], TWICE)
    assert decide(content, {"amount": 30})["level"] == "丙"
    with pytest.raises(StepFailed, match="只允许一条规则符合，现在第 1、2、3 条都符合"):
        decide(content, {"amount": 5})


def test_first_takes_the_first() -> None:
    content = table([AMOUNT], ["level"], TWICE, "FIRST")
    assert decide(content, {"amount": 15})["level"] == "乙"


def test_any_wants_all_that_match_to_agree() -> None:
    alike = [["< 10", '"甲"'], ["< 20", '"甲"'], ["> 15", '"乙"']]
    content = table([AMOUNT], ["level"], alike, "ANY")
    assert decide(content, {"amount": 5})["level"] == "甲"
    with pytest.raises(StepFailed, match="第 2、3 条规则都符合，得出的结果却不一样"):
        decide(content, {"amount": 17})


def test_collect_gives_lists_that_replace_the_old_ones() -> None:
    content = table([AMOUNT], ["level"], TWICE, "COLLECT")
    data = {"amount": 15, "level": ["旧", "旧", "旧", "旧"]}
    assert decide(content, data)["level"] == ["乙", "丙"]
    none = table([AMOUNT], ["level"], TWICE[:1], "COLLECT")
    assert decide(none, {"amount": 15, "level": ["旧"]})["level"] == []


def test_parameters_of_the_site_count() -> None:
    content = table(
        [AMOUNT], ["level"], [['< param("limit")', "1"], ['>= param("limit")', "2"]]
    )
    assert decide(content, {"amount": 999})["level"] == 1
    assert decide(content, {"amount": 1000})["level"] == 2


@pytest.mark.parametrize(
    ("cell", "condition"),
    [
        ("-", None),
        (" ", None),
        ("< 5", "输入值 < 5"),
        ('in ["甲?"]', '输入值 in ["甲?"]'),
        ('"怎么?"', '输入值 == ("怎么?")'),
        ("0 <= ? < 5", "0 <= 输入值 < 5"),
        ("-5", "输入值 == (-5)"),
        ("income", "输入值 == (income)"),
        ("not in [1]", "输入值 not in [1]"),
    ],
)
def test_what_a_cell_means(cell: str, condition: str | None) -> None:
    assert condition_of(cell) == condition


# the check


def findings_in(content: bytes, **properties: str) -> list[Finding]:
    found = check_drawing(model(content, **properties).source(), CATALOGUE)
    return [f for f in found if f.code.startswith("decision")]


def told(content: bytes, **properties: str) -> list[tuple[str, str, str]]:
    return [
        (f.severity, f.code.removeprefix("decision."), f.sentence)
        for f in findings_in(content, **properties)
    ]


def one_column(
    cells: list[str], kind: str = "number", policy: str = "UNIQUE", *allowed: str
) -> bytes:
    rules = [[cell, str(at)] for at, cell in enumerate(cells)]
    return table([("amount", "金额", kind, *allowed)], ["level"], rules, policy)


def test_a_whole_table_gets_no_findings() -> None:
    assert told(one_column(["< 0", "0 <= ? < 10", ">= 10"])) == []
    assert told(one_column(["True", "False"], "boolean")) == []
    assert told(one_column(["? is None", "? is not None"], "string")) == []


@pytest.mark.parametrize(
    ("cells", "kind", "example"),
    [
        (["< 10", "> 10"], "number", "“金额”是 10"),
        (["< 10", ">= 20"], "number", "“金额”是 10"),
        (["<= 10", ">= 20"], "number", "“金额”是 15"),
        (["<= 10", ">= 12"], "integer", "“金额”是 11"),
        (["< 10", "10 <= ? < 50"], "number", "“金额”是 50"),
        (["> 0.5", "0.5"], "number", "“金额”是 0.25"),
        (["True"], "boolean", "“金额”是 False"),
        (["? > 3"], "number", "“金额”是 2"),
    ],
)
def test_a_gap_is_told_by_an_example(cells: list[str], kind: str, example: str) -> None:
    found = told(one_column(cells, kind))
    assert ("error", "gap", f"决策表“定级”：{example} 时没有一条规则符合。") in found


def test_whole_numbers_leave_no_gap_between_neighbours() -> None:
    assert told(one_column(["< 0", "0 <= ? <= 10", "> 10"], "integer")) == []
    assert told(one_column(["<= 10", ">= 11"], "integer")) == []
    assert [f[1] for f in told(one_column(["<= 10", ">= 11"], "number"))] == ["gap"]


def test_inputs_that_may_never_come_are_a_warning() -> None:
    negative = told(one_column(["0 <= ? < 10", ">= 10"]))
    assert [(f[0], f[1]) for f in negative] == [("warning", "gap")]
    assert "“金额”是 -1" in negative[0][2]
    other = told(one_column(['"水电"', '"电梯"'], "string"))
    assert [(f[0], f[1]) for f in other] == [("warning", "gap")]
    assert "别的文字" in other[0][2]


def test_the_values_that_a_column_lists_are_all_that_may_come() -> None:
    listed = one_column(['"水电"', '"电梯"'], "string", "UNIQUE", '"水电","电梯"')
    assert told(listed) == []
    longer = one_column(
        ['"水电"', '"电梯"'], "string", "UNIQUE", '"水电","电梯","消防"'
    )
    assert told(longer) == [
        ("error", "gap", '决策表“定级”：“金额”是 "消防" 时没有一条规则符合。')
    ]


def test_gaps_are_meant_where_the_step_may_match_nothing() -> None:
    assert told(one_column(["< 10"]), may_match_nothing="yes") == []
    assert told(one_column(["< 10"], "number", "COLLECT")) == []


def test_an_overlap_is_told_by_an_example() -> None:
    assert told(one_column(["<= 10", ">= 10"])) == [
        (
            "error",
            "overlap",
            "决策表“定级”：第 1、2 条规则重叠，例如“金额”是 10 时都符合。",
        )
    ]
    assert told(one_column(["<= 10", ">= 10"], "number", "FIRST")) == []


def test_gaps_and_overlaps_of_several_columns() -> None:
    rules = [
        ["< 10", '"水电"', "1"],
        [">= 10", "-", "2"],
        ["< 10", '? != "水电"', "3"],
        ["> 100", '"消防"', "4"],
    ]
    assert [f[1] for f in told(table([AMOUNT, TYPE], ["level"], rules[:3]))] == []
    (overlap,) = told(table([AMOUNT, TYPE], ["level"], rules))
    assert '第 2、4 条规则重叠，例如“金额”是 101、“类别”是 "消防"' in overlap[2]
    (gap,) = told(table([AMOUNT, TYPE], ["level"], rules[1:3]))
    assert '“类别”是 "水电"' in gap[2]


def test_two_columns_of_one_input_cannot_differ() -> None:
    rules = [["< 10", "-", "1"], ["-", ">= 10", "2"]]
    assert told(table([AMOUNT, AMOUNT], ["level"], rules)) == []


def test_any_may_overlap_where_the_answers_agree() -> None:
    agreeing = [["<= 10", '"甲"'], [">= 10", "'甲'"]]
    assert told(table([AMOUNT], ["level"], agreeing, "ANY")) == []
    differing = [["<= 10", '"甲"'], [">= 10", '"乙"']]
    assert [f[1] for f in told(table([AMOUNT], ["level"], differing, "ANY"))] == [
        "overlap"
    ]


def test_a_rule_that_never_has_its_turn_is_warned_of() -> None:
    shadowed = told(one_column(["< 10", "< 5", "-"], "number", "FIRST"))
    assert [(f[0], f[1]) for f in shadowed] == [("warning", "shadowed")]
    assert "第 2 条规则" in shadowed[0][2]


def test_a_rule_that_contradicts_itself_is_refused() -> None:
    found = told(one_column(["10 < ? < 5", "-"]))
    assert [(f[0], f[1]) for f in found] == [("error", "never")]


def test_parameters_stand_for_their_defaults() -> None:
    whole = ['< param("limit")', '>= param("limit")']
    assert told(one_column(whole)) == []
    assert [
        f[1] for f in told(one_column(['< param("limit")', '>= param("more")']))
    ] == ["gap"]


@pytest.mark.parametrize("cell", ["< income", "? * 2 < 10", "len(?) > 3", 'param("x")'])
def test_what_cannot_be_judged_beforehand_is_said(cell: str) -> None:
    found = told(one_column([cell, "-"]))
    assert [(f[0], f[1]) for f in found] == [("warning", "undecided")]
    assert "第 1 条规则的“amount”要到办理时才算得出" in found[0][2]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("[0..1000]", "0 <= ? < 1000"),
        ("true", "True"),
        ('"水电","电梯"', '? in ["甲", "乙"]'),
        ('not("水电")', "用 ? 代表输入值"),
        ('"水电" or "电梯"', "用 ? 代表输入值"),
        ("< ", "写法不对"),
        ("nothing(?)", "没有名为“nothing”的函数"),
    ],
)
def test_what_other_tools_write_is_explained(cell: str, words: str) -> None:
    found = told(one_column([cell, "-"]))
    assert [(f[0], f[1]) for f in found] == [("error", "cell")]
    assert words in found[0][2]


@pytest.mark.parametrize("policy", ["PRIORITY", "RULE ORDER", "OUTPUT ORDER"])
def test_other_hit_policies_are_refused(policy: str) -> None:
    assert [f[1] for f in told(one_column(["-"], "number", policy))] == ["policy"]


def test_sums_in_the_table_are_refused() -> None:
    content = one_column(["-"], "number", "COLLECT")
    summed = content.replace(b'"COLLECT"', b'"COLLECT" aggregation="SUM"')
    assert [f[1] for f in told(summed)] == ["policy"]


@pytest.mark.parametrize("name", ["a b", "", "_x", "typename", "param", "sum"])
def test_an_answer_needs_a_name_of_its_own(name: str) -> None:
    found = told(table([AMOUNT], [name], [["-", "1"]]))
    assert [f[1] for f in found] == ["output"]


def test_a_table_without_rules_is_refused() -> None:
    assert [f[1] for f in told(table([AMOUNT], ["level"], []))] == ["empty"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nonsense", "XML"),
        (
            LEVELS.replace(b"<decision ", b"<input ").replace(
                b"</decision>", b"</input>"
            ),
            "0 个",
        ),
        (
            LEVELS.replace(b"<decisionTable", b"<context").replace(
                b"</decisionTable", b"</context"
            ),
            "决策表",
        ),
    ],
)
def test_a_file_that_holds_no_table_is_told(content: bytes, words: str) -> None:
    found = [f for f in findings_in(content) if f.code == "decision.file"]
    assert [f.element for f in found] == ["kind.dmn"]
    assert words in found[0].sentence


def test_one_decision_twice_is_refused() -> None:
    drawn = model(LEVELS)
    source = drawn.source()
    source = type(source)(
        "p", source.bpmn, {"a.dmn": LEVELS, "b.dmn": LEVELS}, source.forms
    )
    found = check_drawing(source, CATALOGUE)
    assert "decision.twice" in [f.code for f in found]


def random_cell(rnd: random.Random) -> str:
    one, other = sorted(rnd.sample(range(-3, 6), 2))
    return rnd.choice(
        (
            *("-", f"< {one}", f"<= {one}", f"> {one}", f">= {one}", str(one)),
            *(f"{one} < ? <= {other}", f"? in [{one}, {other}]", f"? != {one}"),
            f"not (? == {one} or ? > {other})",
        )
    )


def test_gaps_and_overlaps_are_those_that_counting_finds() -> None:
    for seed in range(150):
        rnd = random.Random(seed)
        rules = [[random_cell(rnd), random_cell(rnd), str(n)] for n in range(4)]
        content = table(
            [("x", "甲", "integer"), ("y", "乙", "integer")], ["level"], rules
        )
        matches = [
            [
                n
                for n, (one, other, _) in enumerate(rules)
                if holds(one, x) and holds(other, y)
            ]
            for x in range(-6, 9)
            for y in range(-6, 9)
        ]
        never = {0, 1, 2, 3}.difference(*matches)
        codes = {code for _, code, _ in told(content)}
        assert ("gap" in codes) == ([] in matches), (seed, rules)
        assert ("overlap" in codes) == any(len(m) > 1 for m in matches), (seed, rules)
        assert ("never" in codes) == bool(never), (seed, rules)


def holds(cell: str, value: int) -> bool:
    condition = condition_of(cell)
    return condition is None or bool(evaluate(condition, {SUBJECT: value}))


def test_a_large_table_is_given_up_in_time() -> None:
    """Every rule cuts every column elsewhere: 2^n corners."""
    inputs = [(f"x{n}", f"第{n}列", "number") for n in range(12)]
    rules = [
        [
            *(
                f"> {(row * 7 + n * 3) % 11}" if (row + n) % 3 else "-"
                for n in range(12)
            ),
            "1",
        ]
        for row in range(60)
    ]
    found = told(table(inputs, ["level"], rules, "FIRST"))
    assert {f[1] for f in found} <= {"gap", "undecided", "shadowed"}
