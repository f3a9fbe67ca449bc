"""Cases on another version of their process: previewed, carried over, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as Date
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, select, update

from engine import (
    NotFound,
    NotYours,
    claim_task,
    complete_task,
    save_draft,
    task_view,
    transact,
)
from engine.actions.answer_call import answer_call
from engine.actions.cancel_case import cancel_case
from engine.actions.migrate_cases import (
    CaseOver,
    MigrationResult,
    OtherProcess,
    SameVersion,
    migrate_case,
    migrate_cases,
    preview_migration,
)
from engine.actions.move_deadlines import change_calendar
from engine.actions.publish_process import publish_process, read_source
from engine.actions.send_message import send_message
from engine.actions.set_calendar_day import set_calendar_day
from engine.actions.undo_migration import MovedSince, NothingToUndo, undo_migration
from engine.actions.wake_cases import wake_all
from engine.forms import read_json
from engine.people import may_migrate
from engine.store.tables import (
    Case,
    Event,
    MigratedCase,
    OutboxCall,
    ProcessVersion,
    StaffRole,
    Task,
    Wait,
)
from engine.workflow.migrate import CannotMigrate
from tests.actions import handover
from tests.actions.running import at, case, press, start, told, waits_for
from tests.cast import Office
from tests.models import drawing, operator, properties, publish

ENDS = '<startEvent id="begin"/><endEvent id="end"/>'
PAY = '<manualTask id="pay" name="交费"/>'
CHECK = '<manualTask id="check" name="复核"/>'
SHORT = drawing("paying", ENDS + PAY, "begin > pay\n pay > end")
LONG = drawing("paying", ENDS + PAY + CHECK, "begin > pay\n pay > check\n check > end")
CASHIER = 'id="cashier" name="收银员"'.encode()
ASSISTANT = 'id="customer_assistant" name="客户助理"'.encode()
MORNING = at("2026-03-02 09:00")


def move(office: Office, case_id: int, to: ProcessVersion, who: str = "suwq") -> None:
    with office.sessions() as session:
        person = office.person(who)
        transact(session, migrate_case, office.runtime, person, case_id, to.id)


def undo(office: Office, case_id: int, who: str = "suwq") -> None:
    with office.sessions() as session:
        person = office.person(who)
        transact(session, undo_migration, office.runtime, person, case_id)


def preview(
    office: Office, to: ProcessVersion, *cases: int, who: str = "suwq"
) -> list[MigrationResult]:
    with office.sessions() as session:
        return preview_migration(
            session,
            office.runtime,
            office.person(who),
            to.process_id,
            to.id,
            cases or None,
        )


def migrate_all(
    office: Office, to: ProcessVersion, *cases: int, who: str = "suwq"
) -> list[MigrationResult]:
    with office.sessions() as session:
        return migrate_cases(
            session,
            office.runtime,
            office.person(who),
            to.process_id,
            to.id,
            cases or None,
        )


def rows(office: Office, case_id: int) -> dict[str, Any]:
    """All that says where a case stands, but for its history and its count of acts."""
    with office.sessions() as session:
        found = session.get_one(Case, case_id)
        tasks = session.scalars(select(Task).where(Task.case_id == case_id))
        waits = session.scalars(select(Wait).where(Wait.case_id == case_id))
        return {
            "case": (
                found.version_id,
                found.state,
                found.data,
                found.title,
                found.status,
            ),
            "tasks": sorted(map(_columns, tasks), key=lambda row: str(row["id"])),
            "waits": sorted(map(_columns, waits), key=lambda row: str(row["id"])),
        }


def _columns(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def open_task(office: Office, case_id: int, element: str) -> Task:
    return handover.open_task(office, case_id, element)


def waiting(office: Office, case_id: int) -> dict[str, Wait]:
    with office.sessions() as session:
        query = select(Wait).where(Wait.case_id == case_id)
        return {row.element: row for row in session.scalars(query)}


# -- one case ---------------------------------------------------------------------


def test_a_case_stays_on_its_version_until_it_is_carried_over(office: Office) -> None:
    old = publish(office, "paying", SHORT)
    first, second = start(office, "paying"), start(office, "paying")
    new = publish(office, "paying", LONG)
    assert case(office, first).version_id == old.id
    before = rows(office, second)["tasks"]
    move(office, second, new)
    assert case(office, second).version_id == new.id
    assert rows(office, second)["tasks"] == before
    press(office, first, "pay")
    assert case(office, first).status == "ended"
    press(office, second, "pay")
    assert waits_for(office, second) == ["check"]
    press(office, second, "check")
    assert case(office, second).status == "ended"


def test_the_history_tells_who_and_from_which_version_to_which(office: Office) -> None:
    publish(office, "paying", SHORT)
    case_id = start(office, "paying")
    new = publish(office, "paying", LONG)
    move(office, case_id, new)
    (line,) = told(office, case_id, "migrated")
    assert line.detail == {"from": 1, "to": 2, "notes": []}
    assert (line.actor, line.actor_id) == ("苏婉清", office.person("suwq").id)
    undo(office, case_id, who="hanwc")
    (line,) = told(office, case_id, "migration_undone")
    assert (line.detail, line.actor) == ({"from": 2, "to": 1}, "韩文川")


def test_a_renamed_step_of_another_lane_and_form(office: Office) -> None:
    """Who claimed it keeps it only while they may work that lane; the draft stays."""
    user = '<userTask id="pay" name="{}">{}</userTask>'
    old = drawing("paying", ENDS + user.format("交费", ""), "begin > pay\n pay > end")
    changed = properties(clause="P01.08", form="fee")
    renamed = drawing(
        "paying", ENDS + user.format("收费", changed), "begin > pay\n pay > end"
    ).replace(CASHIER, ASSISTANT)
    forms = {"pay": form("amount", "remark"), "fee": form("amount")}
    publish(office, "paying", old, forms)
    case_id = start(office, "paying")
    task = open_task(office, case_id, "pay")
    typed = {"amount": "12", "remark": "急"}
    with office.sessions() as session:
        transact(
            session, save_draft, office.runtime, office.person("jiahl"), task.id, typed
        )
    before = rows(office, case_id)
    new = publish(office, "paying", renamed, forms)
    (shown,) = preview(office, new)
    assert shown.notes == (
        "“收费”改由客户助理办理。",
        "“收费”的表单改了，已填的草稿保留。",
    )
    move(office, case_id, new)
    now = open_task(office, case_id, "pay")
    assert (now.id, now.name, now.step, now.form) == (task.id, "收费", "P01.08", "fee")
    assert (now.role, now.worked_by) == ("customer_assistant", "customer_assistant")
    assert now.assignee_id is None and now.claimed_at is None
    undo(office, case_id)
    after = rows(office, case_id)
    for found in (*before["tasks"], *after["tasks"]):
        del found["claimed_at"]
    assert after == before
    move(office, case_id, new)
    _finish_from_draft(office, now.id)
    assert case(office, case_id).data["amount"] == 12
    assert "remark" not in case(office, case_id).data


def form(*fields: str) -> dict[str, Any]:
    kinds: dict[str, Any] = {
        "amount": {"type": "integer", "title": "金额"},
        "remark": {"type": "string", "title": "备注", "maxLength": 20},
    }
    return {
        "title": "收费",
        "schema": {
            "type": "object",
            "properties": {name: kinds[name] for name in fields},
            "required": ["amount"],
        },
    }


def _finish_from_draft(office: Office, task_id: str) -> None:
    """As the page does: what the draft has, as far as the form asks for it."""
    person = office.person("lusy")
    with office.sessions() as session:
        transact(session, claim_task, person, task_id)
        view = task_view(session, office.runtime, person, task_id)
        assert view.form is not None and view.draft == {"amount": "12", "remark": "急"}
        answers = {name: view.draft[name] for name in view.form.by_name}
        reading = partial(read_json, answers=answers)
        transact(session, complete_task, office.runtime, person, task_id, reading)


def test_who_may_work_the_new_lane_keeps_a_claimed_task(office: Office) -> None:
    publish(office, "paying", SHORT)
    case_id = start(office, "paying")
    task = open_task(office, case_id, "pay")
    with office.sessions() as session:
        transact(session, claim_task, office.person("jiahl"), task.id)
    with office.sessions.begin() as session:
        lusy = office.person("lusy").id
        session.execute(update(Task).values(assignee_id=lusy))
    other = LONG.replace(CASHIER, ASSISTANT)
    move(office, case_id, publish(office, "paying", other))
    assert open_task(office, case_id, "pay").assignee_id == lusy


def test_a_task_claimed_since_is_not_given_back(office: Office) -> None:
    publish(office, "paying", SHORT)
    case_id = start(office, "paying")
    task_id = open_task(office, case_id, "pay").id
    with office.sessions() as session:
        transact(session, claim_task, office.person("jiahl"), task_id)
    other = SHORT.replace(CASHIER, ASSISTANT)
    move(office, case_id, publish(office, "paying", other))
    with office.sessions() as session:
        transact(session, claim_task, office.person("suwq"), task_id)
    undo(office, case_id)
    now = open_task(office, case_id, "pay")
    assert now.worked_by == "cashier"
    assert now.assignee_id == office.person("jiahl").id  # 苏婉清 is no cashier


def test_who_has_both_roles_keeps_what_they_claimed_since(office: Office) -> None:
    publish(office, "paying", SHORT)
    case_id = start(office, "paying")
    task_id = open_task(office, case_id, "pay").id
    lusy = office.person("lusy").id
    with office.sessions.begin() as session:
        session.add(StaffRole(staff_id=lusy, role="cashier"))
    with office.sessions() as session:
        transact(session, claim_task, office.person("jiahl"), task_id)
    move(office, case_id, publish(office, "paying", SHORT.replace(CASHIER, ASSISTANT)))
    with office.sessions() as session:
        transact(session, claim_task, office.person("lusy"), task_id)
    undo(office, case_id)
    assert open_task(office, case_id, "pay").assignee_id == lusy


def test_a_step_of_the_same_lane_stays_with_whoever_has_it(office: Office) -> None:
    publish(office, "paying", SHORT)
    case_id = start(office, "paying")
    lusy = office.person("lusy").id  # no cashier: it was handed to her
    with office.sessions.begin() as session:
        session.execute(update(Task).values(assignee_id=lusy))
    renamed = LONG.replace("交费".encode(), "收费".encode())
    move(office, case_id, publish(office, "paying", renamed))
    task = open_task(office, case_id, "pay")
    assert (task.name, task.assignee_id) == ("收费", lusy)


# -- waits ------------------------------------------------------------------------


def timer(text: str, kind: str = "timeDuration") -> str:
    return (
        f'<timerEventDefinition><{kind} xsi:type="tFormalExpression">{text}</{kind}>'
        "</timerEventDefinition>"
    )


def dunned(
    text: str, on: str = "pay > end", more: str = "", kind: str = "timeDuration"
) -> bytes:
    nodes = (
        f'{ENDS}{PAY}{more}<boundaryEvent id="late" name="催办时间" attachedToRef="pay" '
        f'cancelActivity="false">{timer(text, kind)}</boundaryEvent>'
        '<manualTask id="remind" name="催办"/><endEvent id="reminded"/>'
    )
    flows = f"begin > pay\n {on}\n late > remind\n remind > reminded"
    return drawing("paying", nodes, flows)


def sweep(office: Office) -> int:
    with office.sessions() as session:
        return wake_all(session, office.runtime)


def test_a_timer_with_ten_days_left_keeps_them(office: Office) -> None:
    publish(office, "paying", dunned('"P30D"'))
    with time_machine.travel(MORNING, tick=False) as clock:
        case_id = start(office, "paying")
        due = waiting(office, case_id)["late"].due_at
        clock.move_to(at("2026-03-22 09:00"), tick=False)
        new = publish(
            office, "paying", dunned('"P60D"', "pay > check\n check > end", CHECK)
        )
        (shown,) = preview(office, new)
        assert shown.notes == ("“催办时间”的时间改了，已在计时的仍按原来的时间。",)
        move(office, case_id, new)
        assert waiting(office, case_id)["late"].due_at == due
        clock.move_to(at("2026-04-01 09:00"), tick=False)
        assert sweep(office) == 0
        clock.move_to(at("2026-04-01 09:01"), tick=False)
        assert sweep(office) == 1
        assert waits_for(office, case_id) == ["pay", "remind"]


def test_a_new_timer_counts_from_the_carrying_over_and_goes_when_undone(
    office: Office,
) -> None:
    publish(office, "paying", SHORT)
    with time_machine.travel(MORNING, tick=False) as clock:
        case_id = start(office, "paying")
        before = rows(office, case_id)
        clock.move_to(at("2026-03-22 09:00"), tick=False)
        new = publish(office, "paying", dunned('"P30D"'))
        move(office, case_id, new)
        assert waiting(office, case_id)["late"].due_at == at("2026-04-21 09:00")
        (line,) = told(office, case_id, "migrated")
        assert line.detail["notes"] == ["“催办时间”是新版本里加的，从换版本时起计时。"]
        undo(office, case_id)
        assert rows(office, case_id) == before


def test_a_timer_that_is_gone_comes_back_when_undone(office: Office) -> None:
    publish(office, "paying", dunned('workdays(3, "17:10")', kind="timeDate"))
    with time_machine.travel(MORNING, tick=False):
        case_id = start(office, "paying")
        before = rows(office, case_id)
        move(office, case_id, publish(office, "paying", SHORT))
        assert waiting(office, case_id) == {}
        (line,) = told(office, case_id, "migrated")
        assert line.detail["notes"] == ["“催办时间”在新版本里没有了，不再等候。"]
        undo(office, case_id)
        assert rows(office, case_id) == before


def test_a_limit_in_working_days_that_was_kept_still_moves_with_the_calendar(
    office: Office,
) -> None:
    """The message beside the timer was renamed, so the gateway's row is written anew."""
    publish(office, "paying", either("m_paid"))
    with time_machine.travel(MORNING, tick=False):
        case_id = start(office, "paying")
        move(office, case_id, publish(office, "paying", either("m_came")))
        row = waiting(office, case_id)["await"]
        assert (row.name, row.kind) == ("came", "timer")
        assert row.due_at == at("2026-03-05 17:10")
        with office.sessions() as session:
            change = partial(set_calendar_day, date=Date(2026, 3, 4), kind="holiday")
            transact(
                session,
                change_calendar,
                office.runtime,
                office.person("hanwc"),
                office.site_id,
                partial(change, note="停水"),
            )
        assert waiting(office, case_id)["await"].due_at == at("2026-03-06 17:10")
        with pytest.raises(MovedSince):
            undo(office, case_id)


