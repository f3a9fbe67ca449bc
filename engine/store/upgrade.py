"""Bring a database to the newest schema (Alembic); safe to run at every start."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_413_001  # any number: the advisory lock of this program's migrations


def upgrade(engine: Engine) -> bool:
    """Whether anything was to do. Two processes at once are taken one after another."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if _current(connection) == newest:
            return False
        connection.rollback()
        _lock(connection)
        if _current(connection) != newest:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        connection.commit()
    return True


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    else:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
