"""What a register is searched, filtered, sorted and summed by: one sorted list of terms.

Each record is listed under plain texts ``site|kind|column|value``: once for each column
(so a column's terms in order are the register sorted by it), once for each word of its
texts (column empty), and under its number, house, time and void mark. A filter is then a
range of that list, whatever the database: no full-text engine, no extension, and both
SQLite and PostgreSQL read only what a page shows. Chinese words are single signs and
pairs of neighbours: any part of a text is found, also a name of two signs, for which
trigram indexes are too coarse. ``amount`` holds whole numbers, to be summed; a voided
paper keeps its terms but no amounts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.sealing import ends, is_hidden
from engine.store.database import Base

ZONE = ZoneInfo("Asia/Shanghai")
NUMBER, HOUSE, TIME, VOID, WORD = "@no", "@house", "@at", "@void", ""
LONGEST = 40  # signs of a value that count in sorting and filtering
MOST_WORDS = 150
_MOST, _SHIFT = 10**15, 10**19
# not words: whose file, which picture, who typed it
_NOT_TEXT = frozenset(
    {"id", "image", "type", "size", "sha256", "at", "by", "staff_id", "party_id"}
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")
ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+(?:[-.][^\W_\u3400-\u9fff]+)*")

# by bytes, in SQLite and PostgreSQL alike
_Term = String(200).with_variant(String(200, collation="C"), "postgresql")


class RecordTerm(Base):
    """One record under one term, written by the triggers on ``record`` (migration 0010):
    a batch change of that table must make them anew."""

    __tablename__ = "record_term"
    __table_args__ = (
        Index(None, "record_id", "term"),
        {"sqlite_with_rowid": False},
    )

    term: Mapped[str] = mapped_column(_Term, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    amount: Mapped[int | None] = mapped_column(BigInteger)


def place(site_id: int, kind: str, column: str) -> str:
    """What the terms of one column of a register begin with."""
    return f"{site_id}|{kind}|{column[:60]}|"


def number_value(year: int, serial: int = 0) -> str:
    return f"{year:04d}{serial:09d}"


def value_term(value: Any) -> str:
    """A value as text that sorts as the value does; nothing is the empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        value = max(-_MOST, min(value, _MOST)) if value == value else 0
        return f"{_SHIFT + round(value * 10_000):020d}"
    if isinstance(value, Mapping):
        return value_term(value.get("name"))
    if isinstance(value, (list, tuple)):
        return value_term(len(value)) if value else ""
    text = " ".join(str(value or "").replace("\0", "").split())
    return _open_part(text)[:LONGEST]


def _open_part(text: str) -> str:
    """Of an identity or bank number no more than its end may be looked for."""
    secret = is_hidden(text) or ID_NUMBER.fullmatch(text)
    return ends(text)[1] if secret else text


def _amount(value: Any) -> int | None:
    """A whole number, to be summed. (``True`` is none; more than 64 bits are none.)"""
    return value if type(value) is int and abs(value) < _SHIFT // 10 else None


def words(text: str) -> Iterator[str]:
    """The words a text is found by: signs and pairs of signs, codes and their parts."""
    for run, chinese in _runs(text):
        if chinese:
            yield from run
            yield from (run[n : n + 2] for n in range(len(run) - 1))
        else:
            yield from _pieces(run)


def asked_words(text: str) -> Iterator[tuple[str, bool]]:
    """The words to look for in what somebody typed, and whether each is Chinese."""
    for run, chinese in _runs(text):
        if chinese and len(run) > 1:
            yield from ((run[n : n + 2], True) for n in range(len(run) - 1))
        else:
            yield run[:LONGEST], chinese


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Runs of Chinese and of letters and digits; small letters, half width."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        yield run, "\u3400" <= run[0] <= "\u9fff"


def _pieces(run: str) -> Iterator[str]:
    """A code, its parts, and the last four signs of a long number."""
    yield run[:LONGEST]
    parts = re.split(r"[-.]", run)
    for part in parts if len(parts) > 1 else ():
        if len(part) > 1:
            yield part[:LONGEST]
            yield part.lstrip("0")[:LONGEST]
    if len(run) >= 7 and run.isdigit():
        yield run[-4:]


def terms_of(
    row: Mapping[str, Any], columns: Sequence[str] = ()
) -> dict[str, int | None]:
    """The terms of a record's row, each with its amount. ``columns`` are those that the
    register of its kind always has: a record without a value stands there too."""

    def under(column: str) -> str:
        return place(row["site_id"], row["kind"], column)

    at: datetime = row["created_at"].astimezone(ZONE)
    data, voided = row["data"], row.get("voided_at") is not None
    found: dict[str, int | None] = dict.fromkeys(
        [
            under(NUMBER) + number_value(row["year"], row["serial"]),
            under(HOUSE) + (row.get("house_code") or ""),
            under(TIME) + at.isoformat(timespec="minutes"),
            *([under(VOID)] if voided else []),
        ]
    )
    for name in dict.fromkeys((*columns, *data)):
        value = data.get(name)
        found[under(name) + value_term(value)] = None if voided else _amount(value)
    texts = [row["number"], row.get("house_code") or "", *_texts(data)]
    listed = dict.fromkeys(word for text in texts for word in words(text) if word)
    found |= dict.fromkeys(under(WORD) + word for word in [*listed][:MOST_WORDS])
    return found


def _texts(value: Any) -> Iterator[str]:
    """Everything in a record's data that a person may look for."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _NOT_TEXT:
                yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and not _MOMENT.fullmatch(value):
        yield _open_part(value)[:200]
