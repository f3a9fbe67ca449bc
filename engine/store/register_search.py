"""One page of a register, its count and its sums, by ranges of ``record_term``.

What is least to read is tried first, each step bounded: the first papers of the order,
each tested. Then the papers of a rare range, tested against the other ranges. Then as
many papers of the order as are likely to fill the page by what the first ones showed:
ranges that hold many papers fill it soon. Where they do not (those at the beginning of
the order are of others), the papers of the rarest range are read after all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    and_,
    any_,
    func,
    intersect,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from engine.store.terms import RecordTerm

FEW = 2_000  # papers that are read at once
GLANCE = 200  # papers in order, before anything is counted
LOOKED_AT = 8_000  # papers in order, before another way is taken
MOST = 20_000  # papers that are read after all
Ids = set[int]
END = "\x7f"  # sorts after every sign that a term's value may go on with in ASCII
Held = list[tuple[int, "Range"]]
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
    if not search.ranges:
        return _places(session, _in_order(search, after).limit(size))
    places = _looked(session, search, after, size, GLANCE)
    if len(places) == size:
        return places
    held = _held(session, search)
    if not _few(held, FEW) and (most := _enough(len(places), size)):
        places = _looked(session, search, after, size, most)
        if len(places) == size:
            return places
    query = _in_order(search, after).limit(size)
    if not _few(held, MOST):
        return _places(session, query.where(*_tests(search.ranges)))
    return _places(session, query.where(_among(session, _ids(session, search, held))))


def _enough(seen: int, size: int) -> int:
    """How many papers in order are likely to fill a page, after so many were ``seen`` at
    a glance; 0 where that is too many to look at."""
    most = GLANCE * size * 2 // seen if seen else LOOKED_AT + 1
    return most if most <= LOOKED_AT else 0


def _looked(
    session: Session, search: Search, after: Place | None, size: int, most: int
) -> list[Place]:
    """Those of a page that are among the first so many papers of the order."""
    begun = _in_order(search, after).limit(most).subquery()
    tests = _tests(search.ranges, begun.c.record_id)
    found = _sorted(select(begun).where(*tests), search, begun.c)
    return _places(session, found.limit(size))


def _in_order(search: Search, after: Place | None) -> Select[Any]:
    columns = RecordTerm.__table__.c
    query = select(columns.term, columns.record_id)
    query = query.where(search.order.of(columns.term))
    if after is not None:
        query = query.where(_beyond(after, search.descending))
    return _sorted(query, search, columns)


def _sorted(query: Select[Any], search: Search, columns: Any) -> Select[Any]:
    order = (columns.term, columns.record_id)
    return query.order_by(
        *(column.desc() if search.descending else column for column in order)
    )


def _places(session: Session, query: Select[Any]) -> list[Place]:
    return [(place, record_id) for place, record_id in session.execute(query)]


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
            query = query.where(_among(session, ids))
        else:
            within = (search.order,) if search.narrowed else ()
            query = query.where(*_tests((*within, *search.ranges)))
        counted, total = session.execute(query).one()
        found.append((counted, int(total or 0)))
    return found


def few_ids(session: Session, search: Search) -> Ids | None:
    """The papers, where one of the ranges holds no more than ``MOST``; else None."""
    held = _held(session, search)
    return _ids(session, search, held) if _few(held, MOST) else None


def _held(session: Session, search: Search) -> Held:
    """How many terms each range holds, the rarest first."""
    ranges = [each for each in search.ranges if not each.never]
    if not ranges:
        return []
    if search.narrowed:
        ranges.append(search.order)
    counts = session.execute(select(*map(_at_most, ranges))).one()
    return sorted(zip(counts, ranges, strict=True), key=lambda each: each[0])


def _few(held: Held, most: int) -> bool:
    return bool(held) and held[0][0] <= most


def _ids(session: Session, search: Search, held: Held) -> Ids:
    """The papers that are in all ranges: small ones are read as a whole, and what they
    have in common is tested against the large ones."""
    small = [each for count, each in held if count <= MOST]
    large = [each for count, each in held if count > MOST]
    never = [each for each in search.ranges if each.never]
    common = intersect(
        *(
            select(RecordTerm.record_id).where(each.of(RecordTerm.term))
            for each in small
        )
    ).subquery()
    tests = _tests([*large, *never], common.c.record_id)
    return set(session.scalars(select(common.c.record_id).where(*tests)))


def _among(session: Session, ids: Ids) -> ColumnElement[bool]:
    """As one parameter: thousands of them take longer than the search."""
    if session.get_bind().dialect.name == "sqlite":
        listed = func.json_each(json.dumps([*ids])).table_valued("value")
        return RecordTerm.record_id.in_(select(listed.c.value))
    return RecordTerm.record_id == any_(literal([*ids], ARRAY(Integer)))


def _at_most(range_: Range) -> Any:
    """How many terms a range holds, counted to a little over ``MOST``."""
    inner = select(literal(1)).select_from(RecordTerm)
    bounded = inner.where(range_.of(RecordTerm.term)).limit(MOST + 1).subquery()
    return select(func.count()).select_from(bounded).scalar_subquery()


def _tests(
    ranges: Sequence[Range], record_id: Any = RecordTerm.record_id
) -> list[ColumnElement[bool]]:
    """Paper by paper: without the offset PostgreSQL may join a whole range to the others,
    because it cannot tell how much there is between two terms."""
    found = []
    for each in ranges:
        other = aliased(RecordTerm)
        here = (other.record_id == record_id, each.of(other.term))
        there = select(literal(1)).where(*here).offset(0).exists()
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
