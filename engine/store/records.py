"""Records (台账): numbered papers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.database import Base, Json, UtcDateTime, now, upsert_into
from engine.store.record_parties import people_of
from engine.store.terms import terms_of

LONGEST_KEY = 60


class NumberSeries(Base):
    """The last number given, per site, kind and year. Unbroken: a rollback gives it back."""

    __tablename__ = "number_series"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Record(Base):
    """A filled, numbered, signed form kept in a register.

    A voided one keeps its number; the fresh one in its place names it (``replaces_id``).
    ``terms`` are what its register finds it by, ``people`` who is named in it; triggers
    keep ``record_term`` and ``record_party`` at that. At ``purged_at`` personal data was
    taken out, its time being over.
    """

    __tablename__ = "record"
    __table_args__ = (
        UniqueConstraint("site_id", "kind", "year", "serial"),
        Index(None, "case_id"),
        Index(None, "kind", "created_at"),
        Index(None, "house_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))  # each site has its R38-2026-00001
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[str | None] = mapped_column(String(32))
    element: Mapped[str | None] = mapped_column(String(100))
    form: Mapped[str | None] = mapped_column(String(120))
    house_code: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    key: Mapped[str | None] = mapped_column(String(LONGEST_KEY))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    terms: Mapped[dict[str, int | None] | None] = mapped_column(Json, deferred=True)
    people: Mapped[dict[str, str] | None] = mapped_column(Json, deferred=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    prints: Mapped[int] = mapped_column(default=0, server_default="0")
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    void_reason: Mapped[str | None] = mapped_column(String(500))
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("record.id"), unique=True
    )


class RecordPrint(Base):
    """One print of a record: the ``n``-th, by whom and when."""

    __tablename__ = "record_print"
    __table_args__ = (UniqueConstraint("record_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    n: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


def next_numbers(
    session: Session, site_id: int, year: int, counts: Mapping[str, int]
) -> dict[str, int]:
    """Reserve numbers of several kinds in one statement; the first of each is returned.

    The rows stay locked until the transaction ends, so numbers are unbroken under
    concurrency and under rollback. Kinds are taken in order: no two acts wait crosswise.
    """
    rows = [
        {"site_id": site_id, "kind": kind, "year": year, "last": counts[kind]}
        for kind in sorted(counts)
    ]
    statement = upsert_into(session, NumberSeries).values(rows)
    upsert = statement.on_conflict_do_update(
        index_elements=["site_id", "kind", "year"],
        set_={"last": NumberSeries.last + statement.excluded.last},
    ).returning(NumberSeries.kind, NumberSeries.last)
    return {kind: last - counts[kind] + 1 for kind, last in session.execute(upsert)}


@dataclass
class Paper:
    """A record to be written, or (by ``key``) one to be completed.

    A key belongs to its case, or with ``case_id`` None to the site (a report of the
    day). ``lines`` are added to the lists of those names, ``<name>_count`` counts them.
    ``replaces`` is the voided record that this one stands for.
    """

    kind: str
    title: str
    data: dict[str, Any]
    key: str | None = None
    case_id: int | None = None
    lines: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    replaces: int | None = None

    def __post_init__(self) -> None:
        """A key may be a sentence that somebody typed; the column holds 60 characters."""
        if self.key is not None and len(self.key) > LONGEST_KEY:
            digest = hashlib.sha256(self.key.encode()).hexdigest()
            self.key = f"sha256:{digest}"[:LONGEST_KEY]


# what each kind's register always shows, by kind: names of columns and their types
Columns = Mapping[str, Mapping[str, str]]


def file_papers(
    session: Session,
    site_id: int,
    year: int,
    papers: Sequence[Paper],
    columns: Columns = {},
) -> None:
    """Number and write all papers of an act: two statements, three with keyed ones."""
    kept = _keyed(session, site_id, papers)
    fresh: list[dict[str, Any]] = []
    for paper in papers:
        where = (paper.kind, paper.key, paper.case_id)
        row = kept.get(where)
        if row is None or row["voided_at"] is not None:
            row = _blank(site_id, year, paper, row)
            fresh.append(row)
            if paper.key is not None:
                kept[where] = row
        row["data"] = _completed(row["data"], paper)
    if fresh:
        _number(session, site_id, year, fresh)
    changed = [row for row in kept.values() if row["voided_at"] is None]
    rows = {
        (row["kind"], row["year"], row["serial"]): row for row in (*changed, *fresh)
    }
    if rows:
        _save(session, list(rows.values()), columns)


def _blank(
    site_id: int, year: int, paper: Paper, voided: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The row of a fresh paper; where one with its key was voided, it names that."""
    return {
        "site_id": site_id,
        "kind": paper.kind,
        "year": year,
        "key": paper.key,
        "case_id": paper.case_id,
        "title": paper.title,
        "data": {},
        "voided_at": None,
        "replaces_id": voided["id"] if voided else paper.replaces,
        **paper.facts,
    }


def _save(session: Session, rows: list[dict[str, Any]], columns: Columns) -> None:
    """Insert or complete the rows in one statement; its trigger lists them by terms."""
    values = [
        {name: value for name, value in row.items() if name not in _NOT_SAVED}
        | listing(row, columns.get(row["kind"], {}))
        for row in rows
    ]
    statement = upsert_into(session, Record).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["site_id", "kind", "year", "serial"],
            set_={name: statement.excluded[name] for name in _COMPLETED},
        )
    )


_COMPLETED = ("data", "terms", "people")


def listing(row: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """What a record is found by; ``types`` are those of its kind's columns."""
    return {"terms": terms_of(row, [*types]), "people": people_of(row, types)}


def row_of(record: Record) -> dict[str, Any]:
    """A record as the row it was written from."""
    return {name: getattr(record, name) for name in (*_COLUMNS, "data")}


_COLUMNS = (
    "id site_id kind year serial number case_id task_id element form house_code title "
    "key created_by created_at voided_at replaces_id"
).split()
_NOT_SAVED = ("id", "voided_at")


# rows by kind, key and case
Places = dict[tuple[str, str | None, int | None], dict[str, Any]]


def _keyed(session: Session, site_id: int, papers: Sequence[Paper]) -> Places:
    """The rows of papers that are there already, by kind, key and case: the latest."""
    wanted = {(p.kind, p.key, p.case_id) for p in papers if p.key is not None}
    if not wanted:
        return {}
    query = select(Record).where(
        Record.site_id == site_id,
        Record.kind.in_({kind for kind, _, _ in wanted}),
        Record.key.in_({key for _, key, _ in wanted}),
    )
    query = query.order_by(Record.id).execution_options(populate_existing=True)
    found: Places = {}
    for record in session.scalars(query):
        where = (record.kind, record.key, record.case_id)
        if where in wanted:
            found[where] = row_of(record)
    return found


def _completed(data: Mapping[str, Any], paper: Paper) -> dict[str, Any]:
    whole = {**data, **paper.data}
    for name, line in paper.lines.items():
        whole[name] = [*whole.get(name, []), line]
        whole[f"{name}_count"] = len(whole[name])
    return whole


def _number(
    session: Session, site_id: int, year: int, rows: list[dict[str, Any]]
) -> None:
    following = next_numbers(
        session, site_id, year, Counter(row["kind"] for row in rows)
    )
    for row in rows:
        serial = following[row["kind"]]
        following[row["kind"]] += 1
        row["serial"] = serial
        row["number"] = f"{row['kind']}-{year}-{serial:05d}"


def records_of(session: Session, case_id: int) -> list[Record]:
    return list(
        session.scalars(
            select(Record).where(Record.case_id == case_id).order_by(Record.id)
        )
    )
