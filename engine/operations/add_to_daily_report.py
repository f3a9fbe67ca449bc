"""Add a line to a site's report of the day: one record a site, kind and date."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.store.records import Paper


def run(act: Act, kind: str, title: str, date: str, **lines: Any) -> None:
    """Append each value of ``lines`` to the list of that name in the report of ``date``.

    ``<name>_count`` beside each list says how many there are.
    """
    facts = {**act.facts(), "house_code": None, "task_id": None}
    act.papers.append(Paper(kind, title, {"date": date}, date, None, lines, facts))