MESSAGES = '<message id="m_paid" name="payment"/><message id="m_came" name="came"/>'


def either(message: str) -> bytes:
    nodes = (
        '<startEvent id="begin"/><eventBasedGateway id="await"/>'
        f'<intermediateCatchEvent id="came">{caught(message)}</intermediateCatchEvent>'
        '<intermediateCatchEvent id="over">'
        f"{timer('workdays(3, &quot;17:10&quot;)', 'timeDate')}</intermediateCatchEvent>"
        f'{PAY}<endEvent id="end"/><endEvent id="ended"/>'
    )
    flows = (
        "begin > await\n await > came\n await > over\n came > pay\n pay > end\n"
        "over > ended"
    )
    return drawing("paying", nodes, flows, MESSAGES)


def caught(message: str) -> str:
    return f'<messageEventDefinition messageRef="{message}"/>'


def catching(message: str, **told_apart: str) -> bytes:
    nodes = (
        f'{ENDS}<intermediateCatchEvent id="paid" name="款到">{properties(**told_apart)}'
        f"{caught(message)}</intermediateCatchEvent>{PAY}"
    )
    return drawing("paying", nodes, "begin > paid\n paid > pay\n pay > end", MESSAGES)


def send(office: Office, name: str, **how: Any) -> None:
    with office.sessions() as session:
        transact(session, send_message, office.runtime, None, name, **how)


