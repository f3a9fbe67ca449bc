"""What a person may start, and the form it starts with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.forms import Form
from engine.people import Person, may_start
from engine.runtime import Functions, Published, Runtime
from engine.store.cases import Process
from engine.store.staff import site_of


@dataclass(frozen=True)
class StartView:
    version: Published
    form: Form | None
    functions: Functions
    site_id: int


def startable(session: Session, runtime: Runtime, person: Person) -> list[Published]:
    """The current versions this person may start, by name."""
    current = session.scalars(select(Process.current_id)).all()
    versions = [runtime.published(session, version_id) for version_id in current]
    allowed = [v for v in versions if may_start(person, v.first_role)]
    return sorted(allowed, key=lambda version: version.name)


@dataclass(frozen=True)
class Offer:
    """A process to start about a house; ``field`` is where its form asks which."""

    version: Published
    field: str


def offers_at(
    session: Session, runtime: Runtime, person: Person, site_id: int
) -> list[Offer]:
    """What this person may start about a house of that site: the forms that ask for one.
    Nothing on a site where this person does not start cases."""
    if site_of(session, person).id != site_id:
        return []
    found = startable(session, runtime, person)
    return [Offer(v, own) for v in found for own in house_fields(v.forms.get("start"))]


def house_fields(form: Form | None) -> list[str]:
    """The field of a form in which its house is chosen: the first of that kind."""
    fields = form.fields if form is not None else ()
    return [own.name for own in fields if own.widget == "house"][:1]


def start_view(
    session: Session, runtime: Runtime, person: Person, process_id: str
) -> StartView:
    """Raises ``NotFound``, ``NotYours``."""
    process = session.get(Process, process_id)
    if process is None:
        raise NotFound()
    version = runtime.published(session, process.current_id)
    if not may_start(person, version.first_role):
        raise NotYours()
    site = site_of(session, person)
    functions = runtime.functions(session, site)
    return StartView(version, version.forms.get("start"), functions, site.id)
