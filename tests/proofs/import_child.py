"""Writes a confirmed import and is killed at it: ``python -m tests.proofs.import_child
VAR URL TABLE`` ends itself by SIGKILL once rows of that table are inserted."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from engine.actions.work_imports import work_imports
from engine.runtime import Runtime
from engine.store.database import open_engine
from tests.cast import settings


def main(folder: str, url: str, table: str) -> None:
    engine = open_engine(url)

    def after(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(f"INSERT INTO {table}"):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "after_cursor_execute", after)
    with Session(engine) as session:
        work_imports(session, Runtime(settings(Path(folder), url)))


if __name__ == "__main__":
    main(*sys.argv[1:])
