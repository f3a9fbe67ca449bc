"""People who belong to houses: found again by their identity number, or made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.operations.act import Act, OperationFailed
from engine.operations.estate.refusals import PersonRefused
from engine.operations.estate.registry import name_of, short
from engine.sealing import ends, is_hidden
from engine.store.estate import Party


def party_of(
    act: Act,
    name: Any,
    phone: Any = None,
    id_no: Any = None,
    company: Any = False,
) -> Party:
    """The site's person (or company) of that name and identity number, else a new one.
    ``id_no`` is a number or one that a form hid; it is kept sealed. Without a number
    nobody can be known again: it is a new person."""
    text, seal = name_of(name), act.seal
    if seal is None:
        raise OperationFailed(name="party", reason="seal")
    number = seal.reveal(str(id_no).strip()) if id_no else ""
    if is_hidden(number) or len(number) > 40:
        raise PersonRefused(reason="证件号码过长。")
    digest = seal.digest(number) if number else None
    if digest is not None:
        query = select(Party).where(
            Party.site_id == act.site_id, Party.id_digest == digest, Party.name == text
        )
        known = act.session.scalar(query.order_by(Party.id).limit(1))
        if known is not None:
            known.phone = short(phone, 30) or known.phone
            return known
    return Party(
        site_id=act.site_id,
        kind="company" if company else "person",
        name=text,
        phone=short(phone, 30),
        id_no=seal.close(number) if number else None,
        id_digest=digest,
        id_tail=ends(number)[1] or None,
    )
