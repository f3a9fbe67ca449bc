"""A fresh database for each test: a copied SQLite file, or a copied PostgreSQL one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from engine.store.database import open_engine
from engine.store.upgrade import upgrade

SERVER = os.environ.get("STEWARD_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
WORKER = f"{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_{os.getpid()}"


def sqlite_template(folder: Path) -> Path:
    path = folder / "template.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:  # leave no -wal file beside the copy
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
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
    name = f"steward_template_{WORKER}"
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
    name = f"steward_test_{WORKER}"
    _execute(
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        f'CREATE DATABASE "{name}" TEMPLATE "{template}"',
    )
    yield f"{SERVER.replace('postgresql:', 'postgresql+psycopg:')}/{name}"
    _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def skip_or_fail(reason: str) -> None:
    """What is missing may be skipped on somebody's machine, never in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
