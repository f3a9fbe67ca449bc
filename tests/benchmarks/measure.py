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


def within(name: str, value: float, unit: str, limit: float) -> Line:
    """A value that has a limit of its own."""
    return Line(name, round(value, 3), unit, limit=limit, ok=value <= limit)


def spent_ms(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def median_ms(act: Callable[[], object], times: int) -> float:
    """The median of ``times`` runs in milliseconds, after one that is not counted."""
    act()
    return statistics.median(spent_ms(act) for _ in range(times))


def medians(times: int, *measured: Callable[[], float]) -> list[float]:
    """The median of each of what returns milliseconds, taken by turns: what else the
    machine does meanwhile falls on all of them alike."""
    rounds = [[one() for one in measured] for _ in range(times + 1)]
    return [statistics.median(column) for column in zip(*rounds[1:], strict=True)]


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
