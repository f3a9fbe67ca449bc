"""Cases that could go to another version of their process, and those that went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from engine.errors import NotYours
from engine.people import Person, operates
from engine.store.cases import Case, ProcessVersion
from engine.store.migrated import MigratedCase
from engine.store.staff import Staff

PAGE = 50


@dataclass(frozen=True)
class MovableCase:
    """A running case; ``version`` is the number of the one it is on."""

    id: int
    number: str
    title: str
    house: str | None
    version: int


@dataclass(frozen=True)
class MovableCases:
    rows: list[MovableCase]
    more: bool

    @property
    def last(self) -> int:
        return self.rows[-1].id if self.rows else 0


@dataclass(frozen=True)
class MigratedRow:
    """One carrying over; ``undoable`` as long as nothing was done in the case since."""

    case_id: int
    number: str
    title: str
    before: int
    after: int
    at: datetime
    by: str
    undone_at: datetime | None
    undoable: bool


@dataclass(frozen=True)
class MigratedRows:
    rows: list[MigratedRow]
    more: bool


def movable_cases(
    session: Session, person: Person, process_id: str, to_id: str, after: int = 0
) -> MovableCases:
    """Running cases on other versions, the oldest first, from the one after ``after`` on;
    so a list that is worked off loses and repeats none. Raises ``NotYours``."""
    _check(person)
    where = [Case.process_id == process_id, Case.status == "running"]
    where += [Case.version_id != to_id, *_sites(person)]
    query = (
        select(Case.id, Case.number, Case.title, Case.house_code, ProcessVersion.number)
        .join(ProcessVersion, ProcessVersion.id == Case.version_id)
        .where(*where, Case.id > after)
        .order_by(Case.id)
        .limit(PAGE + 1)
    )
    rows = [MovableCase(*row) for row in session.execute(query)]
    return MovableCases(rows[:PAGE], len(rows) > PAGE)


def migrated_cases(
    session: Session, person: Person, process_id: str, page: int = 1
) -> MigratedRows:
    """The last one first. Raises ``NotYours``."""
    _check(person)
    before, after = aliased(ProcessVersion), aliased(ProcessVersion)
    query = (
        select(MigratedCase, Case, before.number, after.number, Staff.name)
        .join(Case, Case.id == MigratedCase.case_id)
        .join(before, before.id == MigratedCase.from_id)
        .join(after, after.id == MigratedCase.to_id)
        .join(Staff, Staff.id == MigratedCase.by)
        .where(Case.process_id == process_id, *_sites(person))
        .order_by(MigratedCase.id.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    rows = [_row(*found) for found in session.execute(query)]
    return MigratedRows(rows[:PAGE], len(rows) > PAGE)


def _check(person: Person) -> None:
    if not operates(person):
        raise NotYours()


def _sites(person: Person) -> list[ColumnElement[bool]]:
    return [Case.site_id.in_(sorted(person.sites))] if person.sites else []


def _row(move: MigratedCase, case: Case, *told: Any) -> MigratedRow:
    before, after, by = told
    as_left = case.version == move.case_version and case.version_id == move.to_id
    return MigratedRow(
        case_id=case.id,
        number=case.number,
        title=case.title,
        before=before,
        after=after,
        at=move.at,
        by=by,
        undone_at=move.undone_at,
        undoable=move.undone_at is None and as_left and case.status == "running",
    )
