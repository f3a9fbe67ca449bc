"""A file of a case, for who may see the case."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound, NotYours
from engine.people import Person, may_see
from engine.store.cases import Case, Task
from engine.store.records import StoredFile


def stored_file(session: Session, person: Person, file_id: str) -> StoredFile:
    """Raises ``NotFound``, ``NotYours``."""
    file = session.get(StoredFile, file_id)
    if file is None:
        raise NotFound()
    case = session.get(Case, file.case_id)
    tasks = session.scalars(select(Task).where(Task.case_id == file.case_id)).all()
    if case is None or not may_see(person, case, tasks):
        raise NotYours()
    return file
