"""Rows that an import writes: new ones in few statements, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, func, insert, inspect, select
from sqlalchemy.orm import Session

from engine.store.database import Base


@dataclass(frozen=True)
class Change:
    """One row written: ``before`` is None where it was new, ``after`` where it was taken
    away; both hold only the columns that were written."""

    table: str
    row_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Additions:
    """New rows, kept until ``write``: a dry run adds none."""

    def __init__(self) -> None:
        self._rows: dict[type[Base], list[tuple[Base, dict[str, Base]]]] = {}

    def add(self, row: Base, **refs: Base) -> None:
        """``refs``: columns that get the id of another row, new or stored."""
        self._rows.setdefault(type(row), []).append((row, refs))

    def write(self, session: Session) -> list[Change]:
        """Rows that others point to come first. Rows get their ids but stay outside the
        session."""
        changes: list[Change] = []
        for table in sorted(self._rows, key=_depth):
            for row, refs in self._rows[table]:
                for column, other in refs.items():
                    setattr(row, column, key_of(other))
            changes += _add_rows(session, [row for row, _ in self._rows[table]])
        return changes


def key_of(row: Base) -> Any:
    """The value of a row's primary key, of one column in all these tables."""
    return getattr(row, key_name(type(row)))


def key_name(table: type[Base]) -> str:
    return str(inspect(table).primary_key[0].name)


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is noted of a row: times of the act itself are no facts of it."""
    return {
        name: value
        for name, value in values.items()
        if value is not None and not isinstance(value, datetime)
    }


def new_row(row: Base) -> Change:
    """A new row that the ORM has written."""
    return Change(row.__tablename__, key_of(row), None, written(columns_of(row)))


def taken_row(row: Base) -> Change:
    return Change(row.__tablename__, key_of(row), written(columns_of(row)), None)


def columns_of(row: Base) -> dict[str, Any]:
    """The values of a row beside its id."""
    names = [column.key for column in row.__table__.columns if column.key != "id"]
    return {name: getattr(row, name) for name in names}


def _depth(table: type[Base]) -> int:
    return Base.metadata.sorted_tables.index(cast(Table, table.__table__))


def _add_rows(session: Session, rows: Sequence[Base]) -> list[Change]:
    """Statements are few, however many rows: the ORM would take one for each run of rows
    with the same columns filled."""
    table = cast(Table, type(rows[0]).__table__)
    names = [column.key for column in table.columns if column.key != "id"]
    values = [{name: getattr(row, name) for name in names} for row in rows]
    if "id" in table.columns:
        for row, id_ in zip(rows, _insert(session, table, values), strict=True):
            cast(Any, row).id = id_
    else:
        session.execute(insert(table), values)
    return [
        Change(table.name, key_of(row), None, written(kept))
        for row, kept in zip(rows, values, strict=True)
    ]


def _insert(
    session: Session, table: Table, values: list[dict[str, Any]]
) -> Sequence[int]:
    """The new ids in order. SQLite returns them only one row at a time, so there they are
    given; its one writer, or the primary key, lets nobody else give the same."""
    if session.get_bind().dialect.name != "sqlite":
        returning = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        return session.scalars(returning, values).all()
    last = session.scalar(select(func.max(table.c.id))) or 0
    ids = range(last + 1, last + 1 + len(values))
    numbered = [{"id": id_, **row} for id_, row in zip(ids, values, strict=True)]
    session.execute(insert(table), numbered)
    return ids
