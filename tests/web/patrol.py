"""A task with the form that has every widget, and how it is filled in rightly."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from engine import start_case, transact
from engine.settings import ROOT
from engine.store.tables import Party, Staff, Task
from tests.cast import Office
from tests.models import drawing, properties, publish
from tests.pictures import PDF, PNG
from tests.web.browsing import Form, Page, Visitor

PATROL = "patrol"
FORM: dict[str, Any] = json.loads(
    (ROOT / "tests" / "forms" / "samples" / "patrol.json").read_text(encoding="utf-8")
)
CLERK = "jiahl"
NODES = (
    '<startEvent id="begin"/>'
    f'<userTask id="look" name="装修巡查">{properties(form="look")}</userTask>'
    '<endEvent id="done"/>'
)
RIGHT: dict[str, Any] = {
    "unit_no": "1-1-0101",
    "owner_name": "张依诺",
    "owner_phone": "15400000073",
    "owner_id": "990101199606188725",
    "bank_account": "6222021234567890123",
    "email": "yinuo@example.com",
    "kind": "防水",
    "visitor": "owner",
    "came_on": "2026-03-10",
    "next_at": "2026-03-12T09:30",
    "rate": "50.00",
    "months": "3",
    "deposit": "2000.00",
    "discount": "12.5",
    "items.0.what": "防水涂料",
    "items.0.grade": "B1",
    "items.0.qty": "12",
    "items.0.price": "86.50",
    "items.0.left_over": "true",
    "papers": ["plan", "contract"],
    "accepted": "true",
    "urgent": "",
    "photos": ("厨房.png", PNG),
    "drawings": ("图纸.pdf", PDF),
    "remark": "第二次巡查",
    "agree": "true",
    "sig_owner.name": "张依诺",
}


def open_patrol(office: Office, **more: Any) -> str:
    """The address of the task with every widget, in a new case; ``more`` goes into its
    form."""
    bpmn = drawing(PATROL, NODES, "begin > look\n look > done")
    publish(office, PATROL, bpmn, {"look": {**FORM, **more}})
    with office.sessions() as session:
        case = transact(
            session, start_case, office.runtime, office.person(CLERK), PATROL
        )
        task = session.scalars(select(Task).where(Task.case_id == case.id)).one()
        return f"/tasks/{task.id}"


def filled(visitor: Visitor, address: str, **changes: Any) -> Form:
    """The form as a right one is filled in, but for some changes; then it is sent."""
    form = visitor.open(address).form().fill(RIGHT)
    return form.fill(changes)


def sent(clerk: Visitor, form: Form, **more: Any) -> Page:
    """Pressed 办结, with answers no page offers put in place of those of the form."""
    names = {*more}
    pairs = [pair for pair in form.pairs if pair[0] not in names]
    for name, values in more.items():
        listed = values if isinstance(values, list) else [values]
        pairs += [(name, each) for each in listed]
    answer = clerk.post(form.action, [*pairs, ("_op", "submit")], multipart=True)
    return clerk.arrive(answer)


def colleague(office: Office, username: str) -> str:
    with office.sessions() as session:
        query = select(Staff.id).where(Staff.username == username)
        return str(session.scalars(query).one())


def resident(office: Office, name: str) -> str:
    with office.sessions() as session:
        query = select(Party.id).where(Party.name == name)
        return str(session.scalars(query).one())
