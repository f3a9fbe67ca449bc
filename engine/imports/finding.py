"""One thing wrong in a workbook, said so that a clerk finds the cell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """``row`` as Excel numbers it; ``column`` is Excel's letter, empty where the column
    is not in the file; ``title`` the column's title there."""

    row: int
    column: str
    title: str
    sentence: str
