"""Encrypted columns: ID and bank numbers are kept sealed, found again by a keyed digest.

AES-128-CBC with HMAC (Fernet, the ``cryptography`` package) under a key derived from the
installation's secret; PIPL article 51 asks for encryption of sensitive personal data.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from engine.errors import Refused


class SealBroken(Refused):
    """这条加密资料打不开：系统密钥与保存时不同，请联系管理员。"""

    status = 409


class Seal:
    """Seals and opens short texts under one secret."""

    def __init__(self, secret: str) -> None:
        self._digest_key = hashlib.sha256(b"digest:" + secret.encode()).digest()
        key = hashlib.sha256(b"seal:" + secret.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as broken:
            raise SealBroken() from broken

    def digest(self, text: str) -> str:
        """64 hex digits, equal for equal texts: for look-ups and unique keys."""
        return hmac.new(self._digest_key, text.encode(), hashlib.sha256).hexdigest()
