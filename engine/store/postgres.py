"""Connections to PostgreSQL that keep what they have prepared."""

from __future__ import annotations

from typing import Any, Self

import psycopg
from psycopg.pq import TransactionStatus


class Keeping(psycopg.Connection[Any]):
    """Ends by COMMIT what only asked: the same to the database, while after a ROLLBACK
    psycopg gives up all statements it has prepared, and each is planned anew."""

    wrote = False

    def commit(self) -> None:
        super().commit()
        self.wrote = False

    def rollback(self) -> None:
        asked = self.pgconn.transaction_status == TransactionStatus.INTRANS
        if asked and not self.wrote:
            super().commit()
        else:
            super().rollback()
        self.wrote = False


class Telling(psycopg.Cursor[Any]):
    """Tells its connection of every statement that is no mere question."""

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Self:
        if not (isinstance(query, str) and query.startswith("SELECT")):
            self._tell()
        return super().execute(query, *args, **kwargs)

    def executemany(self, query: Any, *args: Any, **kwargs: Any) -> None:
        self._tell()
        super().executemany(query, *args, **kwargs)

    def copy(self, statement: Any, *args: Any, **kwargs: Any) -> Any:
        self._tell()
        return super().copy(statement, *args, **kwargs)

    def _tell(self) -> None:
        if isinstance(self.connection, Keeping) and not self.connection.autocommit:
            self.connection.wrote = True


def connect(*args: Any, **options: Any) -> Keeping:
    return Keeping.connect(*args, cursor_factory=Telling, **options)
