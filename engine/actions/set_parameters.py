"""Set numbers of a site: how hard its gates are, how old a balance sheet may be."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.people import Person, manages
from engine.runtime import Runtime
from engine.site_parameters import ParameterUnknown, is_settable, read_parameter
from engine.store.staff import Parameter, Site


def set_parameters(
    session: Session,
    runtime: Runtime,
    person: Person,
    site_id: int,
    typed: Mapping[str, str],
) -> list[str]:
    """The names of those that changed; in force at once, all or none. Each change stays
    in the table of parameters with who and when.

    Raises ``NotYours``, ``NotFound``, ``ParameterUnknown``, ``GateChoiceRefused``,
    ``DaysRefused``.
    """
    if not manages(person, site_id):
        raise NotYours()
    site = session.get(Site, site_id, with_for_update=True, populate_existing=True)
    if site is None:
        raise NotFound()
    changed: dict[str, str | int] = {}
    for name, text in typed.items():
        if name not in runtime.parameters or not is_settable(name):
            raise ParameterUnknown(name=name[:60])
        value = read_parameter(name, text)
        if value != runtime.parameter(site, name):
            changed[name] = value
    for name, value in changed.items():
        session.add(
            Parameter(site_id=site_id, name=name, value=value, set_by=person.id)
        )
    if changed:
        site.parameters = {**site.parameters, **changed}
    return [*changed]
