"""How wide a name is, and how bpmn-js will break it into lines.

bpmn-js 18 draws names in Arial (12 px inside shapes, 11 px outside) with a line height of
1.2 and breaks a long word by cutting it (diagram-js ``util/Text.js``). Chinese has no
spaces, so its names are cut exactly there; a box that is sized with other rules than
those would come out too low and the last line would lie on a shape.
"""

from __future__ import annotations

import math
import re
import unicodedata

OUTSIDE = 11
INSIDE = 12
LINE_HEIGHT = 1.2

# Widths in Arial as parts of the font size; what is not listed counts as a digit.
_NARROW = {**dict.fromkeys("ijl'|.,:;! ", 0.28), **dict.fromkeys("ftr()[]-/", 0.33)}
_WIDE = {**dict.fromkeys("mwMW@%", 0.87), **dict.fromkeys("ABCDEFGHKNOPQRSUVXYZ", 0.7)}
_DIGIT = 0.56
_NEVER_FIRST = frozenset("，。、；：？！）》」』”,.;:?!)")  # in a line (GB/T 15834)


def _character(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    return _NARROW.get(char) or _WIDE.get(char) or _DIGIT


def width(text: str, size: int = OUTSIDE) -> float:
    """Width of one line in px."""
    return sum(map(_character, text)) * size


def _shorten(line: str, limit: float) -> str:
    room = 0
    kept = ""
    parts = re.split(r"(\s|-)", line)
    for part in parts if len(parts) > 1 else []:
        if room + len(part) >= limit:
            break
        kept += part
        room += len(part)
    return kept or line[: max(math.floor(limit - 1 + 0.5), 1)]


def wrap(text: str, limit: float, size: int = OUTSIDE) -> list[str]:
    """The lines bpmn-js makes of a text in a box ``limit`` px wide."""
    rest = re.split(r"\r?\n", text)
    lines = []
    while rest:
        line = whole = rest.pop(0)
        while len(line) > 1 and width(line, size) > limit:
            line = _shorten(line, max(len(line) * limit / width(line, size), 1))
        if len(line) < len(whole):
            rest.insert(0, whole[len(line) :].strip())
        lines.append(line)
    return lines


def height(lines: int, size: int = OUTSIDE) -> int:
    """Height of so many lines in px."""
    return math.ceil(lines * size * LINE_HEIGHT)


def label(text: str, cap: int, size: int = OUTSIDE) -> tuple[int, int]:
    """(width, height) in px of the narrowest box that needs no more lines than ``cap`` does.

    The lines come out about equally long: 超过十分钟 / 仍未转派, not seven and two.
    """
    # Windows draws 1 to 2 px wider than Debian; without the room a last character wraps.
    whole = math.ceil(width(text, size)) + 4
    count = len(wrap(text, min(cap, whole), size))
    for box in range(max(20, whole // count), min(cap, whole)):
        lines = wrap(text, box - 3, size)
        if len(lines) <= count and not any(line[:1] in _NEVER_FIRST for line in lines):
            return box, height(len(lines), size)
    return min(cap, whole), height(count, size)
