"""Timing, and a line of the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """``value`` in ``unit``; ``ratio`` = value / reference, to stay within ``limit``."""

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    limit: float | None = None
    ok: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def compared(
    name: str, value: float, reference: float, against: str, limit: float | None = None
) -> Line:
    ratio = value / reference
    ok = limit is None or ratio <= limit
    return Line(name, round(value, 3), "ms", against, round(ratio, 2), limit, ok)


def median_ms(act: Callable[[], object], times: int) -> float:
    """The median of ``times`` runs in milliseconds, after one that is not counted."""
    act()
    return statistics.median(_timed(act) for _ in range(times))


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def table(lines: list[Line]) -> str:
    rows = [("what", "value", "against", "ratio", "limit", "")]
    for line in lines:
        rows.append(
            (
                line.name,
                f"{line.value:g} {line.unit}",
                line.against,
                "" if line.ratio is None else f"{line.ratio:.2f}",
                "" if line.limit is None else f"{line.limit:g}",
                "ok" if line.ok else "OVER",
            )
        )
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )
