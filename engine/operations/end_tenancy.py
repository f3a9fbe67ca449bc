"""Tenants leave a house."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.operations.estate.refusals import DayTooEarly, TenantMissing
from engine.operations.estate.registry import day_of, find_house
from engine.store.estate import links_of


def run(
    act: Act, unit_no: str, tenant: str | None = None, on: str | None = None
) -> dict[str, Any]:
    """All of them, or the one named ``tenant``; ``on`` (a day, by default today) is their
    last day. Gives ``tenants`` and ``on``. Refuses where nobody lives there that way.
    """
    house, day = find_house(act, unit_no), day_of(act, on)
    found = links_of(act.session, act.site_id, house.code, "tenant") or []
    leaving = [each for each in found if tenant in (None, each[1].name)]
    if not leaving:
        raise TenantMissing(unit_no=unit_no)
    for link, _ in leaving:
        if link.since is not None and day < link.since:
            raise DayTooEarly(day=day, since=link.since)
        link.until = day
    act.session.flush()
    names = [party.name for _, party in leaving]
    act.tell("tenancy_ended", unit_no=unit_no, tenants=names, on=day)
    return {"tenants": names, "on": day}
