"""Which numbers of a site its manager may set on a page, and what they may be: pure."""

from __future__ import annotations

from engine.errors import Refused

GATE = "gate_"
GATE_CHOICES = ("hard", "warn")
WHOLE = {"balance_max_days": (0, 366)}  # days, both counted


class ParameterUnknown(Refused):
    """没有可以在这里设置的参数“{name}”。"""

    status = 422


class GateChoiceRefused(Refused):
    """核查不通过时只能选“不能办理”或“经理可以特批”。"""

    status = 422


class DaysRefused(Refused):
    """天数应是 {least} 至 {most} 的整数。"""

    status = 422


def is_settable(name: str) -> bool:
    return name.startswith(GATE) or name in WHOLE


def read_parameter(name: str, text: str) -> str | int:
    """What was typed as the parameter's value. Raises ``ParameterUnknown``,
    ``GateChoiceRefused``, ``DaysRefused``."""
    typed = text.strip()
    if name.startswith(GATE):
        if typed not in GATE_CHOICES:
            raise GateChoiceRefused()
        return typed
    if name not in WHOLE:
        raise ParameterUnknown(name=name)
    least, most = WHOLE[name]
    whole = typed.isascii() and typed.isdigit() and len(typed) < 6
    if not whole or not least <= int(typed) <= most:
        raise DaysRefused(least=least, most=most)
    return int(typed)