def test_a_message_is_waited_for_under_its_new_name(office: Office) -> None:
    publish(office, "paying", catching("m_paid"))
    case_id, other = start(office, "paying"), start(office, "paying")
    move(office, case_id, publish(office, "paying", catching("m_came")))
    send(office, "payment", case_id=case_id)
    assert waits_for(office, case_id) == []
    send(office, "came", case_id=case_id)
    assert waits_for(office, case_id) == ["pay"]
    assert waiting(office, other)["paid"].name == "payment"


def test_a_message_that_came_early_is_delivered_by_the_carrying_over(
    office: Office,
) -> None:
    publish(office, "paying", catching("m_paid"))
    case_id = start(office, "paying")
    send(office, "came", case_id=case_id)
    move(office, case_id, publish(office, "paying", catching("m_came")))
    assert waits_for(office, case_id) == ["pay"]
    with pytest.raises(MovedSince):
        undo(office, case_id)


def test_messages_are_told_apart_as_the_new_version_says(office: Office) -> None:
    publish(office, "paying", catching("m_paid"))
    case_id = start(office, "paying")
    before = rows(office, case_id)
    apart = catching("m_paid", correlation="&quot;A-1&quot;")
    move(office, case_id, publish(office, "paying", apart))
    assert waiting(office, case_id)["paid"].correlation == "A-1"
    send(office, "payment", correlation="A-2")
    assert waits_for(office, case_id) == []
    undo(office, case_id)
    assert rows(office, case_id) == before


