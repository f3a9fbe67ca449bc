"""Files on a case: checked by content, kept outside the web root under random names."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import filetype
from sqlalchemy.orm import Session

from engine.actions.open_task import act_on, open_task
from engine.errors import Refused
from engine.forms import Form
from engine.imports.archive import MAX_PARTS, MAX_UNPACKED, MEGABYTE
from engine.operations.act import SITE_ZONE, Act
from engine.people import Person
from engine.pictures import opens
from engine.runtime import Runtime
from engine.store.database import now
from engine.store.files import StoredFile, file_facts

# by content, not by name; Office files of 2007 on are told from zip by filetype
ALLOWED = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        ".docx",
    ),
}
OFFICE = [kind for kind in ALLOWED if kind.startswith("application/vnd.openxml")]


class FileEmpty(Refused):
    """文件“{name}”是空的，请重新选择。"""

    status = 422


class FileTooLarge(Refused):
    """文件“{name}”太大：单个文件不能超过 {limit} MB。"""

    status = 413


class FileTypeRefused(Refused):
    """文件“{name}”不是图片(JPG、PNG、WebP)、PDF、Word 或 Excel 文件。"""

    status = 422


class FileTypeMismatch(Refused):
    """文件“{name}”的内容与扩展名不符，可能改过名，请上传原文件。"""

    status = 422


class FileNameRefused(Refused):
    """文件名太长（最多 200 个字符）或为空。"""

    status = 422


class FileBroken(Refused):
    """文件“{name}”打不开，可能已损坏，请换一个文件或重新拍照。"""

    status = 422


class FileInflates(Refused):
    """文件“{name}”解压后超过 {limit} MB，请删减内容后再上传。"""

    status = 422


class SignatureRefused(Refused):
    """手写签名的图片无效，请重签。"""

    status = 422


def keep_file(
    session: Session,
    runtime: Runtime,
    person: Person,
    task_id: str,
    name: str,
    content: bytes,
) -> StoredFile:
    """Keep a file uploaded for a task that this person may complete.

    Raises ``FileEmpty``, ``FileTooLarge``, ``FileTypeRefused``, ``FileTypeMismatch``,
    ``FileNameRefused``, ``FileBroken``, ``FileInflates`` and what the task refuses with.
    """
    task = open_task(session, person, task_id, "complete")
    name = re.split(r"[\\/]", name)[-1].strip()
    kind = _checked_type(name, content, runtime.settings.max_upload)
    return _store(runtime, act_on(session, task, person, now()), name, kind, content)


def _checked_type(name: str, content: bytes, limit: int) -> str:
    if not name or len(name) > 200 or any(ord(c) < 32 for c in name):
        raise FileNameRefused()
    if not content:
        raise FileEmpty(name=name)
    if len(content) > limit:
        raise FileTooLarge(name=name, limit=limit // 1024 // 1024)
    guessed = filetype.guess_mime(content)
    if guessed not in ALLOWED:
        raise FileTypeRefused(name=name)
    if Path(name).suffix.lower() not in ALLOWED[guessed]:
        raise FileTypeMismatch(name=name)
    if guessed.startswith("image/") and not opens(content):
        raise FileBroken(name=name)
    if guessed in OFFICE:
        _check_unpacked(name, content)
    return str(guessed)


def _check_unpacked(name: str, content: bytes) -> None:
    """An Office file is a ZIP; what it says it unpacks to must be within reason."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, EOFError, OSError, ValueError) as broken:
        raise FileBroken(name=name) from broken
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED or len(parts) > MAX_PARTS:
        raise FileInflates(name=name, limit=MAX_UNPACKED // MEGABYTE)


def _store(
    runtime: Runtime, act: Act, name: str, kind: str, content: bytes
) -> StoredFile:
    file = StoredFile(
        id=secrets.token_urlsafe(24),
        case_id=act.case_id,
        task_id=act.task_id,
        name=name,
        type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=act.person.id if act.person else None,
        uploaded_at=act.at,
    )
    path = runtime.file_path(file.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    act.session.add(file)
    return file


def keep_signatures(
    runtime: Runtime, act: Act, form: Form, answers: dict[str, Any]
) -> dict[str, Any]:
    """Answers with drawn signatures kept as files, and who took them when."""
    kept = dict(answers)
    for field in form.fields:
        value = kept.get(field.name)
        if field.widget == "signature" and isinstance(value, dict):
            kept[field.name] = _signed(runtime, act, value)
    return kept


def _signed(runtime: Runtime, act: Act, value: dict[str, Any]) -> dict[str, Any]:
    image = value.get("image") or None
    if image is not None and image.startswith("data:"):
        image = _store(runtime, act, "签名.png", "image/png", _png(image)).id
    elif image is not None and file_facts(act.session, act.case_id, image) is None:
        raise SignatureRefused()
    by = act.person.username if act.person else ""
    at = act.at.astimezone(SITE_ZONE).isoformat(timespec="minutes")
    return {"name": value["name"], "image": image, "at": at, "by": by}


def _png(data_url: str) -> bytes:
    try:
        content = base64.b64decode(data_url.partition(",")[2], validate=True)
    except (binascii.Error, ValueError) as broken:
        raise SignatureRefused() from broken
    if len(content) > 300_000 or filetype.guess_mime(content) != "image/png":
        raise SignatureRefused()
    return content
