"""What people and vehicles of all sites are found by: one sorted list of terms.

A name and a plate stand in it by each of their ends (陈晓芸, 晓芸, 芸), so that a part of
them is the beginning of a term: one range of the list, in SQLite and PostgreSQL alike.
Whole names are a kind of their own, to be found before those that go on otherwise.
Of phone numbers there are the last four digits, which pages show anyway. The triggers of
migration 0019 write it in the statement that writes a party or a vehicle; a batch change
of those tables must make them anew.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.database import Base

NAME, PART, TAIL, PLATE = "name", "part", "tail", "plate"
LONGEST = 40  # signs of a term
TAIL_DIGITS = 4
_LAST = "\U0010ffff"  # sorts after every sign
# by bytes, in SQLite and PostgreSQL alike
_Term = String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql")


class SearchTerm(Base):
    """A party (``name``, ``part``, ``tail``) or a vehicle (``plate``) under one term."""

    __tablename__ = "search_term"
    __table_args__ = (
        Index(None, "row_id", "kind"),
        {"sqlite_with_rowid": False},
    )

    kind: Mapped[str] = mapped_column(String(5), primary_key=True)
    term: Mapped[str] = mapped_column(_Term, primary_key=True)
    site_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


def beginning(kind: str, text: str) -> ColumnElement[bool]:
    """The terms of a kind that begin so."""
    cut = text[:LONGEST]
    within = (SearchTerm.term >= cut) & (SearchTerm.term < cut + _LAST)
    return (SearchTerm.kind == kind) & within


def small(text: str) -> str:
    """Small ASCII letters, as the triggers write names: other scripts are left alone."""
    return text.encode().lower().decode()
