"""An export, for who asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.people import Person
from engine.registers import Register, read_register
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.exports import Export


@dataclass(frozen=True)
class ExportView:
    export: Export
    register: Register
    gone: bool

    @property
    def percent(self) -> int:
        export = self.export
        return min(99, export.written * 100 // max(export.expected, 1))

    @property
    def file_name(self) -> str:
        day = self.export.asked_at.strftime("%Y%m%d")
        return f"{self.register.title(self.export.lang)}-{day}.xlsx".replace("/", "、")


def export_view(
    session: Session, runtime: Runtime, person: Person, export_id: str
) -> ExportView:
    """Raises ``NotFound``: also for somebody else's."""
    export = session.get(Export, export_id, populate_existing=True)
    if export is None or export.asked_by != person.id:
        raise NotFound()
    register = read_register(session, runtime, export.kind)
    gone = export.state == "gone" or export.expires_at <= now()
    return ExportView(export, register, gone)


def finished_export(
    session: Session, runtime: Runtime, person: Person, export_id: str
) -> ExportView:
    """One whose file is there. Raises ``NotFound``."""
    view = export_view(session, runtime, person, export_id)
    if view.gone or view.export.state != "done":
        raise NotFound()
    return view
