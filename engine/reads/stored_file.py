"""A file of a case, for who may see the case, or a paper that names the file; identity
papers carry a stamp."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import NotFound, Refused
from engine.people import Person
from engine.pictures import thumbnail
from engine.registers import identity_papers
from engine.runtime import Runtime
from engine.stamp import stamped
from engine.store.cases import Case
from engine.store.database import now
from engine.store.files import StoredFile
from engine.store.seen import case_seen_by, record_seen_by
from engine.store.staff import Site

STAMPED = "image/jpeg"  # what a stamped picture is


class FileDestroyed(Refused):
    """这份文件保存期满，已于 {day} 销毁，登记在个人信息销毁记录里。"""

    status = 410


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
    """Raises ``NotFound``, ``NotYours``, ``FileDestroyed``, ``PictureBroken``."""
    file = session.get(StoredFile, file_id)
    if file is None:
        raise NotFound()
    case = case_seen_by(session, person, file.case_id)
    return _shown(session, runtime, person, case, file)


def record_file(
    session: Session, runtime: Runtime, person: Person, record_id: int, file_id: str
) -> ShownFile:
    """A file that a paper names, for whoever may read the paper. Raises ``NotFound``,
    ``NotYours``, ``PictureBroken``."""
    case, file = _named(session, runtime, person, record_id, file_id)
    return _shown(session, runtime, person, case, file)


def record_picture(
    session: Session, runtime: Runtime, person: Person, record_id: int, file_id: str
) -> bytes:
    """The thumbnail of such a file. Raises ``NotFound``, ``NotYours``."""
    case, file = _named(session, runtime, person, record_id, file_id)
    return _small(session, runtime, case, file)


def _named(
    session: Session, runtime: Runtime, person: Person, record_id: int, file_id: str
) -> tuple[Case, StoredFile]:
    kinds = runtime.record_kinds
    record, case = record_seen_by(session, person, record_id, kinds)
    named = file_id in files_named(record.data)
    file = session.get(StoredFile, file_id) if named else None
    if file is None or case is None or file.case_id != case.id:
        raise NotFound()
    return case, file


def files_named(data: Any) -> list[str]:
    """What may be the id of a drawn signature, a photo or a file, anywhere in some data."""
    if isinstance(data, list):
        return [one for each in data for one in files_named(each)]
    if not isinstance(data, dict):
        return []
    own = [data[key] for key in ("image", "id") if isinstance(data.get(key), str)]
    return own + [one for each in data.values() for one in files_named(each)]


def _shown(
    session: Session, runtime: Runtime, person: Person, case: Case, file: StoredFile
) -> ShownFile:
    path = runtime.file_path(file.id)
    if file.destroyed_at is not None:
        day = file.destroyed_at.astimezone(runtime.zone).date().isoformat()
        raise FileDestroyed(day=day)
    if file.id not in identity_papers(session, runtime, case, [file]):
        return ShownFile(file.name, file.type, path, None)
    content = stamp(session, runtime, person, case, file)
    return ShownFile(f"{Path(file.name).stem}.jpg", STAMPED, path, content)


def small_picture(
    session: Session, runtime: Runtime, person: Person, file_id: str
) -> bytes:
    """A thumbnail; of identity papers there is none (context.md). Raises ``NotFound``,
    ``NotYours``."""
    file = session.get(StoredFile, file_id)
    if file is None:
        raise NotFound()
    case = case_seen_by(session, person, file.case_id)
    return _small(session, runtime, case, file)


def _small(session: Session, runtime: Runtime, case: Case, file: StoredFile) -> bytes:
    secret = identity_papers(session, runtime, case, [file])
    if file.id in secret or file.destroyed_at or not file.type.startswith("image/"):
        raise NotFound()
    small = thumbnail(runtime.file_path(file.id).read_bytes())
    if small is None:
        raise NotFound()
    return small


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
