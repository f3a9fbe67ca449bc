"""Set what a site allows itself with fit-out deposits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.deposit_policy import PARAMETER, DepositPolicy
from engine.errors import NotFound, NotYours
from engine.people import Person, manages
from engine.store.staff import Parameter, Site


def set_deposit_policy(
    session: Session, person: Person, site_id: int, value: Mapping[str, Any]
) -> DepositPolicy:
    """In force at once; deposits held stay as they are. What was set and by whom stays in
    the table of parameters. Raises ``NotYours``, ``NotFound``, ``PolicyRefused``: where
    it is enabled without a legal basis, above all."""
    if not manages(person, site_id):
        raise NotYours()
    policy = DepositPolicy.of(value)
    site = session.get(Site, site_id, with_for_update=True, populate_existing=True)
    if site is None:
        raise NotFound()
    if site.parameters.get(PARAMETER) == policy.as_value():
        return policy
    row = Parameter(site_id=site_id, name=PARAMETER, set_by=person.id)
    row.value = policy.as_value()
    session.add(row)
    site.parameters = {**site.parameters, PARAMETER: policy.as_value()}
    return policy
