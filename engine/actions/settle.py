"""Write down what an act did: the case, its tasks and waits, history, records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, update

from engine.expressions import evaluate
from engine.operations.act import Act, perform
from engine.progress import Element, Progress, Wait
from engine.runtime import Functions, Published
from engine.store.cases import Case, Task
from engine.store.cases import Wait as WaitRow
from engine.store.database import StaleCase, changed_rows, insert_rows, note_due
from engine.store.history import Event
from engine.store.outbox import OutboxCall
from engine.workflow.run import World

Line = dict[str, Any]


def settle(
    act: Act,
    version: Published,
    case: Case,
    progress: Progress,
    line: Line,
    world: World,
    status: str | None = None,
) -> None:
    """Save a case that moved on. ``line`` is the act itself, first in the history.

    Raises ``StaleCase`` where another act was saved since ``case`` was read.
    """
    data = {**case.data, **progress.data}
    outcome = _outcome(version, progress) or case.outcome
    over = progress.ended or status is not None
    if outcome is not None:
        data["outcome"] = outcome
    lines = [
        _placed(line, progress),
        *_lines(version, progress, line),
        *([] if status else _ending(progress, outcome)),
    ]
    save_case(
        act,
        case,
        lines,
        data=data,
        state=progress.state,
        outcome=outcome,
        status=status or ("ended" if progress.ended else case.status),
        ended_at=act.at if over else None,
        **texts(version, data, world.functions),
    )
    _save_waits(act, version, progress, data, world)
    _save_calls(act, progress)
    _perform(act, progress)
    act.file_papers()


def save_case(act: Act, case: Case, lines: list[Line], **values: Any) -> None:
    """Move the case to its next version and add ``lines`` to its history."""
    moved = changed_rows(
        act.session,
        update(Case)
        .where(Case.id == case.id, Case.version == case.version)
        .values(
            version=case.version + 1,
            history_seq=case.history_seq + len(lines),
            **values,
        ),
    )
    if moved != 1:
        raise StaleCase()
    add_history(act, case.history_seq, lines)


def add_history(act: Act, after: int, lines: list[Line]) -> None:
    who = {
        "case_id": act.case_id,
        "at": act.at,
        "actor_id": act.person.id if act.person else None,
        "actor": act.person.name if act.person else "系统",
    }
    empty = dict.fromkeys(("element", "step", "name", "task_id", "detail"))
    rows = [
        {**empty, **who, "seq": after + n, **line}
        for n, line in enumerate(lines, start=1)
    ]
    insert_rows(act.session, Event, rows)


def texts(
    version: Published, data: Mapping[str, Any], functions: Functions
) -> dict[str, str]:
    """The case's title and its line of context, computed from its data."""
    names = _Lenient(data)
    found = {}
    for column, otherwise in (("title", version.name), ("context", "")):
        source = version.properties.get(column)
        value = evaluate(source, names, functions) if source else otherwise
        found[column] = str(value or otherwise)[:200]
    return found


class _Lenient(dict[str, Any]):
    """Variables that have no value yet read as None."""

    def __missing__(self, name: str) -> None:
        return None


def element_line(element: Element, kind: str, **more: Any) -> Line:
    return {
        "kind": kind,
        "element": element.id,
        "step": element.step or None,
        "name": element.name or None,
        **more,
    }


def _placed(line: Line, progress: Progress) -> Line:
    """The act's own line, told from which element the task was reached."""
    step = next((s for s in progress.steps if s.id == line.get("task_id")), None)
    if step is None or step.source is None:
        return line
    return {**line, "detail": {**(line.get("detail") or {}), "from": step.source}}


def _lines(version: Published, progress: Progress, act_line: Line) -> list[Line]:
    lines = [
        element_line(
            version.elements[step.element],
            "passed" if step.state == "done" else "cancelled",
            task_id=step.id,
            detail={"from": step.source} if step.source else None,
        )
        for step in progress.steps
        if step.id != act_line.get("task_id")
    ]
    lines += [
        element_line(version.elements[wait.element], "opened", task_id=wait.id)
        for wait in progress.opened
        if wait.kind == "task"
    ]
    return lines


def _outcome(version: Published, progress: Progress) -> str | None:
    ends = [version.elements[s.element] for s in progress.steps if s.state == "done"]
    return next((end.outcome for end in reversed(ends) if end.outcome), None)


def _ending(progress: Progress, outcome: str | None) -> list[Line]:
    if not progress.ended:
        return []
    return [{"kind": "case_ended", "detail": {"outcome": outcome}}]


def _save_waits(
    act: Act, version: Published, progress: Progress, data: dict[str, Any], world: World
) -> None:
    session = act.session
    tasks_gone = [
        w.id for w in progress.closed if w.kind == "task" and w.id != act.task_id
    ]
    if tasks_gone:
        changed_rows(
            session,
            update(Task)
            .where(Task.id.in_(tasks_gone), Task.state == "open")
            .values(state="cancelled", ended_at=act.at, draft=None),
        )
    events_gone = [w.id for w in progress.closed if w.kind not in ("task", "call")]
    if events_gone:
        gone = delete(WaitRow).where(WaitRow.id.in_(events_gone))
        session.execute(gone.execution_options(synchronize_session=False))
    tasks = [_task_row(act, version, w) for w in progress.opened if w.kind == "task"]
    insert_rows(session, Task, tasks)
    events = [w for w in progress.opened if w.kind not in ("task", "call")]
    insert_rows(
        session, WaitRow, [_wait_row(act, version, w, data, world) for w in events]
    )


def _save_calls(act: Act, progress: Progress) -> None:
    """New calls into the outbox; those nobody waits for any more are dropped."""
    dropped = [
        w.id for w in progress.closed if w.kind == "call" and w.id != act.answered
    ]
    if dropped:
        changed_rows(
            act.session,
            update(OutboxCall)
            .where(OutboxCall.id.in_(dropped), OutboxCall.state != "done")
            .values(state="dropped", done_at=act.at),
        )
    rows = [
        {
            "id": call.id,
            "case_id": act.case_id,
            "element": call.element,
            "operation": call.operation,
            "request": dict(call.values),
            "state": "pending",
            "attempts": 0,
            "due_at": act.at,
            "created_at": act.at,
        }
        for call in progress.calls
    ]
    insert_rows(act.session, OutboxCall, rows)
    if rows:
        note_due(act.session, act.at)


def _task_row(act: Act, version: Published, wait: Wait) -> dict[str, Any]:
    element = version.elements[wait.element]
    return {
        "id": wait.id,
        "case_id": act.case_id,
        "element": element.id,
        "step": element.step,
        "name": element.name or element.id,
        "role": element.role,
        "worked_by": element.worked_by,
        "form": element.form,
        "item": None if wait.item is None else dict(wait.item),
        "due_at": wait.due_at,
        "created_at": act.at,
        "state": "open",
        "priority": 0,
    }


def _wait_row(
    act: Act, version: Published, wait: Wait, data: dict[str, Any], world: World
) -> dict[str, Any]:
    source = version.elements[wait.element].properties.get("correlation")
    value = evaluate(source, _Lenient(data), world.functions) if source else None
    return {
        "id": wait.id,
        "case_id": act.case_id,
        "element": wait.element,
        "kind": wait.kind,
        "name": wait.name,
        "correlation": None if value is None else str(value),
        "due_at": wait.due_at,
    }


def _perform(act: Act, progress: Progress) -> None:
    for effect in progress.effects:
        if effect.operation != "start_case":  # a case is not an operation of this one
            perform(
                replace(act, element=effect.element), effect.operation, effect.values
            )