def test_a_call_under_way_is_not_made_again(office: Office) -> None:
    mail = operator("mail", to="&quot;a@example.com&quot;")
    ask = f'<serviceTask id="ask" name="通知">{mail}</serviceTask>'
    publish(office, "paying", drawing("paying", ENDS + ask, "begin > ask\n ask > end"))
    case_id = start(office, "paying")
    longer = "begin > ask\n ask > pay\n pay > end"
    move(
        office,
        case_id,
        publish(office, "paying", drawing("paying", ENDS + ask + PAY, longer)),
    )
    with office.sessions() as session:
        (call,) = session.scalars(select(OutboxCall)).all()
        assert (call.case_id, call.state) == (case_id, "pending")
        transact(session, answer_call, office.runtime, None, call.id, {})
    assert waits_for(office, case_id) == ["pay"]


# -- refusals ---------------------------------------------------------------------


def test_a_removed_open_step_is_refused_and_nothing_changes(office: Office) -> None:
    publish(office, "paying", LONG)
    case_id = start(office, "paying")
    press(office, case_id, "pay")
    before = rows(office, case_id)
    new = publish(office, "paying", SHORT)
    with pytest.raises(CannotMigrate, match="案件停在“复核”，新版本里没有这一步"):
        move(office, case_id, new)
    assert rows(office, case_id) == before
    assert told(office, case_id, "migrated") == []
    with office.sessions() as session:
        assert session.scalars(select(MigratedCase)).all() == []


