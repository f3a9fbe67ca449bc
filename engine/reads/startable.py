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
