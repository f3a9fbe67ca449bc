"""A small survey: one task that asks many households, a deadline, a rate that decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine import complete_item, complete_task, transact
from engine.forms import read, read_json
from engine.store.tables import Task, TaskItem
from tests.actions.running import start
from tests.cast import Office
from tests.models import drawing, publish

ONE: dict[str, Any] = {
    "title": "满意度调查表",
    "schema": {
        "type": "object",
        "required": ["score"],
        "properties": {
            "score": {"type": "integer", "title": "评分", "minimum": 1, "maximum": 5},
            "dept": {"type": "string", "title": "部门", "enum": ["客服", "工程"]},
            "comment": {"type": "string", "title": "意见", "maxLength": 50},
        },
    },
    "ui": {"dept": {"widget": "radio"}, "comment": {"widget": "textarea"}},
}
COLLECT: dict[str, Any] = {
    "title": "收回问卷",
    "schema": {
        "type": "object",
        "properties": {
            "returned": {"type": "integer", "title": "收回"},
            "rate": {"type": "number", "title": "收回率"},
            "satisfied": {"type": "integer", "title": "满意"},
            "points": {"type": "integer", "title": "总分"},
            "remark": {"type": "string", "title": "说明"},
        },
    },
    "ui": {
        "returned": {"widget": "computed", "compute": "items_done()"},
        "rate": {
            "widget": "computed",
            "compute": "items_done() / items_total() if items_total() > 0 else 0",
        },
        "satisfied": {"widget": "computed", "compute": "items_count('score >= 4')"},
        "points": {"widget": "computed", "compute": "items_sum('score')"},
    },
    "items": {
        "from": "households",
        "key": "code",
        "label": "code + ' ' + owner",
        "house": "code",
        "facts": {"owner": "owner"},
        "form": ONE,
    },
}
NODES = (
    '<startEvent id="begin"/><userTask id="collect" name="收回问卷"/>'
    '<boundaryEvent id="late" attachedToRef="collect"><timerEventDefinition>'
    '<timeDuration xsi:type="tFormalExpression">"P15D"</timeDuration>'
    "</timerEventDefinition></boundaryEvent>"
    '<exclusiveGateway id="enough" default="enough__explain"/>'
    '<manualTask id="report" name="报告结果"/><manualTask id="explain" name="说明原因"/>'
    '<endEvent id="reported"/><endEvent id="explained"/>'
)
FLOWS = """begin > collect
collect > enough
late > enough
enough > report : rate >= 0.5
enough > explain
report > reported
explain > explained"""


def script(count: int) -> str:
    """A start that makes the list: in life an operation reads it from the register."""
    made = "[{'code': '1-' + str(n), 'owner': '业主' + str(n)} for n in range(1, %d)]"
    text = (made % (count + 1)).replace("<", "&lt;")
    return f'<scriptTask id="make"><script>households = {text}</script></scriptTask>'


def publish_survey(office: Office, count: int, **changes: Any) -> None:
    """``changes`` of the form of the task."""
    flows = FLOWS.replace("begin > collect", "begin > make\nmake > collect")
    bpmn = drawing("survey", NODES + script(count), flows)
    publish(office, "survey", bpmn, {"collect": {**COLLECT, **changes}})


def open_survey(office: Office, count: int, **changes: Any) -> tuple[int, str]:
    """A survey that asks so many: its case and its task."""
    publish_survey(office, count, **changes)
    case_id = start(office, "survey")
    with office.sessions() as session:
        query = select(Task.id).where(Task.case_id == case_id, Task.state == "open")
        return case_id, session.scalars(query).one()


def items(office: Office, task_id: str) -> list[TaskItem]:
    with office.sessions() as session:
        query = select(TaskItem).where(TaskItem.task_id == task_id)
        return list(session.scalars(query.order_by(TaskItem.place)))


def answer(
    office: Office,
    item: TaskItem,
    answers: Mapping[str, Any],
    seen: int = 0,
    by: str = "jiahl",
) -> Any:
    with office.sessions() as session:
        return transact(
            session,
            complete_item,
            office.runtime,
            office.person(by),
            item.task_id,
            item.id,
            lambda form: read_json(form, answers),
            seen,
        )


def close(office: Office, task_id: str, by: str = "jiahl") -> Any:
    with office.sessions() as session:
        return transact(
            session,
            complete_task,
            office.runtime,
            office.person(by),
            task_id,
            lambda form: read(form, {"remark": ["完毕"]}),
        )