def test_who_does_not_manage_the_site_may_not(office: Office) -> None:
    publish(office, "paying", SHORT)
    case_id = start(office, "paying")
    new = publish(office, "paying", LONG)
    for act in (move, undo):
        with pytest.raises(NotYours):
            act(
                *((office, case_id, new) if act is move else (office, case_id)), "jiahl"
            )
    for batch in (preview, migrate_all):
        with pytest.raises(NotYours):
            batch(office, new, case_id, who="jiahl")
    elsewhere = replace(office.person("suwq"), sites=frozenset({office.site_id + 1}))
    with office.sessions() as session:
        assert not may_migrate(elsewhere, session.get_one(Case, case_id))
        found = preview_migration(
            session, office.runtime, elsewhere, "paying", new.id, [case_id]
        )
        assert isinstance(found[0].refusal, NotYours)
        everywhere = preview_migration(
            session, office.runtime, elsewhere, "paying", new.id
        )
        assert everywhere == []
    administrator = replace(
        office.person("jiahl"), roles=frozenset(), administrator=True
    )
    with office.sessions() as session:
        transact(session, migrate_case, office.runtime, administrator, case_id, new.id)
    assert case(office, case_id).version_id == new.id


def test_what_cannot_be_meant_is_refused(office: Office) -> None:
    old = publish(office, "paying", SHORT)
    case_id, over = start(office, "paying"), start(office, "paying")
    with pytest.raises(SameVersion, match="已经在这个版本上"):
        move(office, case_id, old)
    other = publish(office, "others", SHORT.replace(b"paying", b"others"))
    with pytest.raises(OtherProcess, match="另一个流程"):
        move(office, case_id, other)
    with pytest.raises(OtherProcess):
        with office.sessions() as session:
            person = office.person("suwq")
            preview_migration(session, office.runtime, person, "paying", other.id)
    new = publish(office, "paying", LONG)
    with pytest.raises(NotFound):
        move(office, 4711, new)
    with office.sessions() as session, pytest.raises(NotFound):
        person = office.person("suwq")
        preview_migration(session, office.runtime, person, "paying", "no hash")
    with office.sessions() as session:
        person = office.person("suwq")
        transact(session, cancel_case, office.runtime, person, over, "错")
    with pytest.raises(CaseOver, match="已经结束或取消"):
        move(office, over, new)


