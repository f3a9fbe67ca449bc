"""Count what a database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass
class Asked:
    statements: list[str] = field(default_factory=list)
    commits: int = 0

    @property
    def told(self) -> str:
        return "\n".join(
            " ".join(statement.split())[:150] for statement in self.statements
        )


@contextmanager
def counted(engine: Engine) -> Iterator[Asked]:
    """Statements and commits of this engine meanwhile (``executemany`` is one)."""
    asked = Asked()

    def statement(
        _c: Any, _cur: Any, text: str, _p: Any, _ctx: Any, _many: bool
    ) -> None:
        asked.statements.append(text)

    def commit(_c: Any) -> None:
        asked.commits += 1

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)
