"""Write down what an act did: the case, its tasks and waits, history, records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, bindparam, update

from engine.actions.item_rows import save_items
from engine.actions.wait_rows import save_calls, save_waits
from engine.expressions import evaluate
from engine.forms import Names
from engine.operations.act import Act, perform
from engine.progress import Element, Progress
from engine.runtime import Functions, Published
from engine.store.cases import Case
from engine.store.database import StaleCase, changed_rows, insert_rows
from engine.store.history import Event
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
    save_waits(act, version, progress, data, world)
    save_items(act, version, progress, data, world)
    save_calls(act, progress)
    _perform(act, progress)
    act.file_papers()


_MOVE = update(Case).where(
    Case.id == bindparam("of_case"), Case.version == bindparam("at_version")
)


def save_case(act: Act, case: Case, lines: list[Line], **values: Any) -> None:
    """Move the case to its next version and add ``lines`` to its history. ``values`` are
    its other columns, plain or as an SQL expression. Raises ``StaleCase``."""
    computed = {n: v for n, v in values.items() if isinstance(v, ColumnElement)}
    moved = changed_rows(
        act.session,
        _MOVE.values(**computed) if computed else _MOVE,
        of_case=case.id,
        at_version=case.version,
        version=case.version + 1,
        history_seq=case.history_seq + len(lines),
        **{name: values[name] for name in values.keys() - computed.keys()},
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
    names = Names(data)
    found = {}
    for column, otherwise in (("title", version.name), ("context", "")):
        source = version.properties.get(column)
        value = evaluate(source, names, functions) if source else otherwise
        found[column] = str(value or otherwise)[:200]
    return found


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


def _perform(act: Act, progress: Progress) -> None:
    for effect in progress.effects:
        if effect.operation != "start_case":  # a case is not an operation of this one
            perform(
                replace(act, element=effect.element), effect.operation, effect.values
            )
