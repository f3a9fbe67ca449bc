"""What a connection to PostgreSQL has prepared outlives a page that only asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, TextClause, text

from engine.store.database import open_engine
from tests.databases import postgres_copy

pytestmark = pytest.mark.postgres

ASK = text("SELECT name FROM site WHERE code = :code")
PREPARED = text(
    "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM site%'"
)
OFTEN = 6  # psycopg prepares what it has been asked five times


@pytest.fixture
def engine(server: str) -> Iterator[Engine]:
    with postgres_copy(server) as url:
        opened = open_engine(url)
        with opened.begin() as connection:
            connection.execute(_added("demo"))
        yield opened
        opened.dispose()


def _added(code: str) -> TextClause:
    row = f"('{code}', '示范里小区', true, '{{}}')"
    return text(f"INSERT INTO site (code, name, demo, parameters) VALUES {row}")


def ask(engine: Engine) -> str | None:
    """A page: it asks, and its connection goes back without a commit."""
    with engine.connect() as connection:
        found: str | None = connection.execute(ASK, {"code": "demo"}).scalar()
    return found


def prepared(connection: Connection) -> int:
    return int(connection.execute(PREPARED).scalar_one())


def test_statements_stay_prepared_from_page_to_page(engine: Engine) -> None:
    for _ in range(OFTEN):
        assert ask(engine) == "示范里小区"
    with engine.connect() as connection:
        assert prepared(connection) == 1
    for _ in range(OFTEN):
        ask(engine)
    with engine.connect() as connection:
        assert prepared(connection) == 1


@pytest.mark.parametrize("asked_first", [False, True])
def test_what_was_written_and_not_committed_is_gone(
    engine: Engine, asked_first: bool
) -> None:
    with engine.connect() as connection:
        if asked_first:
            connection.execute(ASK, {"code": "demo"})
        connection.execute(_added("lost"))
        connection.execute(ASK, {"code": "lost"})
    with engine.connect() as connection:
        assert connection.execute(ASK, {"code": "lost"}).scalar() is None


def test_many_rows_at_once_are_given_up_too(engine: Engine) -> None:
    renamed = text("UPDATE site SET name = :name WHERE code = :code")
    with engine.connect() as connection:
        several = [{"name": "改名", "code": code} for code in ("demo", "other")]
        connection.execute(renamed, several)
    assert ask(engine) == "示范里小区"


def test_a_failed_statement_leaves_a_connection_that_works(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(Exception, match="does_not_exist"):
            connection.execute(text("SELECT does_not_exist FROM site"))
    assert ask(engine) == "示范里小区"
