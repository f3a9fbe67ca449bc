"""The deposit policy of a site, for who may set it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.deposit_policy import PARAMETER, DepositPolicy
from engine.errors import NotYours
from engine.people import Person, manages
from engine.registers import chosen_site
from engine.runtime import Runtime
from engine.store.staff import Site


@dataclass(frozen=True)
class PolicyView:
    site: Site
    policy: DepositPolicy


def deposit_policy(
    session: Session, runtime: Runtime, person: Person, site: str = ""
) -> PolicyView:
    """Raises ``NotYours``, ``NotFound``."""
    found = chosen_site(session, person, site)
    if not manages(person, found.id):
        raise NotYours()
    value = runtime.functions(session, found)["param"](PARAMETER)
    return PolicyView(found, DepositPolicy.of(value))
