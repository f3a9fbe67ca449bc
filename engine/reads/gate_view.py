"""What a guard sees of a scanned slip: what it is worth now, and the goods to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.people import Person
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.records import Record
from engine.store.release_passes import (
    Found,
    ReleasePass,
    items_of,
    pass_shown,
    standing,
)
from engine.store.staff import Staff

JUST_NOW = timedelta(minutes=1)


@dataclass(frozen=True)
class GateView:
    """``worth`` is valid, used, mismatch, void, not_yet or expired; of persons there are
    the name and the last four digits only."""

    release: ReleasePass
    record: Record
    case_id: int
    worth: str
    items: list[dict[str, Any]]
    carrier: str
    id_tail: str
    checked_by: str
    just_now: bool  # by the person who looks


def gate_view(
    session: Session, runtime: Runtime, person: Person, token: str
) -> GateView:
    """Raises ``PassUnknown``, ``NotYours``."""
    found = pass_shown(session, runtime.seal, person, token)
    release, data, at = found.release, found.record.data, now()
    by = session.get(Staff, release.used_by) if release.used_by else None
    return GateView(
        release=release,
        record=found.record,
        case_id=found.case.id,
        worth=standing(release, _void(found), at),
        items=items_of(found.record),
        carrier=str(data.get("carrier_name") or ""),
        id_tail=str(data.get("carrier_id_last4") or data.get("carrier_id_no") or "")[
            -4:
        ],
        checked_by=by.name if by else "",
        just_now=_is_recent(release, person, at),
    )


def _void(found: Found) -> bool:
    return found.record.voided_at is not None or found.case.status == "cancelled"


def _is_recent(release: ReleasePass, person: Person, at: datetime) -> bool:
    if release.used_at is None or release.used_by != person.id:
        return False
    return at - release.used_at <= JUST_NOW
