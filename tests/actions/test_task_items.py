"""A task that asks hundreds: each answer a transaction of its own, the whole counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from engine import (
    AlreadyDone,
    AnswersRefused,
    NotFound,
    NotYours,
    cancel_case,
    claim_task,
    complete_item,
    save_item_draft,
    transact,
    void_record,
)
from engine.actions.complete_item import ItemAnswered
from engine.actions.open_task import CaseNotRunning, TakenByOther
from engine.actions.publish_process import CheckFailed
from engine.actions.save_item_draft import BeingFilled
from engine.actions.wake_cases import wake_all
from engine.forms import ItemsRefused, read_json
from engine.sealing import is_hidden
from engine.store.tables import Case, Event, Record, StaffRole, Task, TaskItem
from engine.workflow.many import TooManyTurns
from tests.actions.running import at, case, press, start, waits_for
from tests.cast import Office
from tests.models import drawing, publish
from tests.statements import counted
from tests.survey import (
    COLLECT,
    FLOWS,
    NODES,
    ONE,
    answer,
    close,
    items,
    open_survey,
    publish_survey,
    script,
)

FIRST = {"score": 5, "dept": "客服"}


def told(office: Office, case_id: int, *kinds: str) -> list[Event]:
    with office.sessions() as session:
        query = select(Event).where(Event.case_id == case_id, Event.kind.in_(kinds))
        return list(session.scalars(query.order_by(Event.seq)))


def data(office: Office, case_id: int) -> dict[str, Any]:
    return case(office, case_id).data


# -- the list opens with the task ---------------------------------------------------


def test_the_items_are_written_with_the_task_in_one_statement(office: Office) -> None:
    publish_survey(office, 300)
    with counted(office.engine) as asked:
        case_id = start(office, "survey")
    assert len([s for s in asked.statements if "INTO task_item" in s]) == 1
    assert asked.commits == 1
    with office.sessions() as session:
        task_id = session.scalars(select(Task.id)).one()
    found = items(office, task_id)
    assert [item.key for item in found] == [f"1-{n}" for n in range(1, 301)]
    assert (found[6].label, found[6].house_code) == ("1-7 业主7", "1-7")
    assert found[6].facts == {"owner": "业主7"} and found[6].answers is None
    assert waits_for(office, case_id) == ["collect"]


def test_an_operation_lists_the_houses(office: Office) -> None:
    listed = {
        "operation": "list_houses",
        "values": {"statuses": "['vacant', 'owner_occupied']"},
        "key": "unit_no",
        "label": "unit_no + ' ' + owner",
        "house": "unit_no",
        "form": COLLECT["items"]["form"],
    }
    _, task_id = open_survey(office, 1, items=listed)
    assert [item.label for item in items(office, task_id)] == [
        "1-1-0102 冯南乔",
        "1-1-0201 陈晓芸、贾大勇",
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("'甲'", "不是列表"),
        ("[{'code': '1', 'owner': ''}, {'code': '1', 'owner': ''}]", "编号相同"),
        ("[{'code': '', 'owner': ''}]", "第 1 项没有编号"),
        ("[{'code': None, 'owner': ''}]", "第 1 项没有编号"),
        ("[{'code': '1', 'owner': [1]}]", "第 1 项的“owner”"),
    ],
)
def test_a_list_that_is_none_starts_nothing(
    office: Office, source: str, reason: str
) -> None:
    declared = {**COLLECT["items"], "from": source, "label": "code"}
    publish_survey(office, 1, items=declared)
    with pytest.raises(ItemsRefused, match=reason):
        start(office, "survey")
    with office.sessions() as session:
        for table in (Case, Task, TaskItem, Event):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_an_empty_list_is_a_list(office: Office) -> None:
    case_id, task_id = open_survey(office, 0)
    assert items(office, task_id) == []
    close(office, task_id)
    assert data(office, case_id)["rate"] == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"operation": "no_such", "from": None}, "没有名为“no_such”的操作"),
        ({"operation": "hand_over_house", "from": None}, "缺少参数“unit_no”"),
        (
            {"operation": "list_houses", "from": None, "values": {"x": "1"}},
            "/items/values/x",
        ),
        ({"key": "open('x')"}, "没有名为“open”的函数"),
        ({"label": None}, "/items/label：应是表达式"),
        ({"form": {"title": "空"}}, "/items/form/schema"),
        ({"form": {**ONE, "items": {}}}, "不能有 items"),
        ({"form": {**ONE, "record": {"kind": "R46", "each": "x"}}}, "每一项写一份记录"),
        ({"form": {**ONE, "record": {"kind": "台账"}}}, "/items/form/record"),
    ],
)
def test_a_wrong_definition_is_not_published(
    desk: Office, change: dict[str, Any], sentence: str
) -> None:
    merged = {**COLLECT["items"], **change}
    declared = {key: value for key, value in merged.items() if value is not None}
    with pytest.raises(CheckFailed) as refused:
        publish_survey(desk, 1, items=declared)
    assert any(sentence in found.sentence for found in refused.value.findings)


# -- answering one ------------------------------------------------------------------


def test_an_answer_is_a_row_and_a_line_and_loads_no_workflow(office: Office) -> None:
    case_id, task_id = open_survey(office, 5)
    before = case(office, case_id)
    item = items(office, task_id)[1]
    answer(office, items(office, task_id)[0], FIRST)  # caches are warm from here on
    with counted(office.engine) as asked:
        done = answer(office, item, {"score": 2, "dept": "工程", "comment": "电梯慢"})
    # the person is read by the test
    statements = [s for s in asked.statements if "FROM staff" not in s]
    assert len(statements) <= 8, asked.told
    assert not any("state," in s and '"case".state' in s for s in statements)
    assert done.next_item == items(office, task_id)[2].id
    kept = items(office, task_id)[1]
    assert (kept.state, kept.version, kept.done_by) == ("done", 1, _id(office, "jiahl"))
    assert kept.answers == {"score": 2, "dept": "工程", "comment": "电梯慢"}
    line = told(office, case_id, "item_done")[1]
    assert (line.actor, line.task_id, line.element) == ("贾惠玲", task_id, "collect")
    assert line.detail == {
        "item": "1-2",
        "label": "1-2 业主2",
        "answers": kept.answers,
    }
    after = case(office, case_id)
    assert after.data == before.data and after.history_seq == before.history_seq + 2


def _id(office: Office, username: str) -> int:
    return office.person(username).id


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"score": 0}, {"score"}),
        ({"score": 6}, {"score"}),
        ({}, {"score"}),
        ({"score": 1, "salary": 3}, {"salary"}),
        ({"score": 1, "comment": "长" * 51}, {"comment"}),
        ({"score": "很好"}, {"score"}),
    ],
)
def test_an_answer_is_checked_as_any_form(
    office: Office, answers: dict[str, Any], fields: set[str]
) -> None:
    case_id, task_id = open_survey(office, 1)
    with pytest.raises(AnswersRefused) as refused:
        answer(office, items(office, task_id)[0], answers)
    assert set(refused.value.fields) == fields
    assert items(office, task_id)[0].state == "open"
    assert told(office, case_id, "item_done") == []


@pytest.mark.parametrize("score", [1, 5])
def test_at_the_bounds_it_is_taken(desk: Office, score: int) -> None:
    _, task_id = open_survey(desk, 1)
    answer(desk, items(desk, task_id)[0], {"score": score, "comment": "长" * 50})
    assert items(desk, task_id)[0].state == "done"


def hire_a_second(office: Office) -> None:
    """Somebody else who may do the task."""
    with office.sessions.begin() as session:
        session.add(StaffRole(staff_id=_id(office, "lusy"), role="cashier"))


def test_of_two_people_at_one_item_one_wins(office: Office) -> None:
    hire_a_second(office)
    case_id, task_id = open_survey(office, 1)
    item = items(office, task_id)[0]

    def one(by: str) -> str:
        try:
            answer(office, item, FIRST, by=by)
            return "done"
        except ItemAnswered as late:
            assert late.status == 409
            return "late"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(one, ["jiahl", "lusy", "jiahl", "lusy"]))
    assert sorted(said) == ["done", "late", "late", "late"]
    assert len(told(office, case_id, "item_done")) == 1


def test_many_people_answer_at_once_and_nothing_is_lost(office: Office) -> None:
    case_id, task_id = open_survey(office, 40)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda item: answer(office, item, FIRST), items(office, task_id)))
    assert {item.state for item in items(office, task_id)} == {"done"}
    seqs = [event.seq for event in told(office, case_id, "item_done")]
    assert len(set(seqs)) == 40
    assert case(office, case_id).history_seq == max(seqs)


def test_a_correction_is_told_with_before_and_after(office: Office) -> None:
    case_id, task_id = open_survey(office, 1)
    item = items(office, task_id)[0]
    answer(office, item, FIRST)
    answer(office, item, {"score": 2, "dept": "客服", "comment": "慢"}, seen=1)
    with pytest.raises(ItemAnswered):
        answer(office, item, {"score": 3}, seen=1)
    (line,) = told(office, case_id, "item_corrected")
    assert line.detail == {
        "item": "1-1",
        "label": "1-1 业主1",
        "before": {"score": 5, "comment": None},
        "after": {"score": 2, "comment": "慢"},
    }
    assert items(office, task_id)[0].version == 2


def test_a_draft_is_one_persons(office: Office) -> None:
    hire_a_second(office)
    _, task_id = open_survey(office, 1)
    item = items(office, task_id)[0]

    def draft(by: str, item_id: int = item.id) -> None:
        with office.sessions() as session:
            person = office.person(by)
            typed = {"score": ["很"]}
            transact(
                session,
                save_item_draft,
                office.runtime,
                person,
                task_id,
                item_id,
                typed,
            )

    draft("jiahl")
    draft("jiahl")
    with pytest.raises(BeingFilled, match="贾惠玲"):
        draft("lusy")
    with pytest.raises(NotFound):
        draft("lusy", item.id + 1)
    answer(office, item, FIRST, by="lusy")
    assert items(office, task_id)[0].draft_by is None


def test_a_number_among_the_answers_is_kept_hidden(office: Office) -> None:
    one = COLLECT["items"]["form"]
    fields = {**one["schema"]["properties"], "id_no": {"type": "string"}}
    schema = {**one["schema"], "properties": fields}
    ui = {**one["ui"], "id_no": {"widget": "id_number"}}
    listed = {**COLLECT["items"], "form": {**one, "schema": schema, "ui": ui}}
    case_id, task_id = open_survey(office, 1, items=listed)
    number = "990101199606188725"
    answer(office, items(office, task_id)[0], {**FIRST, "id_no": number})
    kept = items(office, task_id)[0].answers or {}
    assert is_hidden(kept["id_no"]) and number not in str(kept)
    again = {"score": 1, "id_no": "990***********8725"}
    answer(office, items(office, task_id)[0], again, seen=1)
    now = items(office, task_id)[0].answers or {}
    assert (now["score"], now["id_no"]) == (1, kept["id_no"])
    lines = told(office, case_id, "item_done", "item_corrected")
    assert len(lines) == 2 and number not in str([line.detail for line in lines])


# -- papers ---------------------------------------------------------------------------


def with_papers(record: Any = "R46") -> dict[str, Any]:
    return {
        **COLLECT["items"],
        "form": {**COLLECT["items"]["form"], "record": record},
    }


def papers(office: Office) -> list[Record]:
    with office.sessions() as session:
        return list(session.scalars(select(Record).order_by(Record.id)))


def test_an_answered_item_is_a_numbered_paper(office: Office) -> None:
    case_id, task_id = open_survey(office, 3, items=with_papers())
    first, second, _ = items(office, task_id)
    answer(office, first, FIRST)
    with counted(office.engine) as asked:
        answer(office, second, {"score": 2, "comment": "慢"})
    statements = [s for s in asked.statements if "FROM staff" not in s]
    assert len(statements) <= 8, asked.told
    assert asked.commits == 1
    assert [(p.number[-5:], p.key, p.house_code) for p in papers(office)] == [
        ("00001", "1-1", "1-1"),
        ("00002", "1-2", "1-2"),
    ]
    paper = papers(office)[1]
    assert (paper.case_id, paper.task_id, paper.element) == (
        case_id,
        task_id,
        "collect",
    )
    assert paper.data == {"score": 2, "dept": None, "comment": "慢", "unit_no": "1-2"}
    assert paper.created_by == _id(office, "jiahl")


def test_a_paper_of_an_item_names_whom_another_form_chose(office: Office) -> None:
    record = {"kind": "R46", "fields": ["score", "leader"]}
    leader = {"leader": {"type": "string", "title": "负责人"}}
    collect = {
        **COLLECT,
        "schema": {
            **COLLECT["schema"],
            "properties": {**COLLECT["schema"]["properties"], **leader},
        },
        "ui": {**COLLECT["ui"], "leader": {"widget": "person"}},
        "items": with_papers(record),
    }
    own = str(_id(office, "shicl"))
    made = script(1).replace("households", f"leader = '{own}'\nhouseholds", 1)
    flows = FLOWS.replace("begin > collect", "begin > make\nmake > collect")
    bpmn = drawing("survey", NODES + made, flows)
    publish(office, "survey", bpmn, {"collect": collect})
    start(office, "survey")
    with office.sessions() as session:
        task_id = session.scalars(select(Task.id).where(Task.state == "open")).one()
    answer(office, items(office, task_id)[0], FIRST)
    (paper,) = papers(office)
    assert paper.data["leader"] == {"staff_id": own, "name": "石长林"}


def test_a_correction_completes_the_same_paper(office: Office) -> None:
    _, task_id = open_survey(office, 1, items=with_papers())
    item = items(office, task_id)[0]
    answer(office, item, FIRST)
    with counted(office.engine) as asked:
        answer(office, item, {"score": 2}, seen=1)
    statements = [s for s in asked.statements if "FROM staff" not in s]
    assert len(statements) <= 8, asked.told
    (paper,) = papers(office)
    assert (paper.serial, paper.data["score"], paper.data["dept"]) == (1, 2, None)
    with office.sessions() as session:
        manager = office.person("hanwc")
        transact(session, void_record, office.runtime, manager, paper.id, "误填")
    answer(office, item, {"score": 4}, seen=2)
    voided, fresh = papers(office)
    assert (voided.data["score"], fresh.data["score"]) == (2, 4)
    assert (fresh.serial, fresh.replaces_id) == (2, voided.id)


def test_a_refused_answer_takes_no_number(office: Office) -> None:
    _, task_id = open_survey(office, 2, items=with_papers())
    first, second = items(office, task_id)
    answer(office, first, FIRST)
    with pytest.raises(AnswersRefused):
        answer(office, second, {"score": 6})
    with pytest.raises(ItemAnswered):
        answer(office, first, FIRST)
    answer(office, second, FIRST)
    assert [paper.serial for paper in papers(office)] == [1, 2]


def test_a_paper_of_an_item_may_have_a_condition_and_a_key(office: Office) -> None:
    rule = {"kind": "R46", "when": "score < 3", "key": "owner", "fields": ["score"]}
    _, task_id = open_survey(office, 2, items=with_papers(rule))
    for item, score in zip(items(office, task_id), (3, 2), strict=True):
        answer(office, item, {"score": score})
    (paper,) = papers(office)
    assert (paper.key, paper.data) == ("业主2", {"score": 2, "unit_no": "1-2"})


def test_papers_of_items_at_once_are_unbroken(office: Office) -> None:
    _, task_id = open_survey(office, 30, items=with_papers())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda item: answer(office, item, FIRST), items(office, task_id)))
    assert [paper.serial for paper in papers(office)] == list(range(1, 31))


# -- who, and when it is over -------------------------------------------------------


def test_whose_task_it_is_not_answers_nothing(office: Office) -> None:
    case_id, task_id = open_survey(office, 1)
    item = items(office, task_id)[0]
    with pytest.raises(NotYours):
        answer(office, item, FIRST, by="baiyf")
    hire_a_second(office)
    with office.sessions() as session:
        transact(session, claim_task, office.person("jiahl"), task_id)
    with pytest.raises(TakenByOther):
        answer(office, item, FIRST, by="lusy")
    answer(office, item, FIRST)
    _, second = open_survey(office, 1)
    wrong = TaskItem(id=item.id, task_id=second)
    with pytest.raises(NotFound):
        answer(office, wrong, FIRST)
    assert len(told(office, case_id, "item_done")) == 1


def test_after_the_task_is_closed_nothing_is_answered(office: Office) -> None:
    case_id, task_id = open_survey(office, 2)
    first, second = items(office, task_id)
    answer(office, first, FIRST)
    close(office, task_id)
    for item, seen in ((first, 1), (second, 0)):
        with pytest.raises(AlreadyDone):
            answer(office, item, FIRST, seen)
    assert items(office, task_id)[0].answers == {**FIRST, "comment": None}
    with office.sessions() as session:
        person = office.person("hanwc")
        transact(session, cancel_case, office.runtime, person, case_id, "误办")
    with pytest.raises((AlreadyDone, CaseNotRunning)):
        answer(office, second, FIRST)


def test_the_task_closes_while_an_item_is_being_answered(office: Office) -> None:
    case_id, task_id = open_survey(office, 1)
    item = items(office, task_id)[0]

    def reading(form: Any) -> Any:
        close(office, task_id)  # by somebody else, after the task was seen to be open
        return read_json(form, FIRST)

    with office.sessions() as session, pytest.raises(ItemAnswered):
        person = office.person("jiahl")
        transact(
            session, complete_item, office.runtime, person, task_id, item.id, reading
        )
    assert items(office, task_id)[0].state == "open"
    assert data(office, case_id)["returned"] == 0
    assert told(office, case_id, "item_done") == []


# -- the whole ----------------------------------------------------------------------


def needs(when: str) -> list[dict[str, str]]:
    return [{"when": when, "say": "收回的还不够。"}]


@pytest.mark.parametrize(
    ("rule", "enough"),
    [
        ("items_open() > 0", 4),
        ("items_done() * 10 < items_total() * 6", 3),
        ("items_done() < 1", 1),
        ("items_count('dept == \\'客服\\'') < 2", 2),
        ("items_sum('score') < 15", 3),
    ],
)
def test_a_form_says_how_much_must_be_answered(
    desk: Office, rule: str, enough: int
) -> None:
    _, task_id = open_survey(desk, 4, refuse=needs(rule.replace("\\'", '"')))
    for number, item in enumerate(items(desk, task_id)):
        if number == enough:
            break
        with pytest.raises(AnswersRefused) as refused:
            close(desk, task_id)
        assert refused.value.fields == {"": ["收回的还不够。"]}
        answer(desk, item, FIRST)
    close(desk, task_id)


def test_the_counts_are_plain_variables_after_the_task(office: Office) -> None:
    case_id, task_id = open_survey(office, 5)
    for item, score in zip(items(office, task_id), (5, 4, 3), strict=False):
        answer(office, item, {"score": score})
    close(office, task_id)
    found = data(office, case_id)
    assert found["returned"] == 3 and found["rate"] == 0.6
    assert found["satisfied"] == 2 and found["points"] == 12
    assert waits_for(office, case_id) == ["report"]
    assert not any("score" in name for name in found)


@pytest.mark.parametrize(
    ("answered", "then"), [(0, "explain"), (1, "explain"), (2, "report")]
)
def test_a_deadline_keeps_what_was_answered(
    office: Office, answered: int, then: str
) -> None:
    with time_machine.travel(at("2026-07-01 09:00"), tick=False) as clock:
        case_id, task_id = open_survey(office, 4)
        for item in items(office, task_id)[:answered]:
            answer(office, item, FIRST)
        clock.move_to(at("2026-07-16 09:01"), tick=False)
        with office.sessions() as session:
            assert wake_all(session, office.runtime) == 1
        assert waits_for(office, case_id) == [then]
        found = data(office, case_id)
        assert (found["returned"], found["rate"]) == (answered, answered / 4)
        kept = items(office, task_id)
        assert [i.state for i in kept].count("done") == answered
        with pytest.raises(AlreadyDone):
            answer(office, kept[3], FIRST)
        press(office, case_id, then)
    assert case(office, case_id).status == "ended"


def test_items_are_counted_by_kind(desk: Office) -> None:
    ui = {**COLLECT["ui"], "points": {"widget": "computed"}}
    ui["points"]["compute"] = "items_by('dept')['客服']"
    case_id, task_id = open_survey(desk, 3, ui=ui)
    for item, dept in zip(items(desk, task_id), ("客服", "工程", "客服"), strict=True):
        answer(desk, item, {"score": 5, "dept": dept})
    close(desk, task_id)
    assert data(desk, case_id)["points"] == 2


# -- not so many turns of a multi-instance ------------------------------------------


RESULT = {
    "ask": {
        "title": "询问",
        "schema": {
            "type": "object",
            "properties": {"result": {"type": "string", "title": "答复"}},
        },
    }
}


def each(count: int) -> bytes:
    made = f"[n for n in range({count})]".replace("<", "&lt;")
    nodes = (
        '<startEvent id="begin"/><endEvent id="end"/>'
        f'<scriptTask id="make"><script>things = {made}</script></scriptTask>'
        '<userTask id="ask" name="逐户询问"><multiInstanceLoopCharacteristics>'
        "<loopDataInputRef>things</loopDataInputRef>"
        "<loopDataOutputRef>results</loopDataOutputRef>"
        '<inputDataItem id="thing" name="thing"/>'
        '<outputDataItem id="result" name="result"/>'
        "</multiInstanceLoopCharacteristics></userTask>"
    )
    return drawing("asking", nodes, "begin > make\nmake > ask\nask > end")


def test_two_hundred_turns_open_and_no_more(office: Office) -> None:
    publish(office, "asking", each(200), RESULT)
    case_id = start(office, "asking")
    assert len(waits_for(office, case_id)) == 200
    publish(office, "asking", each(201), RESULT)
    with pytest.raises(TooManyTurns, match="“逐户询问”要同时展开 201 项，最多 200 项"):
        start(office, "asking")
    with office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
