"""What was found in a workbook, and what its import did or would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_CHANGES = 200


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong, said so that a clerk finds the cell.

    ``row`` as Excel numbers it; ``column`` is Excel's letter, empty where the column is
    not in the file; ``title`` the column's title there; ``sheet`` the sheet's name where
    several are read.
    """

    row: int
    column: str
    title: str
    sentence: str
    sheet: str = ""

    @property
    def cell(self) -> str:
        """The address as Excel writes it: ``D12``, ``车位!D12``."""
        return f"{self.sheet}!" * bool(self.sheet) + f"{self.column}{self.row}"


@dataclass(frozen=True)
class Tally:
    """How many of one kind (``title``, in Chinese) are new, changed, ended, the same."""

    title: str
    new: int = 0
    changed: int = 0
    ended: int = 0
    same: int = 0


@dataclass(frozen=True)
class ImportResult:
    """``changes``: the first 200 in words, ``change_count`` all; ``notices`` want to be
    read but do not stop the import, ``findings`` do. Phones in words are masked."""

    title: str
    tallies: tuple[Tally, ...] = ()
    changes: tuple[str, ...] = ()
    change_count: int = 0
    notices: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    written: bool = False

    @property
    def to_add(self) -> int:
        return sum(tally.new for tally in self.tallies)

    @property
    def to_change(self) -> int:
        return sum(tally.changed + tally.ended for tally in self.tallies)


class Ledger:
    """Collects what becomes of each row while an import is planned. ``kinds``: what is
    counted, in Chinese, in the order it is told."""

    def __init__(self, title: str, *kinds: str) -> None:
        self._title = title
        self._fates: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
        self._changes: list[str] = []
        self._additions: list[str] = []

    def new(self, kind: str, words: str | None = None) -> None:
        self._fates[kind]["new"] += 1
        self._additions += [words] if words else []

    def changed(self, kind: str, *words: str) -> None:
        self._fates[kind]["changed"] += 1
        self._changes += words

    def ended(self, kind: str, words: str) -> None:
        self._fates[kind]["ended"] += 1
        self._changes.append(words)

    def say(self, words: str) -> None:
        """What is told before all changes."""
        self._changes.insert(0, words)

    def same(self, kind: str) -> None:
        self._fates[kind]["same"] += 1

    def result(self, notices: Iterable[str], written: bool) -> ImportResult:
        """What is changed comes before what is merely added."""
        words = [*self._changes, *self._additions]
        return ImportResult(
            title=self._title,
            tallies=tuple(Tally(kind, **f) for kind, f in self._fates.items()),
            changes=tuple(words[:SHOWN_CHANGES]),
            change_count=len(words),
            notices=tuple(notices),
            written=written,
        )
