"""Take the last import of a site back: what it added goes, what it changed is as before.

A row that somebody changed since, or that something new stands on, is not taken back
silently: then nothing is. A table of balances is withdrawn, not deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from engine.actions.import_run import log
from engine.actions.row_names import name_of
from engine.actions.written_rows import written
from engine.errors import Refused
from engine.people import Person
from engine.store.database import Base, UtcDateTime, now
from engine.store.estate import (
    Balance,
    BalanceSheet,
    ImportChange,
    ImportRun,
    import_run,
    last_import,
)

SHEETS = "balance_sheet"


class NothingToUndo(Refused):
    """这次导入没有写入内容，或已经撤回。"""

    status = 409


class LaterImport(Refused):
    """之后又导入过“{name}”，请先撤回那一次。"""

    status = 409


class ChangedSince(Refused):
    """{what}在导入之后又有变动，不能整批撤回；请在系统里逐项更正。"""

    status = 409


class StandsOn(Refused):
    """{what}在导入之后已有别的资料用到，不能整批撤回；请在系统里逐项更正。"""

    status = 409


class StandsOnBalances(Refused):
    """{what}在收费余额表（截至 {as_of}）里有账目，余额要留作依据，不能整批撤回；请在系统里逐项更正。"""

    status = 409


def undo_import(session: Session, person: Person, run_id: int) -> ImportRun:
    """Raises ``NotFound``, ``NothingToUndo``, ``LaterImport``, ``ChangedSince``,
    ``StandsOn``, ``StandsOnBalances``."""
    run = import_run(session, person, run_id)
    if run.state != "done":
        raise NothingToUndo()
    later = last_import(session, run.site_id)
    if later is not None and later.id != run.id:
        raise LaterImport(name=later.file_name)
    _undo_rows(session, run.id)
    run.state, run.undone_by, run.undone_at = "undone", person.id, now()
    log(session, person, run, "import_undone")
    session.flush()
    session.expire_all()
    return run


def _undo_rows(session: Session, run_id: int) -> None:
    """What points to others goes first; what was taken away comes back last."""
    query = select(ImportChange).where(ImportChange.run_id == run_id)
    changes: dict[str, list[ImportChange]] = {}
    for change in session.scalars(query.order_by(ImportChange.id)):
        changes.setdefault(change.table, []).append(change)
    tables = [t for t in Base.metadata.sorted_tables if t.name in changes]
    for table in tables:
        _check(session, table, run_id, changes[table.name])
        if table.name != SHEETS:
            _check_references(session, table, run_id, changes.keys())
    for table in reversed(tables):
        _take_back(session, table, run_id, changes[table.name])
    for table in tables:
        _restore(session, table, changes[table.name])


def _check(
    session: Session, table: Table, run_id: int, changes: Sequence[ImportChange]
) -> None:
    key = _key(table)
    ids = _ids(run_id, table.name)
    found = session.execute(select(table).where(key.in_(ids)))
    rows = {row[key.name]: dict(row) for row in found.mappings()}
    for change in changes:
        if change.after is None:
            continue
        row = rows.get(change.row_id)
        if row is None or not _unchanged(table, row, change):
            what = name_of(session, table.name, change.row_id)
            raise ChangedSince(what=what)


def _unchanged(table: Table, row: dict[str, Any], change: ImportChange) -> bool:
    """Of a new row all columns count: an account that got a password was changed."""
    assert change.after is not None
    if change.before is not None:
        return all(row[name] == value for name, value in change.after.items())
    timed = {c.name for c in table.columns if isinstance(c.type, UtcDateTime)}
    now_there = {
        name: value
        for name, value in written(row).items()
        if name != "id" and name not in timed
    }
    then = {name: v for name, v in change.after.items() if name not in timed}
    return now_there == then


def _check_references(
    session: Session, table: Table, run_id: int, imported: Collection[str]
) -> None:
    """Nothing that this import did not add itself may point to what goes."""
    added = _ids(run_id, table.name, new=True)
    for other, column in _pointing(table):
        standing = select(column).where(column.in_(added))
        if other.name in imported:
            own = _ids(run_id, other.name, new=True)
            standing = standing.where(_key(other).not_in(own))
        row_id = session.scalar(standing.limit(1))
        if row_id is not None:
            raise _stands_on(session, table, other, row_id)
    if table.name == "house":
        _check_cases(session, run_id)


def _stands_on(session: Session, table: Table, other: Table, row_id: int) -> Refused:
    what = name_of(session, table.name, row_id)
    if other.name != "balance":
        return StandsOn(what=what)
    newest = select(func.max(BalanceSheet.as_of)).join(
        Balance, Balance.sheet_id == BalanceSheet.id
    )
    as_of = session.scalar(newest.where(Balance.house_id == row_id))
    return StandsOnBalances(what=what, as_of=as_of)


def _check_cases(session: Session, run_id: int) -> None:
    """A case names its house by its code."""
    house, case = Base.metadata.tables["house"], Base.metadata.tables["case"]
    added = house.c.id.in_(_ids(run_id, "house", new=True))
    here = (case.c.site_id == house.c.site_id) & (case.c.house_code == house.c.code)
    row_id = session.scalar(select(house.c.id).join(case, here).where(added).limit(1))
    if row_id is not None:
        raise StandsOn(what=name_of(session, "house", row_id))


def _pointing(table: Table) -> Iterator[tuple[Table, Column[Any]]]:
    for other in Base.metadata.sorted_tables:
        for foreign in other.foreign_keys:
            if foreign.column.table is table:
                yield other, foreign.parent


def _take_back(
    session: Session, table: Table, run_id: int, changes: Sequence[ImportChange]
) -> None:
    key = _key(table)
    if any(change.before is None for change in changes):
        added = key.in_(_ids(run_id, table.name, new=True))
        gone = update(table).where(added).values(withdrawn=True)
        statement = gone if table.name == SHEETS else delete(table).where(added)
        session.connection().execute(statement)
    for rows in _alike(changes):
        own = update(table).where(key == bindparam("row_id"))
        session.connection().execute(own, rows)


def _alike(changes: Sequence[ImportChange]) -> Iterable[list[dict[str, Any]]]:
    """What changed rows were before, those of the same columns together."""
    found: dict[frozenset[str], list[dict[str, Any]]] = {}
    for change in changes:
        if change.before is not None and change.after is not None:
            row = {"row_id": change.row_id, **change.before}
            found.setdefault(frozenset(row), []).append(row)
    return found.values()


def _restore(session: Session, table: Table, changes: Sequence[ImportChange]) -> None:
    for change in changes:
        if change.after is None:
            values = {_key(table).name: change.row_id, **(change.before or {})}
            session.connection().execute(insert(table), values)


def _ids(run_id: int, table: str, new: bool = False) -> Any:
    query = select(ImportChange.row_id).where(
        ImportChange.run_id == run_id, ImportChange.table == table
    )
    if new:
        # JSON null and SQL null are one here (none_as_null)
        query = query.where(ImportChange.before.is_(None))
    return query


def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key.columns))
