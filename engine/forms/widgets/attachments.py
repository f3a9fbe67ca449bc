"""Widgets for what is stored beside the case: files, photos, signatures."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.forms.fields import Field, Typed
from engine.forms.sentences import Wrong
from engine.forms.widgets.texts import clean
from engine.forms.widgets.widget import Widget

FACTS = ("id", "name", "size", "type")  # what the case keeps of a stored file
MAX_FILES = 50
MAX_IMAGE = 300_000  # characters of a drawn signature as data URL
_FILE_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_DATA_URL = re.compile(r"data:image/png;base64,([A-Za-z0-9+/]+={0,2})")
_PNG = b"\x89PNG\r\n\x1a\n"

Files = Callable[[str], Mapping[str, Any] | None]


class File(Widget):
    """A list of stored files. Reading gives ids; ``resolve`` turns them into facts."""

    types = ("array",)
    required = "required_file"
    kinds = ""  # what is accepted when the form does not say

    def from_text(self, field: Field, texts: Sequence[str]) -> list[str]:
        return self._ids(field, [text.strip() for text in texts if text.strip()])

    def from_json(self, field: Field, raw: object) -> list[str]:
        if raw is None:
            return []
        if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
            raise Wrong("type_list")
        return self._ids(field, raw)

    def _ids(self, field: Field, ids: Sequence[str]) -> list[str]:
        if not all(_FILE_ID.fullmatch(each) for each in ids):
            raise Wrong("file")
        once = list(dict.fromkeys(ids))
        limit = field.ui.get("max_files", MAX_FILES)
        if len(once) > limit:
            raise Wrong("file_count", limit=limit)
        return once

    def resolve(self, field: Field, ids: Sequence[str], files: Files) -> list[Any]:
        """The stored facts of each id; raises Wrong for one unknown or of no use here."""
        found = [files(each) for each in ids]
        facts = [{key: each.get(key) for key in FACTS} for each in found if each]
        if len(facts) < len(ids):
            raise Wrong("file")
        for each in facts:
            if not accepted(field.ui.get("accept") or self.kinds, each):
                raise Wrong("file_type", text=each["name"])
        return facts

    def settle(self, field: Field, value: object) -> list[Any]:
        if not isinstance(value, (list, tuple)):
            return []
        known = [each for each in value if isinstance(each, Mapping) and each.get("id")]
        return [{key: each.get(key) for key in FACTS} for each in known]

    def to_text(self, field: Field, value: Any) -> Typed:
        return [str(each["id"]) for each in value or ()]

    def to_json(self, field: Field, value: Any) -> Any:
        return self.to_text(field, value)

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        joint = ", " if lang == "en" else "、"
        return joint.join(str(each.get("name") or each["id"]) for each in value)


class Photo(File):
    required = "required_photo"
    kinds = "image/*"


def accepted(accept: str, facts: Mapping[str, Any]) -> bool:
    """Whether a file fits an HTML accept list: ``.pdf,image/*,text/csv``."""
    name, kind = str(facts.get("name")).lower(), str(facts.get("type")).lower()
    wanted = [part.strip().lower() for part in accept.split(",") if part.strip()]
    return not wanted or any(
        name.endswith(part) if part.startswith(".") else _fits(kind, part)
        for part in wanted
    )


def _fits(kind: str, pattern: str) -> bool:
    return kind.startswith(pattern[:-1]) if pattern.endswith("/*") else kind == pattern


class Signature(Widget):
    """``{"name", "image"}``; the caller stores the image and adds ``at`` and ``by``.

    ``image`` is a PNG data URL just drawn, the id of a stored image, or None.
    """

    types = ("object",)
    required = "required_signature"

    def from_text(self, field: Field, texts: Sequence[str]) -> Any:
        name, image = (*texts, "", "")[:2]
        return self._signed(name, image)

    def from_json(self, field: Field, raw: object) -> Any:
        if raw is None or isinstance(raw, str):
            return self._signed(raw or "", "")
        if not isinstance(raw, Mapping) or not {*raw} <= {"name", "image", "at", "by"}:
            raise Wrong("type_text")
        name, image = raw.get("name") or "", raw.get("image") or ""
        if not isinstance(name, str) or not isinstance(image, str):
            raise Wrong("type_text")
        return self._signed(name, image)

    def _signed(self, name: str, image: str) -> dict[str, Any] | None:
        signer, drawn = " ".join(clean(name).split()), image.strip()
        if len(signer) > 80:
            raise Wrong("too_long", limit=80)
        if drawn and not (_FILE_ID.fullmatch(drawn) or _drawn(drawn)):
            raise Wrong("signature_image")
        if drawn and not signer:
            raise Wrong("signature")
        return {"name": signer, "image": drawn or None} if signer else None

    def resolve(self, field: Field, value: Any, files: Files) -> Any:
        """The signature, once its stored image is known to exist; raises Wrong."""
        image = value.get("image")
        if image and not image.startswith("data:") and files(image) is None:
            raise Wrong("signature_image")
        return value

    def settle(self, field: Field, value: object) -> Any:
        return dict(value) if isinstance(value, Mapping) and value.get("name") else None

    def to_text(self, field: Field, value: Any) -> Typed:
        parts = value or {}
        return {"name": parts.get("name") or "", "image": parts.get("image") or ""}

    def to_json(self, field: Field, value: Any) -> Any:
        if value and value.get("image"):
            return {"name": value["name"], "image": value["image"]}
        return value["name"] if value else None

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        signed_at = str(value.get("at") or "")[:16].replace("T", " ")
        return f"{value['name']} {signed_at}".strip()


def _drawn(url: str) -> bool:
    match = _DATA_URL.fullmatch(url) if len(url) <= MAX_IMAGE else None
    try:
        return bool(match) and base64.b64decode(url[22:], validate=True)[:8] == _PNG
    except binascii.Error:
        return False
