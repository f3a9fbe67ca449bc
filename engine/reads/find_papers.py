"""Cases and papers by their numbers."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.people import MANAGERS, Person
from engine.reads.hits import Hit, here
from engine.reads.papers_of import readable
from engine.runtime import Runtime
from engine.store.cases import Case
from engine.store.records import Record
from engine.store.seen import taking_part
from engine.store.staff import Site

_CASE = re.compile(r"(\d{4})-(\d{1,6})|(\d{6})")
_RECORD = re.compile(r"([A-Z][A-Z0-9]{1,9})(?:-(\d{4})(?:-(\d{1,9}))?)?")


def find_cases(session: Session, person: Person, text: str, most: int) -> list[Hit]:
    found = _CASE.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        return []
    year, serial, bare = found.groups()
    # without its year the number of this year's case, and of those before
    numbers = [f"{each}-{bare}" for each in range(2000, 2100)] if bare else []
    numbers = numbers or [f"{year}-{int(serial):06d}"]
    query = select(Case).where(Case.number.in_(numbers), *here(person, Case.site_id))
    if not (person.administrator or person.roles & MANAGERS):
        query = query.where(taking_part(person))
    cases = session.scalars(query.order_by(Case.id.desc()).limit(most + 1))
    return [
        Hit(
            id=case.id,
            title=case.title,
            site_id=case.site_id,
            house=case.house_code,
            number=case.number,
            state=case.status,
            told=case.context,
            at=case.started_at,
        )
        for case in cases
    ]


def find_records(
    session: Session, runtime: Runtime, person: Person, text: str, most: int
) -> list[Hit]:
    found = _RECORD.fullmatch(unicodedata.normalize("NFKC", text).upper())
    if found is None or found[1] not in runtime.record_kinds:
        return []
    query = _numbered(person, *found.groups()).where(*here(person, Record.site_id))
    # a role reads the same registers on each site of a person
    query = query.where(readable(runtime, person, min(person.sites, default=0)))
    order = (Record.created_at.desc(), Record.id.desc())
    records = session.execute(query.order_by(*order).limit(most + 1))
    return [
        Hit(
            id=record.id,
            title=record.title,
            site_id=record.site_id,
            house=record.house_code,
            number=record.number,
            state=record.kind,
            past=record.voided_at is not None,
            at=record.created_at,
        )
        for record in records.scalars()
    ]


def _numbered(
    person: Person, kind: str, year: str | None, serial: str | None
) -> Select[Record]:
    query = select(Record).outerjoin(Case, Case.id == Record.case_id)
    query = query.where(Record.kind == kind)
    if year is not None:
        query = query.where(Record.year == int(year))
    if serial is None:
        return query
    # numbers are unique on a site: looked up site by site, by their index
    sites = sorted(person.sites) or select(Site.id)
    return query.where(Record.serial == int(serial), Record.site_id.in_(sites))
