"""What expressions may ask of the site's papers and of their own case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar.functions import moment_of
from engine.expressions.refusals import Unfit
from engine.store.cases import Case, Task
from engine.store.record_count import (
    Wanted,
    count_papers,
    newest_paper,
    newest_values,
    sum_of,
)
from engine.store.records import Record
from engine.store.terms import TIME

Functions = Mapping[str, Callable[..., Any]]
MOMENT = len("2026-03-10T09:05")
MOST_VALUES = 50
MOST_TASKS = 200

PAPER_FUNCTIONS = frozenset(
    {"count_records", "sum_records", "newest_record", "record_values", "open_tasks"}
)
CASE_FUNCTIONS = frozenset({"latest", "record_number"})


class Papers:
    """The papers of a site. Each method raises Unfit with a Chinese reason."""

    def __init__(self, session: Session, site_id: int) -> None:
        self._session, self._site_id = session, site_id

    @property
    def functions(self) -> Functions:
        return {
            "count_records": self.count_records,
            "sum_records": self.sum_records,
            "newest_record": self.newest_record,
            "record_values": self.record_values,
            "open_tasks": self.open_tasks,
        }

    def count_records(
        self,
        kind: str,
        where: Mapping[str, Any] | None = None,
        distinct: str | Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
        by: str = TIME,
    ) -> int:
        """How many papers of a kind that are not void, or different values in them."""
        columns = [distinct] if isinstance(distinct, str) else list(distinct)
        wanted = self._wanted(kind, where, since, until, by)
        return count_papers(self._session, wanted, columns)

    def sum_records(
        self,
        kind: str,
        column: str,
        where: Mapping[str, Any] | None = None,
        since: str | None = None,
        until: str | None = None,
        by: str = TIME,
    ) -> int:
        """The sum of a column of whole numbers (money in fen) over such papers; one that
        does not have it adds nothing."""
        wanted = self._wanted(kind, where, since, until, by)
        return sum_of(self._session, wanted, str(column))

    def newest_record(
        self, kind: str, where: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """The fields of the newest such paper, with its ``number``; else nothing."""
        found = newest_paper(self._session, self._wanted(kind, where))
        return None if found is None else {**found.data, "number": found.number}

    def record_values(
        self,
        kind: str,
        column: str,
        since: str | None = None,
        most: int = 10,
        where: Mapping[str, Any] | None = None,
    ) -> list[str]:
        """The different texts of a column, the newest first; ``number`` is the paper's."""
        if type(most) is not int or not 0 < most <= MOST_VALUES:
            raise Unfit(f"最多列出 {MOST_VALUES} 个值")
        wanted = self._wanted(kind, where, since)
        return newest_values(self._session, wanted, str(column), most)

    def open_tasks(
        self, step: str, since: str | None = None, until: str | None = None
    ) -> list[str]:
        """The numbers of cases in which a step waits, at most 200, the longest due
        first: those due from ``since`` on and before ``until``."""
        query = select(Case.number).join(Task, Task.case_id == Case.id)
        query = query.where(Case.site_id == self._site_id, Task.state == "open")
        query = query.where(Task.element == str(step))
        if since is not None:
            query = query.where(Task.due_at >= moment_of(since))
        if until is not None:
            query = query.where(Task.due_at < moment_of(until))
        return [*self._session.scalars(query.order_by(Task.due_at).limit(MOST_TASKS))]

    def _wanted(
        self,
        kind: str,
        where: Mapping[str, Any] | None,
        since: str | None = None,
        until: str | None = None,
        by: str = TIME,
    ) -> Wanted:
        if where is not None and not isinstance(where, Mapping):
            raise Unfit("条件请写成 {栏目: 值}")
        return Wanted(
            self._site_id, str(kind), where or {}, _moment(since), _moment(until), by
        )


def _moment(text: Any) -> str | None:
    """A moment as registers list it, to the minute."""
    if text is None:
        return None
    if not isinstance(text, str) or len(text) < len("2026-03-10"):
        raise Unfit("时间请写成 2026-03-10 或 2026-03-10T09:05+08:00")
    return text[:MOMENT]


def about_case(session: Session, case: Case) -> Functions:
    """The functions about a case. ``latest`` reads a variable as it was after the last
    act, on whatever branch it was written: a branch sees of the others only what was
    there when it began."""

    def latest(name: str) -> Any:
        return case.data.get(name)

    def record_number(kind: str) -> str | None:
        query = select(Record.number).where(
            Record.case_id == case.id,
            Record.kind == kind,
            Record.voided_at.is_(None),
        )
        return session.scalar(query.order_by(Record.id.desc()).limit(1))

    return {"latest": latest, "record_number": record_number}
