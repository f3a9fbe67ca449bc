"""Which element could not go on, and why: in words that a person can read."""

from __future__ import annotations

from typing import Any

from engine.errors import Refused

Task = Any


def label(task: Task) -> str:
    spec = task.task_spec
    return str(
        getattr(spec, "bpmn_name", None) or getattr(spec, "bpmn_id", None) or spec.name
    )


def reason(failed: BaseException) -> str:
    """The innermost refusal's own sentence; the library's text only where there is none."""
    cause: BaseException | None = failed
    while cause is not None:
        if isinstance(cause, Refused):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    return str(failed)
