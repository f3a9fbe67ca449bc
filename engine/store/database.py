"""How rows are kept: column types, connections, and the one transaction of an act.

SQLite (WAL, full sync, ``BEGIN IMMEDIATE`` around the writes only) or PostgreSQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import orjson
from sqlalchemy import (
    JSON,
    DateTime,
    Engine,
    Insert,
    MetaData,
    Table,
    Update,
    create_engine,
    event,
    insert,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from engine.errors import Refused
from engine.store import postgres

P = ParamSpec("P")
T = TypeVar("T")


class Busy(Refused):
    """同一案件刚被别人改动，请刷新后再试。"""

    status = 409


class StaleCase(Exception):
    """The case's version moved on between our read and our write."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC. SQLite has no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value  # type: ignore[no-any-return]
        return value.replace(tzinfo=UTC)  # type: ignore[no-any-return]


Json = JSON(none_as_null=True)


def now() -> datetime:
    return datetime.now(UTC)


def _from_json(stored: Any) -> Any:
    """SQLite keeps a JSON text that is a bare number as that number."""
    return stored if isinstance(stored, int | float) else orjson.loads(stored)


def engine_options(url: str) -> dict[str, Any]:
    """Arguments for ``create_engine``: also Flask-SQLAlchemy's engine options."""
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": _from_json,
    }
    if url.startswith("sqlite"):
        # pysqlite then begins IMMEDIATE before the first write; reads stay outside.
        options["connect_args"] = {"isolation_level": "IMMEDIATE", "timeout": 5}
    else:
        options["pool_pre_ping"] = True
    return options


def open_engine(url: str) -> Engine:
    return create_engine(url, **engine_options(url))


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "do_connect")
def _connect(
    dialect: Dialect, _record: Any, args: list[Any], options: dict[str, Any]
) -> Any:
    """Our own connections on PostgreSQL; None leaves the others to SQLAlchemy."""
    if dialect.name != "postgresql":
        return None
    return postgres.connect(*args, **options)


def changed_rows(session: Session, statement: Update, **values: Any) -> int:
    """How many rows an UPDATE matched. Objects already loaded are not touched.

    ``values`` are bound to its parameters, and what is no parameter is a column to set:
    a statement built once is several times quicker than one built at each act.
    """
    session.flush()
    # not by the session: it would look for objects to bring up to date, each time
    return session.connection().execute(statement, values or None).rowcount


def insert_rows(
    session: Session, table: type[Base], rows: list[dict[str, Any]]
) -> None:
    """Insert plain rows in one statement: all must have the same keys."""
    if rows:
        session.flush()
        session.connection().execute(_insert(table), rows)


def upsert_into(session: Session, table: type[Base]) -> Any:
    """An INSERT that may say ``on_conflict_…``: PostgreSQL and SQLite spell the same in
    two modules."""
    dialect = session.get_bind().dialect.name
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


@cache  # one a table
def _insert(table: type[Base]) -> Insert:
    return insert(cast(Table, table.__table__))


def transact(
    session: Session,
    act: Callable[Concatenate[Session, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run an act in one transaction with one commit; all or nothing.

    Another writer may have moved the case between our read and our write: then the act
    runs once more on what is there now (steps have no side effects outside the
    session). Raises ``Busy`` where that fails too, and whatever the act refuses with.
    """
    for attempt in (1, 2):
        try:
            result = act(session, *args, **kwargs)
            session.commit()
            _nudge(session)
            return result
        except (StaleCase, OperationalError) as conflict:
            session.rollback()
            session.info.pop("due", None)
            if isinstance(conflict, OperationalError) and not _is_lock(conflict):
                raise
            if attempt == 2:
                raise Busy() from conflict
        except BaseException:
            session.rollback()
            session.info.pop("due", None)
            raise
    raise AssertionError("unreachable")


def note_due(session: Session, due: datetime) -> None:
    """Something will be due then, once this transaction is committed."""
    earliest = session.info.get("due")
    session.info["due"] = due if earliest is None else min(earliest, due)


def _nudge(session: Session) -> None:
    """Tell the background of what an act left for it; ``on_due`` may be missing."""
    due, on_due = session.info.pop("due", None), session.info.get("on_due")
    if due is not None and on_due is not None:
        on_due(due)


def _is_lock(error: OperationalError) -> bool:
    text = str(error.orig)
    return "locked" in text or "deadlock" in text or "could not serialize" in text
