"""Personal data as it may be shown: phone and ID numbers lose their middle (context.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ID_NUMBER = re.compile(r"(?<!\d)(\d{3})\d{11}(\d{3}[\dXx])(?!\d)")
_PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
# the key of a group robot is its password, and it stands in the address
_ADDRESS_VALUE = re.compile(r"(https?://[^\s?#]*\?)\S*")
_SECRET = re.compile(r"password|passwd|secret|token|authorization|api_?key", re.I)
HIDDEN = "******"


def masked(value: Any) -> Any:
    """The same JSON value, fit for the eyes of whoever runs the system."""
    if isinstance(value, Mapping):
        return {
            str(key): HIDDEN if _SECRET.search(str(key)) else masked(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | str):
        text = str(value)
        shown = masked_text(text)
        return value if shown == text else shown
    return value


def masked_text(text: str) -> str:
    """138****0001, 110***********1234, and no query of an address."""
    text = _ADDRESS_VALUE.sub(rf"\1{HIDDEN}", text)
    text = _ID_NUMBER.sub(r"\1***********\2", text)
    return _PHONE.sub(r"\1****\2", text)
