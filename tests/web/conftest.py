"""An application over a fresh office for each test; visitors without JavaScript."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import text, update
from sqlalchemy.orm import sessionmaker

import web
from engine.runtime import Runtime
from engine.store.database import open_engine
from engine.store.staff import Staff
from tests.cast import PASSWORD, Office, open_office, settings
from tests.databases import sqlite_copy
from tests.web.browsing import Visitor


@pytest.fixture(scope="session")
def furnished(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One office with everything published, to be copied."""
    folder = tmp_path_factory.mktemp("furnished")
    office = open_office(folder, sqlite_copy(template, folder))
    with office.engine.begin() as connection:
        # as slow as it must be for people: here it would only be slow
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        connection.execute(update(Staff).values(password_hash=quick))
    with office.engine.connect() as connection:  # leave no -wal file beside the copy
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    office.engine.dispose()
    return office


@pytest.fixture
def office(furnished: Office, tmp_path: Path) -> Iterator[Office]:
    shutil.copy(furnished.runtime.settings.var / "test.sqlite3", tmp_path)
    runtime = Runtime(settings(tmp_path, f"sqlite:///{tmp_path / 'test.sqlite3'}"))
    engine = open_engine(runtime.settings.database_url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    yield replace(furnished, runtime=runtime, engine=engine, sessions=sessions)
    engine.dispose()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once, not once for each application."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(office: Office, compiled: FileSystemBytecodeCache) -> Iterator[Flask]:
    made = web.create_app(office.runtime.settings)
    made.jinja_env.bytecode_cache = compiled
    yield made
    with made.app_context():
        web.db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
def arrives(app: Flask) -> Callable[[str], Visitor]:
    """Somebody at a browser of their own, signed in."""

    def arrive(username: str) -> Visitor:
        visitor = Visitor(app.test_client())
        visitor.sign_in(username)
        assert visitor.page.path == "/inbox", visitor.page.text
        return visitor

    return arrive
