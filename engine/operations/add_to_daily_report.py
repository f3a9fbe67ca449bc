"""Add a line to a site's report of the day: one record a site, kind and date."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.operations.act import Act
from engine.operations.write_record import add
from engine.store.records import Record


def run(act: Act, kind: str, title: str, date: str, **lines: Any) -> None:
    """Append each value of ``lines`` to the list of that name in the report of ``date``.

    ``<name>_count`` beside each list says how many there are.
    """
    report = act.session.scalar(
        select(Record).where(
            Record.site_id == act.site_id, Record.kind == kind, Record.key == date
        )
    )
    data: dict[str, Any] = {"date": date} if report is None else dict(report.data)
    for name, line in lines.items():
        data[name] = [*data.get(name, []), line]
        data[f"{name}_count"] = len(data[name])
    if report is None:
        add(act, kind, [(title, date, data)])
    else:
        report.data = data
