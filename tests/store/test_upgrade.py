"""Migrations: an empty database becomes exactly what the tables say, on both servers."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.store.database import open_engine
from engine.store.tables import Base
from engine.store.upgrade import upgrade


def test_the_migrations_make_what_the_tables_say(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_second_run_has_nothing_to_do(database_url: str) -> None:
    engine = open_engine(database_url)
    assert upgrade(engine) is False
    engine.dispose()


def test_two_at_once_are_taken_one_after_another(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    did: list[bool] = []
    threads = [Thread(target=lambda: did.append(upgrade(engine))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    assert len(did) == 3
    engine.dispose()
