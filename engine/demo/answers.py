"""Fill a form from a plot: expressions evaluated, one of several chosen, files drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from engine.expressions import evaluate
from engine.forms import Names
from engine.runtime import Functions

Upload = Callable[[str], Any]


def filled(
    told: Mapping[str, Any],
    names: Names,
    functions: Functions,
    random: Random,
    upload: Upload,
) -> dict[str, Any]:
    """``upload`` keeps a file of that name and gives what a form says of it."""

    def value(given: Any) -> Any:
        if isinstance(given, str) and given.startswith("="):
            return evaluate(given[1:], names, functions)
        if isinstance(given, list):
            return [value(each) for each in given]
        if not isinstance(given, dict):
            return given
        if given.keys() == {"any"}:
            return value(random.choice(given["any"]))
        if given.keys() == {"file"}:
            return upload(given["file"])
        return {name: value(each) for name, each in given.items()}

    return {name: value(given) for name, given in told.items()}


def picture(name: str) -> bytes:
    """A card that shows nobody: what people photograph at the counter, in the demo."""
    card = Image.new("RGB", (640, 400), (226, 232, 240))
    pen = ImageDraw.Draw(card)
    tone = sum(name.encode()) % 80
    pen.rounded_rectangle((16, 16, 624, 384), 24, outline=(100, 116, 139), width=4)
    pen.rectangle((430, 90, 580, 290), fill=(148, 163 + tone // 2, 184))
    for line in range(5):
        pen.rectangle(
            (50, 90 + 50 * line, 360 - 30 * line, 112 + 50 * line), fill=(71, 85, 105)
        )
    out = BytesIO()
    card.save(out, "PNG")
    return out.getvalue()
