"""The one way a release pass is taken: once, in its window, by one guard."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import exists, update
from sqlalchemy.orm import Session

from engine.actions.move import post
from engine.actions.moving import moving
from engine.actions.settle import save_case
from engine.errors import AlreadyDone, Refused
from engine.people import Person
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.database import changed_rows, now
from engine.store.records import Record
from engine.store.release_passes import Found, ReleasePass, standing


class PassUsed(AlreadyDone):
    """这张放行条已经核对过，不能再用。"""


class PassVoid(AlreadyDone):
    """这张放行条已作废，不能放行。"""


class PassExpired(AlreadyDone):
    """这张放行条已过有效时间，不能放行，请到服务中心重新开具。"""


class PassNotYet(AlreadyDone):
    """这张放行条还没有到放行时间，请稍后再来。"""


REFUSALS: dict[str, type[Refused]] = {
    "used": PassUsed,
    "mismatch": PassUsed,
    "void": PassVoid,
    "expired": PassExpired,
    "not_yet": PassNotYet,
}


def take_pass(
    session: Session,
    runtime: Runtime,
    person: Person,
    found: Found,
    state: str,
    checked: Collection[int],
    reason: str | None,
) -> None:
    """Set a valid pass to ``state``, write it on the slip and in the case's history, and
    tell the case by the message ``gate_confirmed`` or ``gate_mismatch``.

    Raises ``PassUsed``, ``PassVoid``, ``PassExpired``, ``PassNotYet``.
    """
    at, release, case = now(), found.release, found.case
    taken = {
        "state": state,
        "used_by": person.id,
        "used_at": at,
        "reason": reason,
        "checked": sorted(checked),
    }
    if changed_rows(session, _if_valid(release.id, at), **taken) != 1:
        session.refresh(release)
        void = bool(found.record.voided_at) or case.status == "cancelled"
        raise REFUSALS.get(standing(release, void, at), PassUsed)()
    match = state == "used"
    result = {"gate_match": match, "gate_checked_at": at.isoformat(timespec="seconds")}
    session.refresh(found.record, ["data"])
    found.record.data = {**found.record.data, **result, "gate_guard": person.name}
    name = "gate_confirmed" if match else "gate_mismatch"
    detail = {"number": found.record.number, **({"reason": reason} if reason else {})}
    line = {"kind": name, "name": found.record.title, "detail": detail}
    save_case(moving(session, runtime, case, person, at).act, case, [line])
    payload: dict[str, Any] = {**result, **({"gate_reason": reason} if reason else {})}
    post(session, runtime, person, name, case_id=case.id, payload=payload)


def _if_valid(pass_id: int, at: Any) -> Any:
    """The second of two guards matches no row."""
    void = exists().where(
        (Record.id == ReleasePass.record_id) & Record.voided_at.is_not(None)
    )
    cancelled = exists().where(
        (Case.id == ReleasePass.case_id) & (Case.status == "cancelled")
    )
    return update(ReleasePass).where(
        ReleasePass.id == pass_id,
        ReleasePass.state == "issued",
        ReleasePass.valid_from <= at,
        ReleasePass.valid_until >= at,
        ~void,
        ~cancelled,
    )
