"""The papers of a register, and the site whose register it is."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.people import Person
from engine.store.records import Record
from engine.store.register_search import Place, Search, page_of
from engine.store.staff import Site, site_of

BATCH = 500


def sites_of(session: Session, person: Person) -> list[Site]:
    query = select(Site).order_by(Site.id)
    if person.sites:
        query = query.where(Site.id.in_(sorted(person.sites)))
    return list(session.scalars(query))


def chosen_site(session: Session, person: Person, chosen: str) -> Site:
    """The site an address names, by default the person's first. Raises ``NotFound``."""
    if not chosen:
        return site_of(session, person)
    if not (chosen.isascii() and chosen.isdecimal()) or len(chosen) > 9:
        raise NotFound()
    site = session.get(Site, int(chosen))
    if site is None or not person.on_site(site.id):
        raise NotFound()
    return site


def records_at(session: Session, ids: list[int]) -> list[Record]:
    """The records of these ids, in that order."""
    found = {
        record.id: record
        for record in session.scalars(select(Record).where(Record.id.in_(ids)))
    }
    return [found[record_id] for record_id in ids]


def all_papers(session: Session, search: Search) -> Iterator[list[Record]]:
    """Every paper a search finds, some hundreds at a time: memory stays as it is."""
    after: Place | None = None
    while places := page_of(session, search, after, BATCH):
        papers = records_at(session, [record_id for _, record_id in places])
        yield papers
        for paper in papers:
            session.expunge(paper)
        after = places[-1]
