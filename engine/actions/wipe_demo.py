"""Take the demo site out again, wholly: its houses, people, cases, papers and files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actions.import_run import import_path
from engine.actions.load_demo import CODE
from engine.actions.write_export import export_path
from engine.errors import NotFound, Refused
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.estate import ImportRun
from engine.store.exports import Export
from engine.store.files import StoredFile
from engine.store.staff import Site
from engine.store.wiping import wipe_site


class DemoMissing(NotFound):
    """没有编号为“{code}”的小区。"""


class NotDemo(Refused):
    """“{name}”不是演示小区，不能清除：真实小区的资料和历史不删除。"""

    status = 409


@dataclass(frozen=True)
class Wiped:
    """``files`` are to be removed once the rows are gone for good."""

    name: str
    rows: int
    files: tuple[Path, ...]


def demo_site(session: Session, code: str = CODE) -> Site:
    """Raises ``DemoMissing``, ``NotDemo``."""
    site = session.scalar(select(Site).where(Site.code == code))
    if site is None:
        raise DemoMissing(code=code)
    if not site.demo:
        raise NotDemo(name=site.name)
    return site


def wipe_demo(session: Session, runtime: Runtime, code: str = CODE) -> Wiped:
    """Raises ``DemoMissing``, ``NotDemo``. Nothing of other sites is touched."""
    site = demo_site(session, code)
    name, site_id = site.name, site.id
    files = tuple(_files(session, runtime, site_id))
    rows = wipe_site(session, site_id)
    session.expunge_all()
    return Wiped(name, rows, files)


def _files(session: Session, runtime: Runtime, site_id: int) -> list[Path]:
    of_cases = select(StoredFile.id).join(Case).where(Case.site_id == site_id)
    exports = select(Export.id).where(Export.site_id == site_id)
    imports = select(ImportRun.id).where(ImportRun.site_id == site_id)
    found = [runtime.file_path(each) for each in session.scalars(of_cases)]
    found += [export_path(runtime, each) for each in session.scalars(exports)]
    return found + [import_path(runtime, each) for each in session.scalars(imports)]
