"""A small procedure with a gate: it holds until the house owes nothing or a manager
decides otherwise."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine import complete_task, start_case, transact
from engine.forms import read_json
from engine.store.tables import Task
from tests.cast import Office
from tests.estate import HOUSE
from tests.models import drawing, operator, properties, publish

START = {
    "title": "搬出",
    "schema": {
        "type": "object",
        "properties": {"unit_no": {"type": "string", "title": "房号"}},
        "required": ["unit_no"],
    },
    "ui": {"unit_no": {"widget": "house"}},
}
HOLD = {
    "title": "等待缴清",
    "schema": {
        "type": "object",
        "properties": {
            "standing": {"type": "object", "title": "是否欠费"},
            "hold": {
                "type": "string",
                "title": "下一步",
                "oneOf": [
                    {"const": "ask_again", "title": "再次核查"},
                    {"const": "decide", "title": "提请特批"},
                ],
            },
        },
        "required": ["hold"],
    },
    "ui": {
        "standing": {
            "widget": "gate",
            "compute": 'gate("no_arrears", unit_no=unit_no)',
        }
    },
}
DECIDE = {
    "title": "特批",
    "schema": {
        "type": "object",
        "properties": {
            "arrears": {"type": "object", "title": "是否欠费"},
            "override_reason": {"type": "string", "title": "特批理由"},
        },
    },
    "ui": {
        "arrears": {"widget": "gate", "readonly": True},
        "override_reason": {"widget": "textarea"},
    },
}
_ASK = {"name": '"no_arrears"', "unit_no": "unit_no"}
NODES = (
    '<startEvent id="begin"/><manualTask id="apply" name="申请搬出"/>'
    '<serviceTask id="ask" name="核查欠费">{ask}</serviceTask>'
    '<exclusiveGateway id="may_go" name="无欠费？"/><manualTask id="leave" name="放行"/>'
    '<userTask id="wait" name="等待缴清">{wait}</userTask>'
    '<exclusiveGateway id="what_next" name="再次核查？"/>'
    '<userTask id="decide" name="特批">{decide}</userTask>'
    '<serviceTask id="override" name="记录特批">{override}</serviceTask>'
    '<endEvent id="left" name="已搬出"/>'
)
FLOWS = """begin > apply
    apply > ask
    ask > may_go
    may_go > leave : arrears.passed
    may_go > wait : not arrears.passed
    wait > what_next
    what_next > ask : hold == "ask_again"
    what_next > decide : hold == "decide"
    decide > override
    override > may_go
    leave > left"""


def publish_moving_out(office: Office) -> None:
    nodes = NODES.format(
        ask=operator("ask_gate", result="arrears", **_ASK),
        override=operator(
            "override_gate", result="arrears", reason="override_reason", **_ASK
        ),
        wait=properties(form="hold"),
        decide=properties(form="decide"),
    )
    bpmn = drawing("moving_out", nodes, FLOWS).decode()
    member = "<flowNodeRef>decide</flowNodeRef>"
    lane = f'<lane id="customer_manager" name="客户经理">{member}</lane></laneSet>'
    bpmn = bpmn.replace(member, "", 1).replace("</laneSet>", lane)
    forms = {"start": START, "hold": HOLD, "decide": DECIDE}
    publish(office, "moving_out", bpmn.encode(), forms)


def move_out(office: Office, unit_no: str = HOUSE) -> int:
    """A case of it, asked for by the desk."""
    with office.sessions() as session:
        person = office.person("jiahl")
        case = transact(
            session,
            start_case,
            office.runtime,
            person,
            "moving_out",
            lambda form: read_json(form, {"unit_no": unit_no}),
        )
        return case.id


def answer(
    office: Office, case_id: int, element: str, username: str, **answers: Any
) -> None:
    """Complete the open task of an element with these answers."""
    with office.sessions() as session:
        query = select(Task.id).where(
            Task.case_id == case_id, Task.element == element, Task.state == "open"
        )
        transact(
            session,
            complete_task,
            office.runtime,
            office.person(username),
            session.scalars(query).one(),
            lambda form: read_json(form, answers),
        )
