"""A file of a case, for who may see the case; identity papers carry a stamp."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.forms import Form
from engine.people import Person
from engine.pictures import thumbnail
from engine.runtime import Runtime
from engine.stamp import stamped
from engine.store.cases import Case, Task
from engine.store.database import now
from engine.store.records import StoredFile
from engine.store.seen import case_seen_by
from engine.store.staff import Site

STAMPED = "image/jpeg"  # what a stamped picture is


@dataclass(frozen=True)
class ShownFile:
    """``content`` is None where the stored file at ``path`` is shown as it is."""

    name: str
    type: str
    path: Path
    content: bytes | None


def stored_file(
    session: Session, runtime: Runtime, person: Person, file_id: str
) -> ShownFile:
    """Raises ``NotFound``, ``NotYours``, ``PictureBroken``."""
    file = session.get(StoredFile, file_id)
    if file is None:
        raise NotFound()
    case = case_seen_by(session, person, file.case_id)
    path = runtime.file_path(file.id)
    if file.id not in to_stamp(session, runtime, case, [file]):
        return ShownFile(file.name, file.type, path, None)
    content = stamp(session, runtime, person, case, file)
    return ShownFile(f"{Path(file.name).stem}.jpg", STAMPED, path, content)


def small_picture(
    session: Session, runtime: Runtime, person: Person, file_id: str
) -> bytes:
    """A thumbnail; of identity papers there is none (context.md). Raises ``NotFound``,
    ``NotYours``."""
    file = session.get(StoredFile, file_id)
    if file is None or not file.type.startswith("image/"):
        raise NotFound()
    case = case_seen_by(session, person, file.case_id)
    if file.id in to_stamp(session, runtime, case, [file]):
        raise NotFound()
    small = thumbnail(runtime.file_path(file.id).read_bytes())
    if small is None:
        raise NotFound()
    return small


def to_stamp(
    session: Session, runtime: Runtime, case: Case, files: Collection[StoredFile]
) -> set[str]:
    """Which of a case's pictures are identity papers: those given to a photo field with
    ``stamp``, and until the form is done whatever came with such a form."""
    pictures = [file for file in files if file.type.startswith("image/")]
    query = select(Task.id, Task.form)
    query = query.where(Task.id.in_({file.task_id for file in pictures}))
    tasks = {task_id: form for task_id, form in session.execute(query)}
    forms = runtime.published(session, case.version_id).forms
    found = set()
    for file in pictures:
        form = forms.get(tasks.get(file.task_id or "") or "")
        if form is not None and _is_paper(form, case.data, file.id):
            found.add(file.id)
    return found


def _is_paper(form: Form, data: dict[str, Any], file_id: str) -> bool:
    secret = {own.name for own in form.fields if own.ui.get("stamp")}
    holding = {n for n in form.by_name if file_id in _ids(data.get(n))}
    return bool(secret & holding if holding else secret)


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _ids(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _ids(each)
    elif isinstance(value, str):
        yield value


def stamp(
    session: Session, runtime: Runtime, person: Person, case: Case, file: StoredFile
) -> bytes:
    """The picture with its purpose, who looks at it and when. Raises ``PictureBroken``."""
    site = session.get_one(Site, case.site_id)
    process = runtime.published(session, case.version_id).name
    day = now().astimezone(runtime.zone).date().isoformat()
    words = f"仅供办理{site.name}{process}业务使用  {person.name} {day}"
    plain = f"ONLY FOR CASE {case.number} AT {site.code}  {person.username} {day}"
    content = runtime.file_path(file.id).read_bytes()
    return stamped(content, file.name, words, plain)
