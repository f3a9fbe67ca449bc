"""How many papers of a kind there are, and the newest of them, by what their register
finds them by (``engine.store.terms``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from engine.store.records import Record
from engine.store.register_search import Range, beginning_with
from engine.store.terms import TIME, RecordTerm, place, value_term


@dataclass(frozen=True)
class Wanted:
    """Papers of one kind at one site that are not void: ``where`` gives columns their
    values, ``since`` (included) and ``until`` (not) are moments as the site writes them,
    held against the column ``by`` or against the time of writing."""

    site_id: int
    kind: str
    where: Mapping[str, Any] = field(default_factory=dict)
    since: str | None = None
    until: str | None = None
    by: str = TIME


def count_papers(session: Session, wanted: Wanted, distinct: Sequence[str] = ()) -> int:
    """How many papers, or how many different values of the columns ``distinct``."""
    if not distinct:
        query = select(func.count()).select_from(_papers(wanted).subquery())
        return session.scalar(query) or 0
    listed = [aliased(RecordTerm) for _ in distinct]
    different = select(*(each.term for each in listed)).distinct()
    for each, column in zip(listed, distinct, strict=True):
        prefix = place(wanted.site_id, wanted.kind, column)
        different = different.where(beginning_with(prefix).of(each.term))
        different = different.where(each.record_id.in_(_papers(wanted)))
        different = different.where(each.record_id == listed[0].record_id)
    return session.scalar(select(func.count()).select_from(different.subquery())) or 0


def sum_of(session: Session, wanted: Wanted, column: str) -> int:
    """The amounts of a column, summed over these papers."""
    prefix = place(wanted.site_id, wanted.kind, column)
    query = select(func.sum(RecordTerm.amount)).where(
        beginning_with(prefix).of(RecordTerm.term),
        RecordTerm.record_id.in_(_papers(wanted)),
    )
    return int(session.scalar(query) or 0)


def newest_paper(session: Session, wanted: Wanted) -> Record | None:
    """The one written last."""
    query = select(Record).where(Record.id.in_(_papers(wanted)))
    return session.scalar(query.order_by(Record.id.desc()).limit(1))


def newest_values(
    session: Session, wanted: Wanted, column: str, most: int
) -> list[str]:
    """The different texts of a column in the newest papers, the newest first. Their
    ``number`` stands beside what they hold."""
    query = select(Record.data, Record.number).where(Record.id.in_(_papers(wanted)))
    rows = session.execute(query.order_by(Record.id.desc()).limit(most * 10))
    held = ({**data, "number": number}.get(column) for data, number in rows)
    found = dict.fromkeys(str(value) for value in held if value)
    return [*found][:most]


def _papers(wanted: Wanted) -> Select[int]:
    query = select(Record.id).where(
        Record.site_id == wanted.site_id,
        Record.kind == wanted.kind,
        Record.voided_at.is_(None),
    )
    for column, value in wanted.where.items():
        prefix = place(wanted.site_id, wanted.kind, column)
        query = query.where(
            Record.id.in_(_under(RecordTerm.term == prefix + value_term(value)))
        )
    if wanted.since is not None or wanted.until is not None:
        prefix = place(wanted.site_id, wanted.kind, wanted.by)
        every = beginning_with(prefix)
        until = every.high if wanted.until is None else prefix + wanted.until
        times = Range(prefix + (wanted.since or ""), until)
        query = query.where(Record.id.in_(_under(times.of(RecordTerm.term))))
    return query


def _under(term: ColumnElement[bool]) -> Select[int]:
    return select(RecordTerm.record_id).where(term)
