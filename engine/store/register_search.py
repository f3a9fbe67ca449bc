"""One page of a register, its count and its sums, by ranges of ``record_term``.

Two ways, chosen by how many papers the rarest range holds. Up to ``FEW``: their ids are
read and tested against the other ranges. More: the register is read in its order and
each paper tested, until a page is full; ranges that hold many papers fill it soon. Both
ask for the same work however many papers there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from engine.store.terms import RecordTerm

FEW = 1000
END = "\x7f"  # sorts after every sign that a term's value may go on with in ASCII
Place = tuple[str, int]  # a term of the order and a record: where a page ends


@dataclass(frozen=True)
class Range:
    """Terms from ``low`` to before ``high``; without ``high`` that one term alone.
    ``never``: papers without such a term."""

    low: str
    high: str | None = None
    never: bool = False

    def of(self, term: Any) -> ColumnElement[bool]:
        if self.high is None:
            return term == self.low  # type: ignore[no-any-return]
        return and_(term >= self.low, term < self.high)


def beginning_with(prefix: str) -> Range:
    """All terms that begin so."""
    return Range(prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1))


@dataclass(frozen=True)
class Search:
    """``order`` holds the papers of the register once, in the order of the page; where
    it is ``narrowed`` it holds those of some days or of a year."""

    order: Range
    ranges: tuple[Range, ...] = ()
    descending: bool = True
    narrowed: bool = False


def page_of(
    session: Session, search: Search, after: Place | None, size: int
) -> list[Place]:
    """The places of at most ``size`` papers that come after a place."""
    term = RecordTerm.term
    query = select(term, RecordTerm.record_id).where(search.order.of(term))
    ids = few_ids(session, search)
    if ids is not None:
        query = query.where(RecordTerm.record_id.in_(ids))
    else:
        query = query.where(*_tests(search.ranges))
    if after is not None:
        query = query.where(_beyond(after, search.descending))
    order: tuple[Any, Any] = (term, RecordTerm.record_id)
    if search.descending:
        order = (term.desc(), RecordTerm.record_id.desc())
    rows = session.execute(query.order_by(*order).limit(size))
    return [(place, record_id) for place, record_id in rows]


def count_of(session: Session, search: Search) -> int:
    """How many papers there are."""
    ids = few_ids(session, search)
    if ids is not None:
        return len(ids)
    query = select(func.count()).select_from(RecordTerm)
    query = query.where(search.order.of(RecordTerm.term), *_tests(search.ranges))
    return session.scalar(query) or 0


def sums_of(
    session: Session, search: Search, columns: Sequence[Range]
) -> list[tuple[int, int]]:
    """For each column how many papers have an amount in it, and the sum of those."""
    ids, found = few_ids(session, search), []
    for column in columns:
        query = select(func.count(RecordTerm.amount), func.sum(RecordTerm.amount))
        query = query.where(column.of(RecordTerm.term))
        if ids is not None:
            query = query.where(RecordTerm.record_id.in_(ids))
        else:
            within = (search.order,) if search.narrowed else ()
            query = query.where(*_tests((*within, *search.ranges)))
        counted, total = session.execute(query).one()
        found.append((counted, int(total or 0)))
    return found


def few_ids(session: Session, search: Search) -> set[int] | None:
    """The papers, where one of the ranges holds few; None where all hold many."""
    ranges = [each for each in search.ranges if not each.never]
    if not ranges:
        return None
    if search.narrowed:
        ranges.append(search.order)
    counts = session.execute(select(*(_at_most(each) for each in ranges))).one()
    rarest = min(range(len(ranges)), key=lambda n: counts[n])
    if counts[rarest] > FEW:
        return None
    first = ranges.pop(rarest)
    never = [each for each in search.ranges if each.never]
    query = select(RecordTerm.record_id).where(first.of(RecordTerm.term))
    return set(session.scalars(query.where(*_tests([*ranges, *never]))))


def _at_most(range_: Range) -> Any:
    """How many terms a range holds, counted to a little over ``FEW``."""
    inner = select(literal(1)).select_from(RecordTerm)
    bounded = inner.where(range_.of(RecordTerm.term)).limit(FEW + 1).subquery()
    return select(func.count()).select_from(bounded).scalar_subquery()


def _tests(ranges: Sequence[Range]) -> list[ColumnElement[bool]]:
    found = []
    for each in ranges:
        other = aliased(RecordTerm)
        there = exists().where(
            other.record_id == RecordTerm.record_id, each.of(other.term)
        )
        found.append(~there if each.never else there)
    return found


def _beyond(after: Place, descending: bool) -> ColumnElement[bool]:
    """Spelled twice: the bare bound lets both databases begin reading there."""
    term, record_id = RecordTerm.term, RecordTerm.record_id
    if descending:
        return and_(
            term <= after[0], tuple_(term, record_id) < tuple_(*map(literal, after))
        )
    return and_(
        term >= after[0], tuple_(term, record_id) > tuple_(*map(literal, after))
    )
