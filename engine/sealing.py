"""Encryption of ID and bank numbers (PIPL article 51), under the installation's secret.

In columns of their own they are closed with Fernet (AES-128-CBC with HMAC) and found again
by a keyed digest. Among a case's variables they are *hidden*: the ends that are shown
anyway stay readable around the cipher (AES-SIV, RFC 5297: equal numbers give equal texts,
so that expressions and look-ups can still compare them).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from engine.errors import Refused

HEAD, TAIL = 3, 4  # what is shown of a number (design/context.md)
_HIDDEN = re.compile(r"([^‹›]{0,3})‹([A-Za-z0-9_-]{20,})›([^‹›]{0,4})")


class SealBroken(Refused):
    """这条加密资料打不开：系统密钥与保存时不同，请联系管理员。"""

    status = 409


class Seal:
    """Seals and opens short texts under one secret."""

    def __init__(self, secret: str) -> None:
        self._digest_key = hashlib.sha256(b"digest:" + secret.encode()).digest()
        key = hashlib.sha256(b"seal:" + secret.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))
        self._siv = AESSIV(hashlib.sha512(b"hide:" + secret.encode()).digest())

    def close(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as broken:
            raise SealBroken() from broken

    def hide(self, text: str) -> str:
        """``990‹cipher›8725`` for 990101199606188725; what is hidden already stays."""
        if is_hidden(text):
            return text
        cipher = base64.urlsafe_b64encode(self._siv.encrypt(text.encode(), None))
        head, tail = ends(text)
        return f"{head}‹{cipher.decode().rstrip('=')}›{tail}"

    def reveal(self, text: str) -> str:
        """The text that was hidden; any other as it is. Raises ``SealBroken``."""
        match = _HIDDEN.fullmatch(text)
        if match is None:
            return text
        cipher = match[2] + "=" * (-len(match[2]) % 4)
        try:
            return self._siv.decrypt(base64.urlsafe_b64decode(cipher), None).decode()
        except (InvalidTag, ValueError) as broken:
            raise SealBroken() from broken

    def reveal_all(self, data: Any) -> Any:
        """The same JSON value with every hidden text opened. Raises ``SealBroken``."""
        if isinstance(data, dict):
            return {name: self.reveal_all(each) for name, each in data.items()}
        if isinstance(data, list):
            return [self.reveal_all(each) for each in data]
        return self.reveal(data) if isinstance(data, str) else data

    def digest(self, text: str) -> str:
        """64 hex digits, equal for equal texts: for look-ups and unique keys."""
        return hmac.new(self._digest_key, text.encode(), hashlib.sha256).hexdigest()


def is_hidden(value: object) -> bool:
    return isinstance(value, str) and _HIDDEN.fullmatch(value) is not None


def ends(text: str) -> tuple[str, str]:
    """What may be shown of a number, hidden or not: its ends, none of a short one."""
    match = _HIDDEN.fullmatch(text)
    if match is not None:
        return match[1], match[3]
    return (text[:HEAD], text[-TAIL:]) if len(text) > HEAD + TAIL else ("", "")
