"""A page of a task's items, and how far they have got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.reads.task_view import TaskView
from engine.store.items import TaskItem
from engine.store.staff import Staff

PAGE = 20
BOXES = ("open", "done", "all")


@dataclass(frozen=True)
class ItemRow:
    id: int
    label: str
    house: str | None
    done: bool
    done_at: datetime | None
    done_by: str | None
    drafting: str | None  # who has a draft of it


@dataclass(frozen=True)
class ItemList:
    """``counts`` by box; ``more`` where another page follows."""

    rows: list[ItemRow]
    counts: dict[str, int]
    box: str
    q: str
    page: int
    more: bool

    @property
    def percent(self) -> int:
        """Rounded down: 100 only when all are done."""
        return self.counts["done"] * 100 // max(self.counts["all"], 1)


def item_list(
    session: Session, view: TaskView, box: str = "open", q: str = "", page: int = 1
) -> ItemList | None:
    """The items of a task that may be seen (``view``); None where it has none.

    ``box`` is one of ``BOXES``; ``q`` looks in label, key and house number.
    """
    if view.form is None or view.form.items is None:
        return None
    box = box if box in BOXES else "open"
    query = _page(view.task.id, page)
    if box != "all":
        query = query.where(TaskItem.state == box)
    if q.strip():
        query = query.where(_matching(q.strip()))
    found = session.execute(query).all()
    rows = [_row(item, answered, typing) for item, answered, typing in found]
    counts = _counts(session, view.task.id)
    return ItemList(rows[:PAGE], counts, box, q, page, len(rows) > PAGE)


def _counts(session: Session, task_id: str) -> dict[str, int]:
    query = select(TaskItem.state, func.count()).where(TaskItem.task_id == task_id)
    rows = session.execute(query.group_by(TaskItem.state)).all()
    found = {"open": 0, "done": 0, **{state: count for state, count in rows}}
    return {**found, "all": sum(found.values())}


def _page(task_id: str, page: int) -> Select[TaskItem, str, str]:
    answered, typing = aliased(Staff), aliased(Staff)
    return (
        select(TaskItem, answered.name, typing.name)
        .outerjoin(answered, answered.id == TaskItem.done_by)
        .outerjoin(typing, typing.id == TaskItem.draft_by)
        .where(TaskItem.task_id == task_id)
        .order_by(TaskItem.place)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )


def _matching(q: str) -> ColumnElement[bool]:
    escaped = q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = f"%{escaped}%"
    columns = (TaskItem.label, TaskItem.key, TaskItem.house_code)
    return or_(*(column.ilike(like, escape="\\") for column in columns))


def _row(item: TaskItem, answered: str | None, typing: str | None) -> ItemRow:
    return ItemRow(
        id=item.id,
        label=item.label,
        house=item.house_code,
        done=item.state == "done",
        done_at=item.done_at,
        done_by=answered,
        drafting=typing,
    )
