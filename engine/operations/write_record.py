"""Write one numbered record (台账) of a kind, or complete the one with the same key."""

from __future__ import annotations

from typing import Any

from engine.operations.act import Act
from engine.store.records import Paper


def run(act: Act, kind: str, title: str, key: str | None = None, **data: Any) -> None:
    """Add a record of ``kind`` (R01 …) with ``data``; numbers are unbroken per site,
    kind and year. With ``key``, the record of this case with that key is completed by
    ``data`` instead: a paper that several steps fill."""
    act.papers.append(Paper(kind, title, data, key, act.case_id, facts=act.facts()))
