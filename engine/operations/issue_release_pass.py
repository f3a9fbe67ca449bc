"""Give the newest release slip of a case its pass through the gate."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from engine.operations.act import SITE_ZONE, Act, OperationFailed
from engine.store.database import changed_rows
from engine.store.records import Record
from engine.store.release_passes import ReleasePass

TOKEN_BYTES = 16  # 128 bits: not to be guessed, and a QR code a phone reads from paper
LONGEST = 24 * 31  # hours


def run(
    act: Act, kind: str = "R38", valid_hours: int = 24, valid_from: str | None = None
) -> None:
    """Make a pass for the case's newest record of ``kind``, valid once from
    ``valid_from`` (a time, by default now) for ``valid_hours``. An earlier pass of the
    case that nobody used is void from now on."""
    if act.seal is None or not 0 < valid_hours <= LONGEST:
        raise OperationFailed(name="issue_release_pass", reason="valid_hours")
    act.file_papers()  # the slip may be a paper of this very act
    newest = select(Record.id).where(
        Record.case_id == act.case_id, Record.kind == kind, Record.voided_at.is_(None)
    )
    record_id = act.session.scalar(newest.order_by(Record.id.desc()).limit(1))
    if record_id is None:
        raise OperationFailed(name="issue_release_pass", reason=f"没有 {kind}")
    earlier = update(ReleasePass).where(
        ReleasePass.case_id == act.case_id, ReleasePass.state == "issued"
    )
    changed_rows(act.session, earlier.values(state="void"))
    token, begins = secrets.token_urlsafe(TOKEN_BYTES), _begins(act, valid_from)
    act.session.add(
        ReleasePass(
            site_id=act.site_id,
            case_id=act.case_id,
            record_id=record_id,
            token_hash=act.seal.digest(token),
            sealed=act.seal.close(token),
            valid_from=begins,
            valid_until=begins + timedelta(hours=valid_hours),
            issued_at=act.at,
        )
    )
    act.session.flush()


def _begins(act: Act, text: str | None) -> datetime:
    if text is None:
        return act.at
    try:
        at = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise OperationFailed(name="issue_release_pass", reason=str(wrong)) from wrong
    return at if at.tzinfo else at.replace(tzinfo=SITE_ZONE)
