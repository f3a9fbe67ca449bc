"""Wait for something that other threads or processes do."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

PAUSE = 0.02


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Return as soon as it is so; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not so after {seconds} s")
        Event().wait(PAUSE)
