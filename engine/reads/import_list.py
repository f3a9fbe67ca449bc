"""The imports of a site, newest first, and what a person may take in there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.errors import NotYours
from engine.imports.kinds import KINDS
from engine.people import Person, imports, may_import, may_reveal
from engine.registers import chosen_site, sites_of
from engine.store.estate import ImportRun
from engine.store.staff import Site, Staff

PAGE = 20


@dataclass(frozen=True)
class ImportLine:
    """``by`` and ``undone_by`` are names, empty for the command line."""

    run: ImportRun
    by: str
    undone_by: str


@dataclass(frozen=True)
class ImportPage:
    """``kinds`` may be taken in; ``reveals``: ID numbers may be given out."""

    site: Site
    sites: Sequence[Site]
    kinds: tuple[str, ...]
    lines: tuple[ImportLine, ...]
    more: bool
    reveals: bool


def import_list(
    session: Session, person: Person, asked: str = "", page: int = 1
) -> ImportPage:
    """``asked``: the site an address names. Raises ``NotFound``, ``NotYours``."""
    if not imports(person):
        raise NotYours()
    site = chosen_site(session, person, asked)
    kinds = tuple(kind for kind in KINDS if may_import(person, site.id, kind))
    undoer = aliased(Staff)
    query = (
        select(ImportRun, Staff.name, undoer.name)
        .outerjoin(Staff, Staff.id == ImportRun.by)
        .outerjoin(undoer, undoer.id == ImportRun.undone_by)
        .where(ImportRun.site_id == site.id, ImportRun.kind.in_(kinds))
        .order_by(ImportRun.id.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    found = session.execute(query).all()
    lines = tuple(ImportLine(run, by or "", undone or "") for run, by, undone in found)
    return ImportPage(
        site=site,
        sites=sites_of(session, person),
        kinds=kinds,
        lines=lines[:PAGE],
        more=len(lines) > PAGE,
        reveals=may_reveal(person, site.id),
    )
