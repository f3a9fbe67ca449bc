"""The goods are not those of the slip: the guard keeps them and says why."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from engine.actions.check_pass import take_pass
from engine.errors import Refused
from engine.people import Person
from engine.runtime import Runtime
from engine.store.release_passes import items_of, pass_shown

LONGEST = 500


class MismatchReasonRefused(Refused):
    """请写明哪里不符（最多 500 个字），服务中心会马上看到。"""

    status = 422


def report_mismatch(
    session: Session,
    runtime: Runtime,
    person: Person,
    token: str,
    checked: Collection[int],
    reason: str,
) -> None:
    """Hold the goods; the slip is worth nothing any more, the desk issues a new one.

    Raises ``MismatchReasonRefused`` and what ``check_pass`` refuses with.
    """
    found = pass_shown(session, runtime.seal, person, token)
    reason = reason.replace("\x00", "").strip()
    if not reason or len(reason) > LONGEST:
        raise MismatchReasonRefused()
    count = len(items_of(found.record))
    kept = [place for place in checked if 0 <= place < count]
    take_pass(session, runtime, person, found, "mismatch", kept, reason)
