"""What an import did or would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.imports.finding import Finding

SHOWN_CHANGES = 200


@dataclass(frozen=True)
class Tally:
    """How many of one kind (``title``, in Chinese) are new, changed, ended, the same."""

    title: str
    new: int = 0
    changed: int = 0
    ended: int = 0
    same: int = 0

    @classmethod
    def of(cls, title: str, fates: Counter[str]) -> Tally:
        return cls(title, **fates)


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


@dataclass
class Account:
    """Collects what becomes of each row while an import is planned."""

    fates: dict[str, Counter[str]] = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)
    additions: list[str] = field(default_factory=list)

    def count(self, title: str, fate: str) -> None:
        self.fates.setdefault(title, Counter())[fate] += 1

    def result(self, title: str, kinds: Sequence[str], **rest: object) -> ImportResult:
        raise NotImplementedError
