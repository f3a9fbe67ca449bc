"""Fixtures every room's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy.orm import Session

from tests.cast import Office, open_office
from tests.databases import (
    postgres_copy,
    postgres_place,
    postgres_template,
    server_missing,
    skip_or_fail,
    sqlite_copy,
    sqlite_template,
)

hypothesis_settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis_settings.load_profile("steady")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    reason = server_missing()
    if reason is not None:
        skip_or_fail(reason)
    with postgres_template() as name:
        yield name


@pytest.fixture
def sqlite_url(template: Path, tmp_path: Path) -> str:
    return sqlite_copy(template, tmp_path)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(
    database_kind: str, request: pytest.FixtureRequest, template: Path, tmp_path: Path
) -> Iterator[str]:
    """An empty database of each kind in turn."""
    if database_kind == "sqlite":
        yield sqlite_copy(template, tmp_path)
        return
    with postgres_copy(request.getfixturevalue("server")) as url:
        yield url


@pytest.fixture
def office_url(
    database_kind: str, request: pytest.FixtureRequest, template: Path, tmp_path: Path
) -> Iterator[str]:
    """Where ``open_office`` finds or makes a database, of each kind in turn."""
    if database_kind == "sqlite":
        yield sqlite_copy(template, tmp_path)
        return
    request.getfixturevalue("server")
    with postgres_place() as url:
        yield url


@pytest.fixture
def office(office_url: str, tmp_path: Path) -> Iterator[Office]:
    """The cast's office, on SQLite and on PostgreSQL."""
    opened = open_office(tmp_path, office_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """The cast's office on SQLite: for what does not depend on the database."""
    opened = open_office(tmp_path, sqlite_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def session(office: Office) -> Iterator[Session]:
    with office.sessions() as opened:
        yield opened
