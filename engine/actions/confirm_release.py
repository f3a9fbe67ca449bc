"""The guard has compared the goods with the slip: they may leave."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from engine.actions.check_pass import take_pass
from engine.errors import Refused
from engine.people import Person
from engine.runtime import Runtime
from engine.store.release_passes import items_of, pass_shown


class ItemsUnchecked(Refused):
    """还有 {count} 项物品没有勾选“相符”；有不符的请按“核对不符”。"""

    status = 422


def confirm_release(
    session: Session,
    runtime: Runtime,
    person: Person,
    token: str,
    checked: Collection[int],
) -> None:
    """Let the goods out, once; ``checked`` are the places of the items that match.

    Raises ``ItemsUnchecked`` and what ``check_pass`` refuses with.
    """
    found = pass_shown(session, runtime.seal, person, token)
    missing = set(range(len(items_of(found.record)))) - set(checked)
    if missing:
        raise ItemsUnchecked(count=len(missing))
    take_pass(session, runtime, person, found, "used", checked, None)