def test_a_title_that_the_case_cannot_give_is_refused_beforehand(
    office: Office,
) -> None:
    publish(office, "paying", SHORT)
    case_id = start(office, "paying")
    titled = LONG.replace(
        b'isExecutable="true">',
        b'isExecutable="true">' + properties(title="1 / 0").encode(),
    )
    new = publish(office, "paying", titled)
    (shown,) = preview(office, new)
    (moved,) = migrate_all(office, new)
    assert shown.refusal is not None and moved.refusal is not None
    assert "除数是 0" in str(shown.refusal) and "除数是 0" in str(moved.refusal)
    assert case(office, case_id).version_id != new.id


# -- taking back ------------------------------------------------------------------


def test_taken_back_everything_is_as_it_was(office: Office) -> None:
    publish(office, "paying", dunned('"P30D"'))
    case_id = start(office, "paying")
    before = rows(office, case_id)
    new = publish(office, "paying", dunned('"P9D"', "pay > check\n check > end", CHECK))
    for _ in range(2):
        move(office, case_id, new)
        assert rows(office, case_id)["case"] != before["case"]
        undo(office, case_id)
        assert rows(office, case_id) == before
    with pytest.raises(NothingToUndo, match="没有可以撤回的"):
        undo(office, case_id)
    press(office, case_id, "pay")
    assert waits_for(office, case_id) == []


def test_a_case_that_went_on_is_not_taken_back(office: Office) -> None:
    publish(office, "paying", SHORT)
    case_id = start(office, "paying")
    new = publish(office, "paying", LONG)
    move(office, case_id, new)
    press(office, case_id, "pay")
    before = rows(office, case_id)
    with pytest.raises(MovedSince, match="又办了别的事"):
        undo(office, case_id)
    assert rows(office, case_id) == before
    press(office, case_id, "check")
    with pytest.raises(CaseOver):
        undo(office, case_id)
    with pytest.raises(NotFound):
        undo(office, 4711)


def test_a_draft_typed_since_does_not_stop_taking_back(office: Office) -> None:
    publish(office, "paying", SHORT)
    case_id = start(office, "paying")
    move(office, case_id, publish(office, "paying", LONG))
    task_id = open_task(office, case_id, "pay").id
    with office.sessions() as session:
        transact(
            session,
            save_draft,
            office.runtime,
            office.person("jiahl"),
            task_id,
            {"x": "1"},
        )
    undo(office, case_id)
    assert open_task(office, case_id, "pay").assignee_id == office.person("jiahl").id


# -- many -------------------------------------------------------------------------


def test_of_fifty_one_is_refused_and_the_others_move(office: Office) -> None:
    old = publish(office, "paying", LONG)
    cases = [start(office, "paying") for _ in range(50)]
    press(office, cases[17], "pay")
    new = publish(office, "paying", SHORT)
    before = rows(office, cases[0])
    shown = preview(office, new)
    assert rows(office, cases[0]) == before
    moved = migrate_all(office, new)
    for found in (shown, moved):
        assert [one.case_id for one in found] == cases
        assert [one.case_id for one in found if not one.moves] == [cases[17]]
        refused = found[17]
        assert isinstance(refused.refusal, CannotMigrate)
        assert refused.number == case(office, cases[17]).number
    versions = {one: case(office, one).version_id for one in cases}
    assert versions.pop(cases[17]) == old.id and set(versions.values()) == {new.id}
    assert [one.case_id for one in preview(office, new)] == [cases[17]]


