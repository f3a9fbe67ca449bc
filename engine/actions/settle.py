"""Write down what an act did: the case, its tasks and waits, history, records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, update

from engine.actions.item_rows import save_items
from engine.actions.wait_rows import close_waits, opened_waits, save_calls
from engine.expressions import evaluate
from engine.forms import Names
from engine.operations.act import Act, perform
from engine.progress import Effect, Element, Progress
from engine.runtime import Functions, Published
from engine.store.cases import Case
from engine.store.database import insert_rows
from engine.store.history import Event
from engine.store.writes import Change, Rows, write_all
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
    for effect in progress.effects[progress.performed :]:
        perform_effect(act, effect)
    data = {**case.data, **progress.data}
    outcome = _outcome(version, progress) or case.outcome
    over = progress.ended or status is not None
    if outcome is not None:
        data["outcome"] = outcome
    lines = [
        _placed(line, progress),
        *_lines(version, progress, line),
        *_told(act, version),
        *([] if status else _ending(progress, outcome)),
    ]
    values = {
        "data": data,
        "state": progress.state,
        "outcome": outcome,
        "status": status or ("ended" if progress.ended else case.status),
        "ended_at": act.at if over else None,
        **texts(version, data, world.functions),
    }
    waits = opened_waits(act, version, progress, data, world)
    close_waits(act, progress)  # first: a timer that counts on is the same wait anew
    case_moved = moved(case, len(lines), values)
    write_all(act.session, [*act.first, case_moved, told(act, case, lines), *waits])
    save_items(act, version, progress, data, world)
    save_calls(act, progress)
    act.file_papers()


_MOVE = update(Case).where(
    Case.id == bindparam("of_case"), Case.version == bindparam("at_version")
)


def save_case(act: Act, case: Case, lines: list[Line], **values: Any) -> None:
    """Move the case to its next version and add ``lines`` to its history. ``values`` are
    its other columns. Raises ``StaleCase``."""
    write_all(act.session, [moved(case, len(lines), values), told(act, case, lines)])


def moved(case: Case, lines: int, values: Mapping[str, Any]) -> Change:
    """The case's next version, with so many lines more in its history."""
    counted = {"version": case.version + 1, "history_seq": case.history_seq + lines}
    here = {"of_case": case.id, "at_version": case.version}
    return Change(_MOVE, here, {**counted, **values})


def told(act: Act, case: Case, lines: list[Line]) -> Rows:
    return Rows(Event, _history(act, case.history_seq, lines))


def add_history(act: Act, after: int, lines: list[Line]) -> None:
    insert_rows(act.session, Event, _history(act, after, lines))


def _history(act: Act, after: int, lines: list[Line]) -> list[Line]:
    who = {
        "case_id": act.case_id,
        "at": act.at,
        "actor_id": act.person.id if act.person else None,
        "actor": act.person.name if act.person else "系统",
    }
    empty = dict.fromkeys(("element", "step", "name", "task_id", "detail"))
    return [
        {**empty, **who, "seq": after + n, **line}
        for n, line in enumerate(lines, start=1)
    ]


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


def perform_effect(act: Act, effect: Effect) -> Any:
    """Do what a service task asks for on our own tables; what it gives back."""
    if effect.operation == "start_case":  # a case is not an operation of this one
        return None
    own = replace(act, element=effect.element)
    return perform(own, effect.operation, effect.values)


def _told(act: Act, version: Published) -> list[Line]:
    """What the operations of the act have to say."""
    return [
        element_line(version.elements[t["element"]], t["kind"], detail=t["detail"])
        for t in act.told
    ]
