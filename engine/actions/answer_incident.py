"""Answer by hand a call that failed for good, so that its case goes on."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy.orm import Session

from engine.actions.answer_call import answer_call
from engine.actions.retry_incident import AlreadyResolved, open_incident
from engine.errors import Refused
from engine.people import Person
from engine.runtime import Runtime

LONGEST_ANSWER, LONGEST_NOTE, DEEPEST = 20_000, 500, 20


class AnswerUnreadable(Refused):
    """答复内容读不懂，请保持样例的写法，只改引号里的文字和数字。"""

    status = 422
    field = "answer"


class AnswerTooLong(Refused):
    """答复内容太长，最多 20000 个字。"""

    status = 422
    field = "answer"


class AnswerNoteMissing(Refused):
    """请写明答复的依据，例如向谁核实、凭证编号，最多 500 个字。"""

    status = 422
    field = "note"


def answer_incident(
    session: Session,
    runtime: Runtime,
    person: Person,
    incident_id: int,
    answer: str,
    note: str,
) -> int:
    """``answer`` is JSON text, as the service would have given it; the case's id.

    Raises ``NotFound``, ``NotYours``, ``AlreadyResolved``, ``AnswerUnreadable``,
    ``AnswerTooLong``, ``AnswerNoteMissing``, and what the next steps refuse with.
    """
    incident, case = open_incident(session, person, incident_id)
    if incident.kind != "call" or incident.reference is None:
        raise AlreadyResolved()
    value = read_answer(answer)
    if not 0 < len(note.strip()) <= LONGEST_NOTE:
        raise AnswerNoteMissing()
    answer_call(session, runtime, person, incident.reference, value, note.strip())
    return case.id


def read_answer(text: str) -> Any:
    """Raises ``AnswerUnreadable``, ``AnswerTooLong``."""
    if len(text) > LONGEST_ANSWER:
        raise AnswerTooLong()
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise AnswerUnreadable() from wrong
    if "\\u0000" in text or not _shallow(value, DEEPEST):
        raise AnswerUnreadable()
    return value


def _shallow(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return True
    return levels > 0 and all(_shallow(each, levels - 1) for each in inner)
