"""A fresh database for each test: a copied SQLite file, or a copied PostgreSQL one."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from engine.store.database import open_engine
from engine.store.upgrade import upgrade

SERVER = os.environ.get("STEWARD_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
WORKER = f"{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_{os.getpid()}"
TEMPLATE = f"steward_template_{WORKER}"


def sqlite_template(folder: Path) -> Path:
    path = folder / "template.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    _leave_no_wal(f"sqlite:///{path}")
    return path


def sqlite_copy(template: Path, folder: Path) -> str:
    path = folder / "test.sqlite3"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


def server_missing() -> str | None:
    """Why PostgreSQL tests cannot run here, or None."""
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return f"no PostgreSQL server at {SERVER}: {error}"
    return None


def _execute(*statements: str) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@contextmanager
def postgres_template() -> Iterator[str]:
    name = TEMPLATE
    _execute(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    engine = open_engine(
        f"{SERVER.replace('postgresql:', 'postgresql+psycopg:')}/{name}"
    )
    upgrade(engine)
    engine.dispose()
    yield name
    _execute(f'DROP DATABASE "{name}"')


@contextmanager
def postgres_copy(template: str) -> Iterator[str]:
    """A database of its own, empty but for its tables."""
    with postgres_place() as url:
        _copy_database(template, str(make_url(url).database))
        yield url


@contextmanager
def postgres_place() -> Iterator[str]:
    """The address of a database that is made there when an office opens."""
    name = f"steward_test_{WORKER}"
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    _execute(drop)
    yield f"{SERVER.replace('postgresql:', 'postgresql+psycopg:')}/{name}"
    _execute(drop)


class Filled:
    """Databases filled once in a run of pytest, and copied from then on."""

    def __init__(self) -> None:
        self._copies: dict[tuple[str, Hashable], str] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="steward-filled-")
        atexit.register(self.forget)

    def fill(self, url: str, what: Hashable, fill: Callable[[], None]) -> None:
        """Fill the empty database at ``url`` by ``fill``, or put there a copy of what
        that wrote before for the same ``what``; on PostgreSQL there may be none yet."""
        parts = make_url(url)
        kind, name = parts.get_backend_name(), str(parts.database)
        copy = _copy_file if kind == "sqlite" else _copy_database
        if (kept := self._copies.get((kind, what))) is not None:
            copy(kept, name)
            return
        if kind == "postgresql" and not _exists(name):
            _copy_database(TEMPLATE, name)
        fill()
        number = len(self._copies)
        if kind == "sqlite":
            kept = str(Path(self._folder.name) / f"{number}.sqlite3")
            _leave_no_wal(url)
        else:
            kept = f"steward_filled_{WORKER}_{number}"
        copy(name, kept)
        self._copies[kind, what] = kept

    def forget(self) -> None:
        for (kind, _), kept in self._copies.items():
            if kind == "postgresql":
                _execute(f'DROP DATABASE IF EXISTS "{kept}"')
        self._folder.cleanup()


def _copy_file(source: str, target: str) -> None:
    shutil.copy(source, target)


def _copy_database(source: str, target: str) -> None:
    _execute(
        f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)',
        f'CREATE DATABASE "{target}" TEMPLATE "{source}"',
    )


def _exists(name: str) -> bool:
    with psycopg.connect(f"{SERVER}/postgres") as connection:
        asked = "SELECT 1 FROM pg_database WHERE datname = %s"
        return connection.execute(asked, [name]).fetchone() is not None


def _leave_no_wal(url: str) -> None:
    """Everything in the one file, which can be copied then."""
    engine = open_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def skip_or_fail(reason: str) -> None:
    """What is missing may be skipped on somebody's machine, never in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
