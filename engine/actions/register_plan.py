"""What an import of one register will do: counted, told in words, then written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from engine.actions.register_edits import Edits
from engine.actions.written_rows import Additions, Change
from engine.imports.result import ImportResult, Ledger
from engine.imports.table import Table

SHOWN = 10


class Plan(Protocol):
    """What is planned for one workbook."""

    def result(self, written: bool) -> ImportResult: ...

    def write(self, session: Session) -> list[Change]: ...


class RegisterPlan:
    """Changes and new rows of one register, kept until ``write``: a dry run is the same
    without the writing. ``source``: the file's name, kept with each row."""

    def __init__(self, title: str, kinds: Sequence[str], source: str) -> None:
        self.title, self.source = title, source[:60]
        self.ledger = Ledger(title, *kinds)
        self.edits = Edits(self.ledger)
        self.additions = Additions()
        self.notices: list[str] = []

    def result(self, written: bool) -> ImportResult:
        return self.ledger.result(self.notices, written)

    def write(self, session: Session) -> list[Change]:
        changes = self.edits.write(session) + self.additions.write(session)
        session.expire_all()
        return changes

    def notice(self, found: Sequence[str], sentence: str) -> None:
        """Tells of these, the first of them by name; ``{count}`` in the sentence."""
        if found:
            self.notices.append(sentence.format(count=len(found)) + listed(found))

    def left_alone(self, count: int, what: str) -> None:
        if count:
            self.notices.append(f"系统里另有 {count} {what}不在表中，未作改动")


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def eve_of(since: date | None, before: str | None, today: date) -> str:
    """The day before the next begins, where that lies after the one before began."""
    eve = (since - timedelta(days=1)).isoformat() if since else ""
    return eve if eve > (before or "") else today.isoformat()


def listed(names: Iterable[str]) -> str:
    """``：甲、乙、丙等`` for a sentence's end."""
    all_ = list(dict.fromkeys(names))
    return "：" + "、".join(all_[:SHOWN]) + ("等" if len(all_) > SHOWN else "")


def compared(
    plan: Plan, title: str, *tables: Table | None
) -> tuple[ImportResult, Plan | None]:
    """The plan, or with any finding the findings and no plan."""
    found = [finding for table in tables if table for finding in table.findings]
    if found:
        return ImportResult(title, findings=tuple(sorted(found))), None
    return plan.result(written=False), plan
