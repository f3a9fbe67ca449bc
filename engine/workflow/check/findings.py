"""What a check says, and what a model may name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """``severity`` is ``error`` (cannot be published) or ``warning``.

    ``code`` names the rule ("timer.unquoted"), ``path`` is a run that shows the fault:
    element ids from the start on.
    """

    severity: str
    element: str
    sentence: str
    code: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arguments:
    """What an operation takes: names that must be given, and that may be (None: any)."""

    required: frozenset[str] = frozenset()
    known: frozenset[str] | None = None


@dataclass(frozen=True)
class Catalogue:
    """What a model may name: roles, operations on our tables, extra functions.

    ``processes`` are the processes there are, each with those that it calls;
    ``arguments`` what an operation takes, where that is known; ``parameters`` the
    numbers of ``param()`` with their defaults. None: not known, so not checked.
    """

    roles: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    functions: frozenset[str] = field(default_factory=frozenset)
    processes: Mapping[str, frozenset[str]] | None = None
    arguments: Mapping[str, Arguments] = field(default_factory=dict)
    parameters: Mapping[str, Any] | None = None


def in_order(findings: Iterable[Finding], places: Mapping[str, int]) -> list[Finding]:
    """Each finding once, in the order of the drawing; the whole drawing's come first."""
    return sorted(
        dict.fromkeys(findings),
        key=lambda finding: places.get(finding.element, -1),
    )
