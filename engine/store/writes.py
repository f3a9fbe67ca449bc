"""What one act writes of its case, in as few trips to the database as there can be.

PostgreSQL takes all of it in one statement, whose parts run only where the ones before
matched; SQLite, which is no trip away, takes one after another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from typing import cast as typed

import orjson
from sqlalchemy import (
    CTE,
    JSON,
    Insert,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    exists,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from engine.store.database import Base, StaleCase, changed_rows, insert_rows


@dataclass(frozen=True)
class Change:
    """So many ``rows`` to be changed: ``which`` is an UPDATE with its conditions, made
    once, ``matching`` the values of their parameters, ``values`` the columns to set."""

    which: Update
    matching: Mapping[str, Any]
    values: Mapping[str, Any]
    rows: int = 1


@dataclass(frozen=True)
class Rows:
    """Rows to be added: all have the same keys."""

    table: type[Base]
    rows: Sequence[Mapping[str, Any]]


Write = Change | Rows
# of a change its UPDATE, of rows their table; and the names of the columns
_Shape = tuple[Update | Table, tuple[str, ...]]


def write_all(session: Session, writes: Sequence[Write]) -> None:
    """Write in this order. Raises ``StaleCase`` where a change does not match its
    rows: then the transaction is to be given up."""
    wanted = [each for each in writes if each.rows]
    if session.get_bind().dialect.name == "postgresql" and len(wanted) > 1:
        _write_together(session, wanted)
        return
    for each in wanted:
        if isinstance(each, Rows):
            insert_rows(session, each.table, [dict(row) for row in each.rows])
        elif (
            changed_rows(session, each.which, **each.matching, **each.values)
            != each.rows
        ):
            raise StaleCase()


def _write_together(session: Session, writes: Sequence[Write]) -> None:
    session.flush()
    statement = _together(tuple(map(_shape, writes)))
    values: dict[str, Any] = {}
    for place, each in enumerate(writes):
        if isinstance(each, Rows):
            values[f"rows_{place}"] = orjson.dumps(list(each.rows)).decode()
        else:
            values |= each.matching
            values |= {f"set{place}_{n}": value for n, value in each.values.items()}
    counts = session.connection().execute(statement, values).one()
    expected = [each.rows for each in writes if isinstance(each, Change)]
    if list(counts) != expected:
        raise StaleCase()


def _shape(write: Write) -> _Shape:
    if isinstance(write, Rows):
        return typed(Table, write.table.__table__), tuple(write.rows[0])
    return write.which, tuple(write.values)


@lru_cache(256)  # one a combination of columns: acts have some dozen
def _together(shapes: tuple[_Shape, ...]) -> Select[Any]:
    """One statement that counts the rows each change matched."""
    changed: list[CTE] = []
    added: list[CTE] = []
    for place, (what, names) in enumerate(shapes):
        if isinstance(what, Table):
            added.append(_insert(what, names, place, changed).cte(f"part_{place}"))
        else:
            one: Any = _update(what, names, place, changed)
            one = one.returning(literal_column("1"))
            changed.append(one.cte(f"part_{place}"))
    counts = (
        select(func.count()).select_from(cte).scalar_subquery() for cte in changed
    )
    return select(*counts).add_cte(*changed, *added)


def _update(
    which: Update, names: tuple[str, ...], place: int, before: list[CTE]
) -> Update:
    columns = typed(Table, which.table).c
    values = {n: bindparam(f"set{place}_{n}", type_=columns[n].type) for n in names}
    return which.where(*map(_matched, before)).values(values)


def _insert(
    table: Table, names: tuple[str, ...], place: int, before: list[CTE]
) -> Insert:
    """The rows travel as one JSON text: one statement for any number of them."""
    sent: Any = cast(bindparam(f"rows_{place}", type_=Text), JSON)
    nothing: Any = literal_column(f'NULL::"{table.name}"')
    given = func.json_populate_recordset(nothing, sent).table_valued(*names)
    rows = select(*given.c).where(*map(_matched, before))
    return insert(table).from_select(list(names), rows)


def _matched(cte: CTE) -> Any:
    return exists(select(literal_column("1")).select_from(cte))
