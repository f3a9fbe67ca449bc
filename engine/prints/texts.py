"""How one value is written on paper. Nothing here fails: what will not do stays empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import Refused
from engine.expressions import evaluate
from engine.sealing import is_hidden

ZONE = ZoneInfo("Asia/Shanghai")
_JOINED = "\u2060"  # a box and its word stay on one line
EMPTY: Mapping[str, str] = {}


def text_as(look: str, value: Any, words: Mapping[str, str] = EMPTY) -> str:
    """``value`` in the way a layout names; "" where there is none."""
    if look == "ticks":
        return _ticks(value, words)
    if value is None or value == "" or value == []:
        return ""
    if look == "money":
        return _asked("yuan(value)", value)
    if look == "capitals":
        return _asked("capitals(value)", value)
    if look in ("date", "datetime"):
        return _moment(plain(value), look == "datetime")
    if look in ("phone", "id_number"):
        return hidden(plain(value))
    if look == "tail":
        return plain(value)[-4:]
    return plain(value, words)


def plain(value: Any, words: Mapping[str, str] = EMPTY) -> str:
    """Any JSON value in words."""
    if isinstance(value, bool):
        return words.get(str(value).lower()) or ("是" if value else "否")
    if isinstance(value, list):
        return "、".join(filter(None, (plain(each, words) for each in value)))
    if isinstance(value, Mapping):
        if value.get("name"):  # a signature, a file, a row with a name
            return str(value["name"])
        return " ".join(filter(None, (plain(each, words) for each in value.values())))
    if value is None:
        return ""
    return words.get(str(value), str(value))


def hidden(text: str) -> str:
    """Phones and ID numbers: first 3 and last 4 (PIPL); a short one is hidden whole."""
    if is_hidden(text):  # its middle is a cipher, longer than what it hides
        return text[:3] + "*" * 11 + text[-4:]
    if len(text) <= 7:
        return "*" * len(text)
    return text[:3] + "*" * (len(text) - 7) + text[-4:]


def personal(name: str) -> bool:
    """Whether a field of that name holds an ID or phone number."""
    return name in ("id_no", "phone", "mobile") or name.endswith(
        ("_id_no", "_phone", "_mobile", "caller_no")
    )


def _asked(source: str, value: Any) -> str:
    try:
        return str(evaluate(source, {"value": value}))
    except Refused:
        return ""


def _ticks(value: Any, words: Mapping[str, str]) -> str:
    chosen = value if isinstance(value, list) else [value]
    keys = {str(one).lower() if isinstance(one, bool) else str(one) for one in chosen}
    return "　".join(
        f"{'☑' if key in keys else '☐'}{_JOINED}{label}" for key, label in words.items()
    )


def _moment(text: str, timed: bool) -> str:
    """2026-03-10 as on Chinese papers: 2026年3月10日; what is no date as it is."""
    try:
        if len(text) <= 10:
            day = date.fromisoformat(text)
            return f"{day.year}年{day.month}月{day.day}日"
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    at = at.astimezone(ZONE) if at.tzinfo else at
    clock = f" {at:%H:%M}" if timed else ""
    return f"{at.year}年{at.month}月{at.day}日{clock}"
