"""What the form of a task may ask of its items: how many, and sums over their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.expressions import evaluate, names_in
from engine.forms import Form, Names
from engine.store.items import TaskItem

Functions = Mapping[str, Callable[..., Any]]
MOST_KINDS = 200


class TooManyKinds(Refused):
    """按“{source}”分类的结果太多（超过 {most} 种）。"""

    status = 422


class Tally:
    """Reads a task's items when first asked, each way once."""

    def __init__(self, session: Session, task_id: str, functions: Functions) -> None:
        self.session, self.task_id, self.others = session, task_id, functions

    @property
    def functions(self) -> Functions:
        return {
            "items_total": lambda: self.counts.total(),
            "items_done": lambda: self.counts["done"],
            "items_open": lambda: self.counts["open"],
            "items_count": self.count,
            "items_sum": self.sum,
            "items_by": self.by,
        }

    @cached_property
    def counts(self) -> Counter[str]:
        query = select(TaskItem.state, func.count()).where(
            TaskItem.task_id == self.task_id
        )
        found = self.session.execute(query.group_by(TaskItem.state)).all()
        return Counter({state: count for state, count in found})

    @cached_property
    def done(self) -> list[dict[str, Any]]:
        """The variables of each item that was answered."""
        query = select(
            TaskItem.key, TaskItem.label, TaskItem.facts, TaskItem.answers
        ).where(TaskItem.task_id == self.task_id, TaskItem.state == "done")
        return [
            {**facts, **(answers or {}), "item_key": key, "item_label": label}
            for key, label, facts, answers in self.session.execute(query)
        ]

    def count(self, condition: str) -> int:
        return sum(bool(value) for value in self._each(condition))

    def sum(self, source: str) -> float | int:
        """Exact: tenths add up to a whole."""
        total = sum(Fraction(str(value)) for value in self._each(source))
        return int(total) if total == int(total) else float(total)

    def by(self, source: str) -> dict[str, int]:
        """How many items there are of each value of the expression."""
        kinds = Counter(str(value) for value in self._each(source))
        if len(kinds) > MOST_KINDS:
            raise TooManyKinds(source=source, most=MOST_KINDS)
        return dict(sorted(kinds.items()))

    def _each(self, source: str) -> Iterator[Any]:
        """Its value for each answered item; what was left empty has none."""
        for item in self.done:
            names = Names(item)
            try:
                value = evaluate(source, names, self.others)
            except Refused:
                if all(names[name] is not None for name in names_in(source)):
                    raise
                continue
            if value is not None:
                yield value


def with_items(
    session: Session, form: Form | None, task_id: str, functions: Functions
) -> Functions:
    """The functions a form may use, with those over its items where it has any."""
    if form is None or form.items is None:
        return functions
    return {**functions, **Tally(session, task_id, functions).functions}


def counted_fields(form: Form) -> Iterator[tuple[str, str]]:
    """The computed fields of a form that follow from its items: name, expression."""
    for field in form.fields:
        if form.items is not None and field.compute is not None:
            yield field.name, field.compute
