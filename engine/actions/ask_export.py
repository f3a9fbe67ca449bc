"""Ask for a register as a workbook: what was asked for is written down first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.actions.note_look import note_look, reason_of
from engine.errors import NotYours, Refused
from engine.people import Person, may_reveal
from engine.registers import Wanted, chosen_site, register_of, search_for
from engine.runtime import Runtime
from engine.store.database import note_due, now
from engine.store.exports import Export, RegisterEvent
from engine.store.register_search import count_of

KEPT = timedelta(days=1)
AT_ONCE = 2_000  # so many rows are written while the page is waited for
MOST_WAITING = 3


class TooManyExports(Refused):
    """您还有 {count} 份导出没有完成，请等其中一份完成后再导出。"""

    status = 429


def ask_export(
    session: Session,
    runtime: Runtime,
    person: Person,
    kind: str,
    args: Mapping[str, str],
    lang: str = "zh",
) -> Export:
    """``args`` is the address of the register's page, with ``unmasked`` = 1 where whole
    numbers are asked for, with a ``reason``. Raises ``NotFound``, ``NotYours``,
    ``RevealReasonMissing``, ``TooManyExports``."""
    site = chosen_site(session, person, args.get("site", ""))
    register = register_of(session, runtime, person, kind, site.id)
    unmasked = args.get("unmasked") == "1"
    if unmasked and not may_reveal(person, site.id):
        raise NotYours()
    why = reason_of(args.get("reason", "")) if unmasked else None
    wanted = Wanted.read(register, args)
    expected = count_of(session, search_for(register, wanted, site.id))
    at = now()
    export = Export(
        id=secrets.token_urlsafe(18),
        site_id=site.id,
        kind=kind,
        wanted=wanted.asked,
        unmasked=unmasked,
        lang=lang,
        asked_by=person.id,
        asked_at=at,
        state="waiting",
        expected=expected,
        expires_at=at + KEPT,
    )
    detail: dict[str, Any] = {"filter": wanted.asked, "papers": expected}
    detail |= {"unmasked": unmasked, **({"reason": why} if why else {})}
    session.add(
        RegisterEvent(
            site_id=site.id,
            record_kind=kind,
            at=at,
            actor_id=person.id,
            actor=person.name,
            kind="register_exported",
            detail=detail,
        )
    )
    if (waiting := _unfinished(session, person)) >= MOST_WAITING:
        raise TooManyExports(count=waiting)
    session.add(export)
    if why is not None:
        label = f"{register.title()}：导出 {expected} 份（完整号码）"
        note_look(session, person, site.id, None, None, f"export {kind}", label, why)
    if expected > AT_ONCE:
        note_due(session, at)
    return export


def _unfinished(session: Session, person: Person) -> int:
    query = select(func.count()).where(
        Export.asked_by == person.id, Export.state.in_(("waiting", "running"))
    )
    return session.scalar(query) or 0
