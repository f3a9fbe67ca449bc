"""Widgets whose value is a text: lines, phone and identity numbers, codes of the estate."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from stdnum.cn import ric

from engine.forms.fields import Field, Typed
from engine.forms.sentences import Wrong
from engine.forms.widgets.widget import Widget
from engine.sealing import ends, is_hidden

MAX_TEXT = 20_000  # characters in one answer
# Zero-width and direction marks come along from chats and spreadsheets and make two
# equal codes unequal; they are dropped, not refused.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# What PostgreSQL (NUL) or UTF-8 (surrogates) cannot store, other control characters, and
# U+FFFD, which stands where a browser or a decoder lost something.
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]"
)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def clean(text: str) -> str:
    """The text without what cannot be seen or stored; raises Wrong."""
    if len(text) > MAX_TEXT:
        raise Wrong("too_long", limit=MAX_TEXT)
    if _UNSTORABLE.search(text):
        raise Wrong("characters")
    return _INVISIBLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def compact(text: str) -> str:
    """A code or number as typed by hand: half-width, without any blanks."""
    return "".join(unicodedata.normalize("NFKC", clean(text)).split())


class Text(Widget):
    def parse(self, field: Field, text: str) -> str | None:
        return " ".join(clean(text).splitlines()) or None

    def settle(self, field: Field, value: object) -> Any:
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return str(value)
        return super().settle(field, value)

    def to_text(self, field: Field, value: Any) -> Typed:
        return hide_middle(value, 0, 4) if is_hidden(value) else str(value or "")

    def to_json(self, field: Field, value: Any) -> Any:
        return hide_middle(value, 0, 4) if is_hidden(value) else value

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        text = str(value)
        if is_hidden(text) or masked and field.ui.get("mask"):
            return hide_middle(text, 0, 4)
        return text


class TextArea(Text):
    def parse(self, field: Field, text: str) -> str | None:
        return clean(text) or None


def hide_middle(text: str, head: int, tail: int) -> str:
    """The text with stars for all but its ends; short texts are hidden whole."""
    if is_hidden(text):
        first, last = ends(text)
        return f"{first[:head]}***********{last}"
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]


class Mobile(Widget):
    """A mobile number of mainland China. Masked 138****0001 unless ``mask`` is false."""

    def parse(self, field: Field, text: str) -> str | None:
        number = compact(text).replace("-", "").removeprefix("+86")
        if number and not _MOBILE.fullmatch(number):
            raise Wrong("mobile")
        return number or None

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        hidden = masked and field.ui.get("mask", True)
        return hide_middle(str(value), 3, 4) if hidden else str(value)


class IdNumber(Mobile):
    """A resident identity number (GB 11643-1999): 17 digits and a check character.

    The region is not looked up: the demo people live in one that does not exist. Among a
    case's variables it is hidden (``engine.sealing``), and shows its ends only.
    """

    def to_text(self, field: Field, value: Any) -> Typed:
        return hide_middle(value, 3, 4) if is_hidden(value) else str(value or "")

    def to_json(self, field: Field, value: Any) -> Any:
        return hide_middle(value, 3, 4) if is_hidden(value) else value

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        if is_hidden(value):
            return hide_middle(value, 3, 4)
        return super().show(field, value, lang, masked)

    def parse(self, field: Field, text: str) -> str | None:
        number = compact(text).upper()
        if not number:
            return None
        if not _ID_NUMBER.fullmatch(number):
            raise Wrong("id_length")
        if not _born(number[6:14]):
            raise Wrong("id_birth")
        if ric.calc_check_digit(number) != number[-1]:
            raise Wrong("id_check")
        return number


def _born(digits: str) -> bool:
    try:
        born = datetime.datetime.strptime(digits, "%Y%m%d").date()
    except ValueError:
        return False
    return datetime.date(1850, 1, 1) <= born <= datetime.date.today()


class Code(Widget):
    """The code of a house, or the id of a person or party, as the estate knows it. On
    paper a person or party is an object with id and ``name``."""

    def parse(self, field: Field, text: str) -> str | None:
        code = compact(text)
        if len(code) > 80:
            raise Wrong("too_long", limit=80)
        return code or None

    def settle(self, field: Field, value: object) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return super().settle(field, value)

    def show(self, field: Field, value: Any, lang: str, masked: bool) -> str:
        return str(value.get("name") if isinstance(value, Mapping) else value)