def test_named_cases_are_answered_one_by_one(office: Office) -> None:
    publish(office, "paying", SHORT)
    first, second = start(office, "paying"), start(office, "paying")
    new = publish(office, "paying", LONG)
    move(office, first, new)
    found = migrate_all(office, new, second, first, 4711, second)
    assert [one.case_id for one in found] == [second, first, 4711]
    assert found[0].moves and found[2].number == ""
    assert isinstance(found[1].refusal, SameVersion)
    assert isinstance(found[2].refusal, NotFound)


def test_an_act_in_between_is_not_overwritten(office: Office) -> None:
    """The case is pressed on after it was read: the carrying over is done once more."""
    publish(office, "paying", LONG)
    case_id = start(office, "paying")
    flows = "begin > pay\n pay > check\n check > third\n third > end"
    third = drawing("paying", ENDS + PAY + CHECK + '<manualTask id="third"/>', flows)
    new = publish(office, "paying", third)
    pressed = []

    @event.listens_for(office.engine, "before_cursor_execute")
    def be_faster(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith('UPDATE "case"') and not pressed:
            pressed.append(case_id)
            press(office, case_id, "pay")

    move(office, case_id, new)
    assert pressed and waits_for(office, case_id) == ["check"]
    press(office, case_id, "check")
    press(office, case_id, "third")
    assert case(office, case_id).status == "ended"
    kinds = ("started", "completed", "migrated")
    with office.sessions() as session:
        query = select(Event.kind).where(Event.case_id == case_id).order_by(Event.seq)
        told_kinds = [kind for kind in session.scalars(query) if kind in kinds]
    assert told_kinds == ["completed", "migrated", "completed", "completed"]


# -- the handover -----------------------------------------------------------------

PATH = (
    "check_identity",
    "collect_papers",
    "fill_owner_file",
    "sign_safety_letter",
    "collect_fee",
    "inspect_house",
    "explain_keys",
    "hand_over_keys",
)


def with_a_call_back(office: Office) -> ProcessVersion:
    """The real handover, with one more step behind its last one."""
    runtime = office.runtime
    found = read_source(
        runtime.settings.processes, runtime.settings.forms, "house_handover"
    )
    flow = (
        '<bpmn:sequenceFlow id="hand_over_keys__record_keys_out" '
        'sourceRef="hand_over_keys" targetRef="record_keys_out"/>'
    ).encode()
    more = (
        '<bpmn:manualTask id="call_back" name="回访业主"/>'
        '<bpmn:sequenceFlow id="hand_over_keys__record_keys_out" '
        'sourceRef="hand_over_keys" targetRef="call_back"/>'
        '<bpmn:sequenceFlow id="call_back__update_house" '
        'sourceRef="call_back" targetRef="record_keys_out"/>'
    ).encode()
    member = b"<bpmn:flowNodeRef>hand_over_keys</bpmn:flowNodeRef>"
    mine = member + b"<bpmn:flowNodeRef>call_back</bpmn:flowNodeRef>"
    assert flow in found.bpmn and member in found.bpmn
    bpmn = found.bpmn.replace(flow, more).replace(member, mine)
    # the drawn flow keeps its id, and what is new is not drawn: no picture is asked for
    with office.sessions.begin() as session:
        return publish_process(session, runtime, replace(found, bpmn=bpmn))


@pytest.mark.parametrize("element", PATH)
def test_a_handover_at_any_step_gets_the_new_one_and_ends(
    office: Office, element: str
) -> None:
    with time_machine.travel(at("2026-03-10 09:00"), tick=False):
        case_id = handover.upto(office, element)
        before = rows(office, case_id)
        new = with_a_call_back(office)
        move(office, case_id, new)
        now = rows(office, case_id)
        assert now["tasks"] == before["tasks"] and now["waits"] == before["waits"]
        undo(office, case_id)
        assert rows(office, case_id) == before
        move(office, case_id, new)
        for step in PATH[PATH.index(element) :]:
            handover.finish(office, case_id, step)
        assert waits_for(office, case_id) == ["call_back"]
        handover.finish(office, case_id, "call_back")
        done = case(office, case_id)
        assert (done.status, done.outcome) == ("ended", "handed_over")
